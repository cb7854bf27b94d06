import type { RunEvent } from '@equipoise/spec';

/**
 * A report that passes every code of a warning on once, and nothing else: an attack in a training warns at every step, a run once.
 * @param report who hears it
 */
export function reportOnce(report: (event: RunEvent) => void): (event: RunEvent) => void {
  const told = new Set<string>();
  return (event) => {
    if (event.type !== 'warning' || told.has(event.code)) return;
    told.add(event.code);
    report(event);
  };
}
