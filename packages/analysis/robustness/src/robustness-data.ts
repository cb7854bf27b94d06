import { median, medianDistances, minimalDistances, robustAccuracyCurve } from '@equipoise/metrics';
import type { Clean } from './clean.js';
import { distances as allNorms } from './options.js';
import type { AttackResult, Evaluation } from './run-attacks.js';
import type { CheckOutcome } from './judge-checks.js';
import type { Violation } from './chunk.js';

/** What distances say: JSON, so null stands for infinite. */
export interface DistanceSummary {
  /** Radii, ascending, from 0. */
  readonly eps: readonly number[];
  /** Share of all samples that are right when clean and not broken within each radius. */
  readonly robustAccuracy: readonly number[];
  /** Mean of robust accuracy over radii from 0 to the largest, by the trapezoidal rule. */
  readonly meanRobustAccuracy: number;
  /** Area under the curve, in units of the radius. */
  readonly area: number;
  /** Median distance of all samples, 0 for those that are wrong when clean. */
  readonly median: number | null;
  /** Of the samples that are right when clean, the distance that each share of them does not exceed. */
  readonly quantiles: Readonly<Record<(typeof quantileShares)[number], number | null>>;
  /** For each sample the smallest distance at which it is known to be broken: 0 if wrong when clean, null if never. */
  readonly distances: readonly (number | null)[];
}

/** What one attack found. */
export interface AttackSummary extends DistanceSummary {
  readonly name: string;
  readonly norm: string;
  /** Whether it was run at each radius; else it looks for the nearest success and was run once. */
  readonly hasRadius: boolean;
  /** Whether it uses gradients. */
  readonly gradients: boolean;
  /** Of the samples that are right when clean, the share that it broke at any distance. */
  readonly fooled: number | null;
  /** Samples that went forward through the model for it. */
  readonly forward: number;
  /** Samples whose gradient was taken. */
  readonly backward: number;
  /** For how many inputs its word on its success was not what the model says. */
  readonly disagreements: number;
  /** Its inputs that are outside of the radius or the bounds. */
  readonly violations: readonly Violation[];
}

/** All attacks of one norm: for each sample the one that breaks it nearest. */
export interface NormSummary {
  readonly norm: string;
  readonly attacks: readonly string[];
  readonly worstCase: DistanceSummary;
}

/** The numbers of one model, as they stand in `report.data`; shares in [0, 1]. */
export interface RobustnessData {
  readonly split: string;
  /** Number of samples. */
  readonly samples: number;
  /** Share of them that are right when clean. */
  readonly cleanAccuracy: number;
  readonly norms: readonly NormSummary[];
  readonly attacks: readonly AttackSummary[];
  readonly checks: readonly CheckOutcome[];
}

/** The shares of {@link DistanceSummary.quantiles}. */
export const quantileShares = ['0.1', '0.25', '0.5', '0.75', '0.9'] as const;

/** A distance from JSON. */
export const numberOf = (distance: number | null): number => distance ?? Infinity;

const jsonOf = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * The value that a share of all values does not exceed, the smallest that does: of sorted values v₁ … v_n the one at ⌈share·n⌉;
 * the median for a half. `NaN` of nothing.
 */
export function quantile(values: readonly number[], share: number): number {
  if (share === 0.5) return median(values);
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? Number.NaN;
}

/** Sums up the distances of an attack, or of the worst of several. */
export function summarizeDistances(
  distances: Float64Array,
  { correct }: Pick<Clean, 'correct'>,
  radii: readonly number[],
): DistanceSummary {
  const { eps, robustAccuracy, area, normalizedArea } = robustAccuracyCurve(distances, [0, ...radii]);
  const right = Array.from(distances).filter((_, index) => correct[index] === 1);
  return {
    eps,
    robustAccuracy,
    meanRobustAccuracy: normalizedArea,
    area,
    median: jsonOf(medianDistances(distances, correct).all),
    quantiles: Object.fromEntries(
      quantileShares.map((share) => [share, jsonOf(quantile(right, Number(share)))]),
    ) as DistanceSummary['quantiles'],
    distances: Array.from(distances, jsonOf),
  };
}

function attemptOf({ distances }: AttackResult) {
  return { found: distances.map((distance) => distance !== null), distances: distances.map(numberOf) };
}

/** What each attack found. */
export function summarizeAttacks(results: readonly AttackResult[], clean: Clean): AttackSummary[] {
  const right = clean.correct.reduce((sum, one) => sum + one, 0);
  return results.map((result) => {
    const { attack, forward, backward, disagreements, violations } = result;
    const broken = result.distances.filter((distance, index) => clean.correct[index] === 1 && distance !== null);
    return {
      name: attack.name,
      norm: attack.norm,
      hasRadius: attack.hasRadius,
      gradients: attack.attack.supports.gradients,
      ...summarizeDistances(minimalDistances(clean.correct, [attemptOf(result)]), clean, attack.radii),
      fooled: right === 0 ? null : broken.length / right,
      forward,
      backward,
      disagreements,
      violations,
    };
  });
}

/** The worst case over the attacks of each norm. */
export function summarizeNorms(results: readonly AttackResult[], clean: Clean): NormSummary[] {
  return allNorms.flatMap((norm) => {
    const mine = results.filter(({ attack }) => attack.norm === norm);
    if (mine.length === 0) return [];
    const radii = [...new Set(mine.flatMap(({ attack }) => attack.radii))].sort((a, b) => a - b);
    const distances = minimalDistances(clean.correct, mine.map(attemptOf));
    const attacks = mine.map(({ attack }) => attack.name);
    return [{ norm, attacks, worstCase: summarizeDistances(distances, clean, radii) }];
  });
}

/** The facts that do not come from attacks. */
export function cleanFacts({
  clean,
  options,
}: Evaluation): Pick<RobustnessData, 'split' | 'samples' | 'cleanAccuracy'> {
  const right = clean.correct.reduce((sum, one) => sum + one, 0);
  return { split: options.split, samples: clean.count, cleanAccuracy: right / clean.count };
}
