import type { Report, ReportTable } from '@equipoise/spec';
import { meanBalance, pairGroups, type judgePairs, type PairGroup, type PairRates } from './judge-pairs.js';
import type { ResolvedBalanceOptions } from './options.js';

/** The numbers of one model, as they stand in `report.data`; all rates in [0, 1]. */
export interface BalanceData {
  /** Number of image pairs. */
  readonly images: number;
  /** Rates at each noise level. */
  readonly levels: readonly ({ readonly sigma: number } & PairRates)[];
  /** Mean of balance over the noise levels up to `averageUpTo`. */
  readonly meanBalance: number;
  /** Standard error of `meanBalance` over images. */
  readonly standardError: number;
  /** Largest sigma that `meanBalance` averages over. */
  readonly averageUpTo: number;
  /** Whether the noisy images were clipped. */
  readonly clip: boolean;
}

/** Gathers the numbers of one model. */
export function balanceData(
  levels: readonly ({ readonly sigma: number } & ReturnType<typeof judgePairs>)[],
  images: number,
  options: ResolvedBalanceOptions,
): BalanceData {
  const averaged = meanBalance(levels.filter(({ sigma }) => sigma <= options.averageUpTo));
  return {
    images,
    levels: levels.map(({ sigma, rates }) => ({ sigma, ...rates })),
    meanBalance: averaged.mean,
    standardError: averaged.standardError,
    averageUpTo: options.averageUpTo,
    clip: options.clip,
  };
}

/** The name of a group in tables: `0–4, corner`. */
export function groupName(group: PairGroup, { groups }: ResolvedBalanceOptions): string {
  const [label, object] = group.split('-') as ['changing' | 'keeping', 'with' | 'without'];
  return `${groups[label]}, ${groups[object]}`;
}

/** A rate as a percentage. */
export const percent = (rate: number): number => 100 * rate;

function levelTable(data: BalanceData, options: ResolvedBalanceOptions): ReportTable {
  const rate = (key: string, label: string) => ({ key, label, unit: '%', digits: 1 });
  return {
    title: 'Rates at each noise level',
    columns: [
      { key: 'sigma', label: 'σ', digits: 2 },
      rate('balance', 'balance'),
      rate('flip', 'flip'),
      rate('stay', 'stay'),
      rate('falseFlip', 'false flip'),
      ...pairGroups.map((group) => rate(group, groupName(group, options))),
    ],
    rows: data.levels.map(({ sigma, flip, stay, falseFlip, balance, accuracy }) => ({
      sigma,
      balance: percent(balance),
      flip: percent(flip),
      stay: percent(stay),
      falseFlip: percent(falseFlip),
      ...Object.fromEntries(pairGroups.map((group) => [group, percent(accuracy[group])])),
    })),
    note: `${data.images} image pairs; noise ${data.clip ? 'clipped to the range of the data' : 'not clipped'}.`,
  };
}

/** The report of one model. */
export function balanceReport(name: string, data: BalanceData, options: ResolvedBalanceOptions): Report {
  const mean = percent(data.meanBalance).toFixed(1);
  const interval = percent(1.96 * data.standardError).toFixed(1);
  return {
    reportVersion: 1,
    title: `Balance of ${name}`,
    summary: [
      `Mean balance over σ ≤ ${data.averageUpTo}: ${mean} ± ${interval} % (95 % interval over ${data.images} image pairs).`,
    ],
    tables: [levelTable(data, options)],
    figures: [],
    images: [],
    data: { ...data },
  };
}
