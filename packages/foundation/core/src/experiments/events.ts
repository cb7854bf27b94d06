/** What an experiment tells while it runs: JSON, fit to be sent between threads. */
export type ExperimentEvent =
  /** A job begins. */
  | { readonly type: 'job-start'; readonly job: string }
  /** The training of a job goes on from the last checkpoint of an earlier run. */
  | { readonly type: 'resume'; readonly job: string; readonly step: number }
  /** How far a job is: training steps, or what an analysis counts. */
  | {
      readonly type: 'job-progress';
      readonly job: string;
      readonly phase: 'training' | 'analysis';
      readonly label: string;
      readonly done: number;
      readonly total: number;
    }
  /** A step of training, some of many. */
  | {
      readonly type: 'step';
      readonly job: string;
      readonly step: number;
      readonly learningRate: number;
      readonly loss: number;
      readonly parts: Readonly<Record<string, number>>;
    }
  /** An evaluation during training. */
  | {
      readonly type: 'evaluation';
      readonly job: string;
      readonly step: number;
      readonly epoch: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  /** A checkpoint was written. */
  | { readonly type: 'checkpoint'; readonly job: string; readonly name: string; readonly step: number }
  /** Something to know about. */
  | {
      readonly type: 'warning';
      readonly job: string;
      readonly code: string;
      readonly message: string;
      readonly details?: object;
    }
  /** A job ends; `kept` if an earlier run had finished it. */
  | {
      readonly type: 'job-end';
      readonly job: string;
      readonly status: 'finished' | 'kept' | 'failed' | 'aborted';
      readonly seconds: number;
      readonly message?: string;
    };
