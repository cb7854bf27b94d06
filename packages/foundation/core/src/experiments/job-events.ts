import type { RunEvent, TrainingEvent } from '@equipoise/spec';
import type { ExperimentEvent, JobProgressEvent } from './events.js';

const loggedSteps = 200;

/** What one job tells: its training events and its components' reports as events of the experiment. */
export interface JobReporter {
  /** Tells an event. */
  readonly tell: (event: ExperimentEvent) => void;
  /** Hears what components report. */
  readonly report: (event: RunEvent) => void;
  /** Hears what data sets report, whose progress is no part of the training's. */
  readonly data: (event: RunEvent) => void;
  /** Hears what the trainer says; about 200 of its steps are told, evenly spaced. */
  readonly training: (event: TrainingEvent) => void;
}

/** Makes the reporter of a job. */
export function createJobReporter(job: string, tell: (event: ExperimentEvent) => void): JobReporter {
  const warn = ({ code, message, details }: Extract<RunEvent, { type: 'warning' }>) =>
    tell({ type: 'warning', job, code, message, ...(details === undefined ? {} : { details }) });
  const progress = (phase: JobProgressEvent['phase'], label: string, done: number, total: number) =>
    tell({ type: 'job-progress', job, phase, label, done, total });

  let nextLogged = 0;
  const training = (event: TrainingEvent): void => {
    if (event.type === 'start') progress('training', 'training', event.step, event.steps);
    else if (event.type === 'step') {
      const { step, steps, learningRate, loss, parts } = event;
      progress('training', 'training', step + 1, steps);
      if (step < nextLogged && step + 1 < steps) return;
      nextLogged = step + Math.floor(steps / loggedSteps);
      tell({ type: 'step', job, step, learningRate, loss, parts });
    } else if (event.type === 'evaluation') tell({ ...event, job });
    else if (event.type === 'checkpoint') tell({ type: 'checkpoint', job, name: event.name, step: event.state.step });
    else if (event.type === 'warning') warn(event);
  };
  const reportAs = (phase: JobProgressEvent['phase']) => (event: RunEvent) => {
    if (event.type === 'warning') warn(event);
    else if (event.type === 'progress') progress(phase, event.label, event.done, event.total);
  };
  return { tell, report: reportAs('analysis'), data: reportAs('data'), training };
}
