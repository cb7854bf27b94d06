import type { RunContext } from './context.js';
import type { Dataset, SplitName } from './dataset.js';
import type { Model } from './model.js';
import type { Report } from './report.js';

/** What an analysis looks at. */
export interface Subject {
  /** The model, run in inference mode. */
  readonly model: Model;
  /** The data. */
  readonly dataset: Dataset;
  /** What to call it in tables. */
  readonly name: string;
}

/** One report of an analysis, with where it came from. */
export interface ComparisonEntry {
  /** The row of the experiment, such as the name of a training method. */
  readonly row: string;
  /** The seed of the training. */
  readonly seed: number;
  /** What the analysis found there. */
  readonly report: Report;
}

/** What an analysis needs from the data set and the model; checked before anything is trained. */
export interface AnalysisNeeds {
  /** Splits that it opens. */
  readonly splits: readonly SplitName[];
  /** Logits of the model. */
  readonly logits: boolean;
}

/** A way to look at a trained model. */
export interface Analysis {
  /** What must be given; absent: nothing that could be checked beforehand. */
  readonly needs?: AnalysisNeeds;
  /** Looks; never prints. */
  doAnalyze(subject: Subject, context: RunContext): Promise<Report>;
  /** Puts the reports of several rows and seeds side by side: curves over rows, intervals over seeds. */
  doCompare?(entries: readonly ComparisonEntry[]): Report;
}
