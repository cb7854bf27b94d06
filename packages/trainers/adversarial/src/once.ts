import type { RunEvent } from '@equipoise/spec';

/** A report that passes every code of a warning on once: an attack warns at every step, a run once. Progress is left out. */
export function once(report: (event: RunEvent) => void): (event: RunEvent) => void {
  const told = new Set<string>();
  return (event) => {
    if (event.type !== 'warning' || told.has(event.code)) return;
    told.add(event.code);
    report(event);
  };
}
