import { describeEnvironment, writeFileAtomic } from '@equipoise/core/node';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Line } from './compare.js';
import type { PeerVariant } from './run-process.js';
import { mark, shown, table } from './table.js';

const template = fileURLToPath(new URL('../performance.template.md', import.meta.url));
const page = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));

type PeerDetails = Readonly<Record<PeerVariant, { readonly median: number }>> & { readonly version: string };

/** Writes docs/performance.md; gives its path. */
export async function writePage(lines: readonly Line[]): Promise<string> {
  await writeFileAtomic(page, renderPage(await readFile(template, 'utf8'), lines, new Date(), describeMachine()));
  return relative(process.cwd(), page);
}

/** The page's text: the template with the tables, the day and the machine filled in. */
export function renderPage(text: string, lines: readonly Line[], date: Date, machine: string): string {
  const runs = lines.map((line) => line.runs);
  const values: Readonly<Record<string, string>> = {
    date: date.toISOString().slice(0, 10),
    machine: [
      machine,
      ...new Set(lines.flatMap((line) => peersOf(line)?.version ?? []).map((version) => `PyTorch ${version}`)),
    ].join('; '),
    rounds: Math.min(...runs) === Math.max(...runs) ? String(runs[0]) : `${Math.min(...runs)} to ${Math.max(...runs)}`,
    workloads: workloadsTable(lines.filter(({ workload }) => !['conv', 'overhead', 'growth'].includes(workload))),
    convolutions: convolutionsTable(lines.filter(({ workload }) => workload === 'conv')),
    overhead: overheadTable(lines.filter(({ workload }) => workload === 'overhead')),
    growth: growthTable(lines.filter(({ workload }) => workload === 'growth')),
  };
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]!);
}

function workloadsTable(lines: readonly Line[]): string {
  const head = ['workload', 'backend', 'unit', 'Equipoise', 'PyTorch', 'PyTorch, tuned', 'ratio'];
  return table(
    head,
    lines.map((line) => [
      `\`${line.workload}\`${line.case === undefined ? '' : ` ${line.case}`}`,
      line.backend,
      line.unit,
      mark(line) + shown(line.median),
      ...peerCells(line),
    ]),
  );
}

function convolutionsTable(lines: readonly Line[]): string {
  const head = ['convolution', 'backend', 'GFLOP/s', 'of forward', 'PyTorch', 'PyTorch, tuned', 'ratio'];
  return table(
    head,
    lines.map((line) => [
      line.case!,
      line.backend,
      mark(line) + shown(line.median),
      typeof line.details['of_forward'] === 'number' ? shown(line.details['of_forward']) : '',
      ...peerCells(line),
    ]),
  );
}

function overheadTable(lines: readonly Line[]): string {
  return table(
    ['step of', 'backend', 'the library adds (ms)', 'a whole step (ms)', 'share'],
    lines.map((line) => {
      const { step, of_step: share } = line.details as { readonly step: number; readonly of_step: string };
      return [line.case!, line.backend, mark(line) + shown(line.median), shown(step), share];
    }),
  );
}

/** One row for each size, with the time over that of the row before beside the size over the one before. */
function growthTable(lines: readonly Line[]): string {
  return table(
    ['what grows', 'backend', 'size', 'ms', 'size ×', 'time ×'],
    lines.map((line, index) => {
      const { what, size } = line.details as { readonly what: string; readonly size: number };
      const before = lines[index - 1];
      const isNext = before?.backend === line.backend && before.details['what'] === what;
      const times = isNext
        ? [shown(size / (before.details['size'] as number)), shown(line.median / before.median)]
        : ['', ''];
      return [what, line.backend, String(size), mark(line) + shown(line.median), ...times];
    }),
  );
}

function peerCells(line: Line): readonly string[] {
  const peers = peersOf(line);
  if (!peers) return ['', '', ''];
  return [shown(peers.plain.median), shown(peers.tuned.median), `**${mark(line)}${line.ratio}**`];
}

function peersOf({ details }: Line): PeerDetails | undefined {
  return details['peers'] as PeerDetails | undefined;
}

function describeMachine(): string {
  const { cpu, cores, memory, node, platform, packages } = describeEnvironment({ packages: ['@tensorflow/tfjs-core'] });
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [`${cpu}, ${cores} cores, ${memory} GiB`, platform.split(' ')[0], `Node.js ${node}`, ...versions].join('; ');
}
