/** Facts about a data set that hold for all its splits. */
export interface DatasetInfo {
  /** Short name, such as `mnist`. */
  readonly name: string;
  /** Shape of one example, without the batch axis; images are height, width, channels. */
  readonly inputShape: readonly number[];
  /** The range of the values. */
  readonly bounds: readonly [low: number, high: number];
  /** The name of each class; a label is an index into this list. */
  readonly classes: readonly string[];
  /** Names of the splits. */
  readonly splits: readonly SplitName[];
  /** Where the data come from. */
  readonly source?: string;
  /** Under which licence they may be used. */
  readonly licence?: string;
  /** How the data were made, for data sets that are derived from others. */
  readonly provenance?: Readonly<Record<string, unknown>>;
}

/** The name of a part of a data set; `train` and `test` are what trainers and analyses look for. */
export type SplitName = 'train' | 'validation' | 'test' | (string & {});

/** Some examples as plain arrays. */
export interface Examples {
  /** Shape of `x`: `[count, ...inputShape]`. */
  readonly shape: readonly number[];
  /** The inputs, row-major. */
  readonly x: Float32Array;
  /** The class of each example. */
  readonly labels: Int32Array;
  /** Further facts per example, such as where an object is; every array has a whole number of values an example. */
  readonly fields?: Readonly<Record<string, Int32Array | Float32Array>>;
}

/** A part of a data set, with random access. */
export interface Split {
  /** Number of examples. */
  readonly size: number;
  /** The class of every example, in order. */
  readonly labels: Int32Array;
  /** The examples of those indices, in that order; throws a `DataError` for an index out of range. */
  examples(indices: ArrayLike<number>): Promise<Examples>;
}

/** A data set. */
export interface Dataset {
  /** Facts that hold for all splits. */
  readonly info: DatasetInfo;
  /** Opens a split; a pure function of the data set's options. */
  split(name: SplitName): Promise<Split>;
}
