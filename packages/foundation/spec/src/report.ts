/** A cell of a table. */
export type Cell = string | number | boolean | null;

/** A table with a heading. */
export interface ReportTable {
  readonly title: string;
  /** Columns in order; `unit` such as `%`, `digits` after the point for numbers. */
  readonly columns: readonly {
    readonly key: string;
    readonly label: string;
    readonly unit?: string;
    readonly digits?: number;
  }[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** What the reader should know, below the table. */
  readonly note?: string;
}

/** A figure: a Vega-Lite specification with its data inline. */
export interface ReportFigure {
  readonly title: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly note?: string;
}

/** One picture of an image grid; values are mapped from `range` to colours. */
export interface ReportImage {
  readonly caption?: string;
  readonly width: number;
  readonly height: number;
  /** 1 (grey or colour map) or 3 (red, green, blue). */
  readonly channels: 1 | 3;
  /** Row-major values. */
  readonly data: readonly number[];
  /** Values of black and white; default [0, 1]. */
  readonly range?: readonly [low: number, high: number];
  /** How a one-channel image is coloured. */
  readonly colormap?: 'gray' | 'heat' | 'diverging';
}

/** Pictures in rows and columns, with row and column headings. */
export interface ReportImageGrid {
  readonly title: string;
  readonly columns?: readonly string[];
  readonly rows: readonly { readonly label?: string; readonly images: readonly ReportImage[] }[];
  readonly note?: string;
}

/** What an analysis found: JSON that any renderer can show. */
export interface Report {
  readonly reportVersion: 1;
  readonly title: string;
  /** What was found, in sentences. */
  readonly summary: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly figures: readonly ReportFigure[];
  readonly images: readonly ReportImageGrid[];
  /**
   * Tables about this run instead of the subject, such as times: shown, but no part of what the same seed gives again, and
   * left out where reports are compared.
   */
  readonly circumstances?: readonly ReportTable[];
  /** The numbers behind it all, for programs; JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}
