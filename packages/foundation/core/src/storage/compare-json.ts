import diff from 'microdiff';

const mostLines = 12;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/**
 * Tells how two JSON values differ, a line a difference, such as `trainer.options.epochs: 3 → 5`; none if they are equal.
 *
 * Differences that JSON does not keep, such as between `undefined` and absent, do not count.
 */
export function compareJson(before: unknown, after: unknown): string[] {
  const [left, right] = [before, after].map((value) => JSON.parse(JSON.stringify([value])) as unknown[]);
  const lines = diff(left ?? [], right ?? []).map((change) => {
    const path = change.path.slice(1).join('.') || '(all)';
    if (change.type === 'CREATE') return `${path}: added ${show(change.value)}`;
    if (change.type === 'REMOVE') return `${path}: removed ${show(change.oldValue)}`;
    return `${path}: ${show(change.oldValue)} → ${show(change.value)}`;
  });
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `… and ${lines.length - mostLines} more`];
}
