import type { ComponentReference } from '@equipoise/spec';

/** An analysis of an experiment. */
export interface ExperimentAnalysis extends ComponentReference {
  /** Name of its part of the report; default the name of the component. */
  readonly name?: string | undefined;
}

/** A row of an experiment: one way to train. */
export interface ExperimentRow {
  /** Its name, used for files; unique. */
  readonly name: string;
  /** What tables and figures call it; default its name. */
  readonly label?: string | undefined;
  /** What is minimised. */
  readonly loss: ComponentReference;
  /** How it is trained; default the experiment's. */
  readonly trainer?: ComponentReference | undefined;
  /** The network; default the experiment's. */
  readonly model?: ComponentReference | undefined;
  /** The data; default the experiment's. */
  readonly dataset?: ComponentReference | undefined;
  /** Whether it begins from the shared start, if there is one. */
  readonly start: boolean;
}

/** A training that comes first, once a seed, from which rows begin. */
export interface ExperimentStart {
  /** What it minimises. */
  readonly loss: ComponentReference;
  /** How it is trained. */
  readonly trainer: ComponentReference;
}

/** An experiment with its defaults filled in: JSON. */
export interface Experiment {
  /** Where an editor finds the JSON Schema. */
  readonly $schema?: string | undefined;
  /** Version of the format. */
  readonly specVersion: 1;
  /** Name of the experiment and of its run folder. */
  readonly name: string;
  /** Heading of the report; default the name. */
  readonly title?: string | undefined;
  /** What the experiment asks. */
  readonly description?: string | undefined;
  /** What computes: `auto` or a name. */
  readonly backend: string;
  /** Every row is trained once with each. */
  readonly seeds: readonly number[];
  /** The data. */
  readonly dataset: ComponentReference;
  /** The network. */
  readonly model: ComponentReference;
  /** How rows are trained, unless they say otherwise. */
  readonly trainer: ComponentReference;
  /** The shared start. */
  readonly start?: ExperimentStart | undefined;
  /** What is compared. */
  readonly rows: readonly ExperimentRow[];
  /** How every trained model is looked at. */
  readonly analyses: readonly ExperimentAnalysis[];
  /** How many trainings may run side by side; does not change results. */
  readonly workers: number | 'auto';
  /** Named changes to the experiment, such as `full`; none once it is resolved. */
  readonly profiles: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The name of an analysis within its experiment. */
export function analysisName(one: ExperimentAnalysis): string {
  return one.name ?? one.use;
}

/** What tables and figures call a row. */
export function rowLabel(one: ExperimentRow): string {
  return one.label ?? one.name;
}
