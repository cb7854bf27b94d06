/** One line of the comparison: an attack of ours and the same of others. */
export interface Row {
  readonly family: string;
  readonly norm: 'linf' | 'l2' | 'l1' | 'l0';
  /** The radius; absent for attacks that look for the nearest success. */
  readonly eps?: number;
  /** How many of the images are attacked; absent: all. */
  readonly images?: number;
  readonly ours: { readonly use: string; readonly options: object };
  readonly peers?: readonly { readonly library: string; readonly attack: string }[];
}

/** What one attack reached. */
export interface Result {
  readonly family: string;
  readonly norm: string;
  readonly library: string;
  readonly attack: string;
  readonly n?: number;
  readonly calls?: { readonly forward: number; readonly backward: number };
  readonly seconds?: number;
  /** Share of the images that stay right. */
  readonly robust?: number;
  /** Largest distance that an image was moved. */
  readonly largest?: number;
  /** Median distance: 0 for images that were wrong before, failures infinite; null if it is infinite itself. */
  readonly median?: number | null;
  readonly failures?: number;
  readonly error?: string;
}
