import { robustAccuracyCurve } from '@equipoise/metrics';
import type { Clean } from './clean.js';
import { numberOf, type NormSummary } from './robustness-data.js';
import type { AttackResult } from './run-attacks.js';
import type { Probe } from './probe.js';
import type { CheckMeasurements } from './run-checks.js';

/** Whether one thing that should hold of a sound evaluation holds. */
export interface CheckOutcome {
  /** Its name. */
  readonly check:
    | 'logits'
    | 'deterministic'
    | 'inside'
    | 'zero-gradients'
    | 'loss-rises'
    | 'more-steps'
    | 'random-noise'
    | 'unbounded'
    | 'black-box';
  /** The norm that it is about; null for all. */
  readonly norm: string | null;
  /** What was found. */
  readonly outcome: 'pass' | 'fail' | 'not applicable';
  /** What should hold, and the numbers. */
  readonly detail: string;
}

/** What the checks are judged from. */
export interface CheckEvidence {
  readonly clean: Clean;
  readonly results: readonly AttackResult[];
  readonly norms: readonly NormSummary[];
  /** Absent if the checks that cost something were left out. */
  readonly measured: CheckMeasurements | undefined;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const verdict = (holds: boolean) => (holds ? 'pass' : 'fail');

/**
 * Judges whether robustness can be believed: what holds of attacks that work on a model whose gradients are not masked
 * (Athalye, Carlini and Wagner 2018, section 3.1; Carlini et al. 2019, "On Evaluating Adversarial Robustness", sections 3 and 4).
 */
export function judgeChecks(evidence: CheckEvidence): CheckOutcome[] {
  const { measured } = evidence;
  return [
    ...wholeChecks(evidence),
    ...(measured?.probes ?? []).flatMap((one) => probeChecks(one, evidence, measured as CheckMeasurements)),
    ...(measured?.unbounded ?? []).map(unboundedCheck),
    ...evidence.norms.map((norm) => blackBoxCheck(norm, evidence)),
  ];
}

function wholeChecks({ clean, results }: CheckEvidence): CheckOutcome[] {
  const violations = results.reduce((sum, { violations: mine }) => sum + mine.length, 0);
  return [
    {
      check: 'logits',
      norm: null,
      outcome: verdict(!clean.probabilities),
      detail: clean.probabilities
        ? 'Every row of outputs sums to one: these are probabilities, whose gradients vanish where the model is confident. Attack logits.'
        : 'The outputs are not probabilities.',
    },
    {
      check: 'deterministic',
      norm: null,
      outcome: verdict(clean.deterministic),
      detail: clean.deterministic
        ? 'The same inputs give the same outputs.'
        : 'The same inputs give other outputs: the model is random, and attacks on it need expectations.',
    },
    {
      check: 'inside',
      norm: null,
      outcome: verdict(violations === 0),
      detail: `${violations} inputs of attacks are outside of their radius or the bounds.`,
    },
  ];
}

function probeChecks(one: Probe, { results }: CheckEvidence, { samples }: CheckMeasurements): CheckOutcome[] {
  const { norm, eps, losses, accuracies, noiseAccuracy, zeroGradients } = one;
  const [first, middle, last] = [0, losses.length >> 1, losses.length - 1].map((step) => losses[step] as number) as [
    number,
    number,
    number,
  ];
  const rises = middle > first && last >= middle - 0.05 * (middle - first);
  const falls = accuracies.every((now, index) => index === 0 || now.accuracy <= (accuracies[index - 1]?.accuracy ?? 1));
  const mine = results.filter(({ attack }) => attack.norm === norm);
  const stood = samples.filter((index) => mine.every(({ distances }) => numberOf(distances[index] ?? null) > eps));
  const attacked = stood.length / samples.length;
  return [
    {
      check: 'zero-gradients',
      norm,
      outcome: verdict(zeroGradients === 0),
      detail: `${zeroGradients} of ${samples.length} samples have a cross-entropy whose gradient is zero.`,
    },
    {
      check: 'loss-rises',
      norm,
      outcome: verdict(rises),
      detail: `Mean cross-entropy at step 0, half-way and at the end (eps = ${eps}): ${[first, middle, last].map((value) => value.toPrecision(3)).join(', ')}.`,
    },
    {
      check: 'more-steps',
      norm,
      outcome: verdict(falls),
      detail: `More steps leave fewer samples right (eps = ${eps}): ${accuracies.map(({ steps, accuracy }) => `${percent(accuracy)} after ${steps}`).join(', ')}.`,
    },
    {
      check: 'random-noise',
      norm,
      outcome: verdict(noiseAccuracy >= attacked),
      detail: `Random points leave at least as many samples right as the attacks (eps = ${eps}): ${percent(noiseAccuracy)} and ${percent(attacked)}.`,
    },
  ];
}

function unboundedCheck({ norm, eps, accuracy }: CheckMeasurements['unbounded'][number]): CheckOutcome {
  return {
    check: 'unbounded',
    norm,
    outcome: eps === null && accuracy === 1 ? 'not applicable' : verdict(accuracy === 0),
    detail: `No sample stands attacks that are only limited by the bounds${eps === null ? '' : ` (eps = ${Number(eps.toPrecision(4))})`}: ${percent(accuracy)} do.`,
  };
}

function blackBoxCheck({ norm, worstCase }: NormSummary, { results }: CheckEvidence): CheckOutcome {
  const mine = results.filter(({ attack }) => attack.norm === norm);
  const [white, black] = [true, false].map((gradients) =>
    mine.filter(({ attack }) => attack.attack.supports.gradients === gradients),
  ) as [AttackResult[], AttackResult[]];
  if (white.length === 0 || black.length === 0) {
    const detail = 'Needs an attack with gradients and one without.';
    return { check: 'black-box', norm, outcome: 'not applicable', detail };
  }
  const curveOf = (some: readonly AttackResult[]) => {
    const distances = some[0]?.distances.map((_, index) =>
      Math.min(...some.map((one) => numberOf(one.distances[index] ?? null))),
    );
    return robustAccuracyCurve(distances ?? [], worstCase.eps).robustAccuracy;
  };
  const [withGradients, without] = [curveOf(white), curveOf(black)];
  const gaps = withGradients.map((accuracy, index) => accuracy - (without[index] as number));
  const largest = Math.max(...gaps);
  return {
    check: 'black-box',
    norm,
    outcome: verdict(largest <= 0),
    detail:
      largest <= 0
        ? 'At no radius do attacks without gradients break more samples than those with.'
        : `At eps = ${worstCase.eps[gaps.indexOf(largest)]} attacks without gradients leave ${percent(largest)} fewer samples right than those with.`,
  };
}
