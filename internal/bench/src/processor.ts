import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Processor time since the machine was started, in clock ticks. */
export interface ProcessorTime {
  /** Of everything that ran, time that the hypervisor took included. */
  readonly all: number;
  /** Of this process and of those of its children that have ended. */
  readonly own: number;
}

/** The largest share of the cores that other processes may use in a quiet measurement. */
export const quietShare = 0.1;

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const ticksPerSecond = 100;

/** Reads the processor time; `null` where there is no `/proc`. */
export function processorTime(): ProcessorTime | null {
  try {
    return parseProcessorTime(readFileSync('/proc/stat', 'utf8'), readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Reads `/proc/stat` and `/proc/self/stat` (see `man 5 proc`).
 * @param machine its first line is `cpu user nice system idle iowait irq softirq steal …`; idle and iowait are nobody's time
 * @param process fields 14 to 17 are utime, stime, cutime and cstime; field 2, the name, may hold spaces and parentheses
 */
export function parseProcessorTime(machine: string, process: string): ProcessorTime {
  const [user, nice, system, , , irq, softirq, steal] = machine.split('\n')[0]!.split(/\s+/).slice(1).map(Number);
  const afterName = process.slice(process.lastIndexOf(')') + 2).split(' ');
  return {
    all: user! + nice! + system! + irq! + softirq! + steal!,
    own: sum(afterName.slice(11, 15).map(Number)),
  };
}

/** The share of all cores, 0 to 1, that other processes used meanwhile; `null` if it is not known. */
export function otherShare(
  before: ProcessorTime | null,
  after: ProcessorTime | null,
  seconds: number,
  cores = cpus().length,
): number | null {
  if (before === null || after === null) return null;
  const others = after.all - before.all - (after.own - before.own);
  const share = Math.max(0, others) / (seconds * ticksPerSecond * cores);
  return Math.round(Math.min(1, share) * 1000) / 1000;
}

/** Whether other processes used little enough; `null` if it is not known. */
export function isQuiet(share: number | null): boolean | null {
  return share === null ? null : share <= quietShare;
}

/** Waits until other processes use little of the cores for two seconds, at most until the deadline (in ms of `performance.now`). */
export async function waitForQuiet(deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const before = processorTime();
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    if (isQuiet(otherShare(before, processorTime(), (performance.now() - start) / 1000)) !== false) return;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
