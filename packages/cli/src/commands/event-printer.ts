import type { RunContext } from '@equipoise/spec';
import { SingleBar } from 'cli-progress';
import type { Output } from '../output.js';

/** Prints warnings, and a bar where a person watches. */
export function eventPrinter(output: Output): { readonly report: RunContext['report']; stop(): void } {
  let bar: SingleBar | undefined;
  const told = new Set<string>();
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const report: RunContext['report'] = (event) => {
    if (event.type === 'warning' && !told.has(event.message)) {
      told.add(event.message);
      stop();
      output.note(`Warning: ${event.message} (${event.code})`);
    }
    if (event.type !== 'progress' || !output.interactive) return;
    bar ??= begun(output, event.total);
    bar.update(event.done, { label: event.label });
  };
  return { report, stop };
}

function begun(output: Output, total: number): SingleBar {
  const format = '{bar} {value}/{total} {label}';
  const bar = new SingleBar({ format, stream: output.screen, hideCursor: true, barsize: 30, clearOnComplete: true });
  bar.start(total, 0, { label: '' });
  return bar;
}
