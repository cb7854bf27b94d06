import { createProgress, type ExperimentEvent, type Job, type Progress } from '@equipoise/core';
import { MultiBar, Presets } from 'cli-progress';
import type { Output } from '../output.js';
import { createActivity } from './activity.js';

/** Shows how far an experiment is. */
export interface ProgressView {
  /** Hears what happens. */
  readonly update: (event: ExperimentEvent) => void;
  /** A line beside the progress. */
  readonly note: (text: string) => void;
  /** Ends the view. */
  readonly stop: () => void;
}

/** Seconds in words: `4 min 10 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function sentenceOf(event: ExperimentEvent): string | undefined {
  if (event.type === 'warning') return `Warning: ${event.message} (${event.job}, ${event.code})`;
  if (event.type === 'resume') return `${event.job} goes on from step ${event.step}.`;
  if (event.type !== 'job-end' || event.job === 'compare') return undefined;
  if (event.status === 'kept') return `${event.job} was finished before.`;
  if (event.status === 'finished') return `${event.job} took ${duration(event.seconds)}.`;
  return event.status === 'aborted' ? `${event.job} was stopped.` : `${event.job} failed.`;
}

function summary({ secondsLeft, jobsDone, jobs }: Progress): string {
  const left = secondsLeft === undefined ? 'estimating' : `${duration(secondsLeft)} left`;
  return `${left}, ${jobsDone}/${jobs} done`;
}

function barView(jobs: readonly Job[], output: Output): ProgressView {
  const { update, read } = createProgress(jobs);
  const activity = createActivity(jobs);
  const text = () => [summary(read()), activity.read()].filter(Boolean).join(' | ');
  const bars = new MultiBar(
    {
      format: '{bar} {percentage}% {text}',
      barsize: 16,
      stream: output.screen,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const bar = bars.create(1, 0, { text: text() });
  const draw = () => bar.update(Math.min(read().fraction, 1), { text: text() });
  const timer = setInterval(draw, 1000);
  const note = (line: string) => bars.log(`${line}\n`);
  return {
    note,
    update: (event) => {
      update(event);
      activity.update(event);
      const sentence = sentenceOf(event);
      if (sentence !== undefined) note(sentence);
      draw();
    },
    stop: () => {
      clearInterval(timer);
      bars.stop();
    },
  };
}

function lineView(jobs: readonly Job[], output: Output): ProgressView {
  const { update, read } = createProgress(jobs);
  let told = 0;
  return {
    note: output.note,
    update: (event) => {
      update(event);
      const sentence = sentenceOf(event);
      if (sentence !== undefined) output.note(sentence);
      const progress = read();
      const tenth = Math.floor(progress.fraction * 10);
      if (tenth > told && tenth < 10) output.note(`${10 * tenth} % done: ${summary(progress)}.`);
      told = Math.max(told, tenth);
    },
    stop: () => {},
  };
}

/** A bar that is redrawn where a person watches, a line every tenth of the way elsewhere. */
export function progressView(jobs: readonly Job[], output: Output): ProgressView {
  return output.interactive ? barView(jobs, output) : lineView(jobs, output);
}
