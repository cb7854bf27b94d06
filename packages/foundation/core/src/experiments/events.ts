interface EventOf<Type extends string> {
  /** What happened. */
  readonly type: Type;
  /** The id of the job to which it happened. */
  readonly job: string;
}

/** A job begins. */
export interface JobStartEvent extends EventOf<'job-start'> {
  /** The id of the job. */
  readonly job: string;
}

/** The training of a job goes on from the last checkpoint of an earlier run. */
export interface ResumeEvent extends EventOf<'resume'> {
  /** Steps that were done already. */
  readonly step: number;
}

/** How far a job is. */
export interface JobProgressEvent extends EventOf<'job-progress'> {
  /** What is under way. */
  readonly phase: 'data' | 'training' | 'analysis';
  /** What is counted. */
  readonly label: string;
  /** How many are done: steps of training, or what an analysis counts. */
  readonly done: number;
  /** How many there are. */
  readonly total: number;
}

/** A step of training, some of many. */
export interface StepEvent extends EventOf<'step'> {
  /** Zero-based number of the step. */
  readonly step: number;
  /** The learning rate of the step. */
  readonly learningRate: number;
  /** The loss of its batch. */
  readonly loss: number;
  /** What the loss is made of. */
  readonly parts: Readonly<Record<string, number>>;
}

/** An evaluation during training. */
export interface EvaluationEvent extends EventOf<'evaluation'> {
  /** Steps that are done. */
  readonly step: number;
  /** Passes over the data that are done. */
  readonly epoch: number;
  /** What was found, by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A checkpoint was written. */
export interface CheckpointEvent extends EventOf<'checkpoint'> {
  /** Which checkpoint: `last` or `best`. */
  readonly name: string;
  /** Steps that are done. */
  readonly step: number;
}

/** Something to know about. */
export interface WarningEvent extends EventOf<'warning'> {
  /** What it is, for programs. */
  readonly code: string;
  /** What it is, for people. */
  readonly message: string;
  /** Facts. */
  readonly details?: object;
}

/** A job ends. */
export interface JobEndEvent extends EventOf<'job-end'> {
  /** How; `kept` if an earlier run had finished it. */
  readonly status: 'finished' | 'kept' | 'failed' | 'aborted';
  /** How long it took. */
  readonly seconds: number;
  /** What went wrong. */
  readonly message?: string;
}

/** What an experiment tells while it runs: JSON, fit to be sent between threads. */
export type ExperimentEvent =
  | JobStartEvent
  | ResumeEvent
  | JobProgressEvent
  | StepEvent
  | EvaluationEvent
  | CheckpointEvent
  | WarningEvent
  | JobEndEvent;
