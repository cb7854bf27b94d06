import type { Result, Row } from './rows.js';

/** The results as a Markdown table, ours first in every family. */
export function tableOf(rows: readonly Row[], results: readonly Result[]): string {
  const header = [
    'attack',
    'library',
    'robust accuracy / median distance',
    'failures',
    'forward, backward per image',
    'ms per image',
  ];
  const lines = rows.flatMap((row) =>
    results
      .filter(({ family, norm }) => family === row.family && norm === row.norm)
      .map((result) => cells(row, result)),
  );
  return [header, header.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function cells(row: Row, result: Result): string[] {
  const radius = row.eps === undefined ? '' : ` ${row.eps}`;
  const name = `${row.family}, ${row.norm}${radius}`;
  if (result.error !== undefined) return [name, result.library, `failed: ${result.error}`, '', '', ''];
  const n = result.n ?? 1;
  const { forward = 0, backward = 0 } = result.calls ?? {};
  return [
    name,
    result.library,
    result.robust === undefined ? (result.median?.toFixed(4) ?? 'infinite') : `${(100 * result.robust).toFixed(1)} %`,
    result.failures === undefined ? '' : String(result.failures),
    `${Math.round(forward / n)}, ${Math.round(backward / n)}`,
    ((1000 * (result.seconds ?? 0)) / n).toFixed(1),
  ];
}
