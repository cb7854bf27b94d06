import {
  correlateTransfer,
  type TransferCell,
  type TransferCorrelation,
  type TransferMode,
} from './transfer-matrix.js';

/** The examples of one mode. */
export interface ModeData {
  readonly mode: TransferMode;
  /** `[source][target]`, in the order of the models. */
  readonly cells: readonly (readonly TransferCell[])[];
  /** For each source, its rates to the other models against the accuracies of these. */
  readonly correlations: readonly TransferCorrelation[];
}

/** The numbers of one model among others, as they stand in `report.data`; shares in [0, 1]. */
export interface TransferData {
  /** Names; the first is the model that is analysed. */
  readonly models: readonly string[];
  readonly split: string;
  /** Number of samples. */
  readonly samples: number;
  /** Share of the clean samples that each model gets right. */
  readonly cleanAccuracies: readonly number[];
  /** What the rates are correlated with. */
  readonly accuracyOf: 'given' | 'features' | 'clean';
  /** That accuracy of each model; null if it was not given. */
  readonly accuracies: readonly (number | null)[];
  readonly modes: readonly ModeData[];
}

/** Adds the correlations of each source. */
export function modeData(
  mode: TransferMode,
  cells: readonly (readonly TransferCell[])[],
  accuracies: readonly (number | null)[],
): ModeData {
  const correlations = cells.map((row, source) => {
    const others = row.map((_, target) => target).filter((target) => target !== source);
    return correlateTransfer(
      others.map((target) => row[target]?.rate ?? null),
      others.map((target) => accuracies[target] ?? null),
    );
  });
  return { mode, cells, correlations };
}
