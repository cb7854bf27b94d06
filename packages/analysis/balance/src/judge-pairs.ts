/** Labels and predictions of the same images, without and with the object that may change the class. */
export interface Pairs {
  /** Labels without the object, one an image. */
  readonly labelsWithout: ArrayLike<number>;
  /** Labels with the object. */
  readonly labelsWith: ArrayLike<number>;
  /** Predicted classes without the object. */
  readonly predictedWithout: ArrayLike<number>;
  /** Predicted classes with the object. */
  readonly predictedWith: ArrayLike<number>;
}

/** Shares of images in [0, 1]; `NaN` where a group has no image. */
export interface PairRates {
  /** Images whose label the object changes: right without *and* right with it. */
  readonly flip: number;
  /** Images whose label the object leaves alone: right both times. */
  readonly stay: number;
  /** Images whose label the object would change, without it: predicted as one of the classes that only the object gives. */
  readonly falseFlip: number;
  /** (flip + stay) / 2. */
  readonly balance: number;
  /** Accuracy in the four groups. */
  readonly accuracy: Readonly<Record<PairGroup, number>>;
}

/** The four groups: does the object matter for the label, and is it there? */
export type PairGroup = 'changing-without' | 'changing-with' | 'keeping-without' | 'keeping-with';

/** The groups in the order of tables. */
export const pairGroups: readonly PairGroup[] = [
  'changing-without',
  'changing-with',
  'keeping-without',
  'keeping-with',
];

/**
 * Judges predictions on pairs. *Right* predictions count, not *unchanged* ones: a constant prediction stays for ever.
 *
 * For an image i with labels (a, b) and predictions (p, q) without and with the object:
 * flip = mean over {a ≠ b} of [p = a][q = b], stay = mean over {a = b} of [p = a][q = b],
 * falseFlip = mean over {a ≠ b} of [p ∈ B], B = {b : a ≠ b}.
 *
 * @returns rates over all pairs, and the same per image (`both`: 1 where both predictions are right)
 */
export function judgePairs(pairs: Pairs): {
  readonly rates: PairRates;
  readonly both: Uint8Array;
  readonly changing: Uint8Array;
} {
  const count = pairs.labelsWithout.length;
  const both = new Uint8Array(count);
  const changing = new Uint8Array(count);
  const flippedClasses = new Set<number>();
  for (let i = 0; i < count; i++) {
    if (pairs.labelsWithout[i] === pairs.labelsWith[i]) continue;
    changing[i] = 1;
    flippedClasses.add(pairs.labelsWith[i] as number);
  }
  const sums = {
    changing: 0,
    keeping: 0,
    flip: 0,
    stay: 0,
    falseFlip: 0,
    changingWithout: 0,
    changingWith: 0,
    keepingWithout: 0,
    keepingWith: 0,
  };
  for (let i = 0; i < count; i++) {
    const rightWithout = Number(pairs.predictedWithout[i] === pairs.labelsWithout[i]);
    const rightWith = Number(pairs.predictedWith[i] === pairs.labelsWith[i]);
    both[i] = rightWithout & rightWith;
    if (changing[i] === 1) {
      sums.changing += 1;
      sums.flip += both[i] as number;
      sums.falseFlip += Number(flippedClasses.has(pairs.predictedWithout[i] as number));
      sums.changingWithout += rightWithout;
      sums.changingWith += rightWith;
    } else {
      sums.keeping += 1;
      sums.stay += both[i] as number;
      sums.keepingWithout += rightWithout;
      sums.keepingWith += rightWith;
    }
  }
  const flip = sums.flip / sums.changing;
  const stay = sums.stay / sums.keeping;
  const accuracy: Record<PairGroup, number> = {
    'changing-without': sums.changingWithout / sums.changing,
    'changing-with': sums.changingWith / sums.changing,
    'keeping-without': sums.keepingWithout / sums.keeping,
    'keeping-with': sums.keepingWith / sums.keeping,
  };
  return {
    rates: { flip, stay, falseFlip: sums.falseFlip / sums.changing, balance: (flip + stay) / 2, accuracy },
    both,
    changing,
  };
}

/**
 * Mean balance over noise levels with its standard error over images.
 *
 * With m_i the share of noise levels at which both predictions of image i are right, balance is the mean of the two group
 * means of m, so its variance is (var₁/n₁ + var₂/n₂)/4.
 *
 * @param levels one result of {@link judgePairs} for each noise level, over the same images in the same order
 */
export function meanBalance(levels: readonly { readonly both: Uint8Array; readonly changing: Uint8Array }[]): {
  readonly mean: number;
  readonly standardError: number;
} {
  const first = levels[0];
  if (first === undefined) return { mean: Number.NaN, standardError: Number.NaN };
  const groups: [number[], number[]] = [[], []];
  for (let i = 0; i < first.both.length; i++) {
    const share = levels.reduce((sum, level) => sum + (level.both[i] as number), 0) / levels.length;
    groups[first.changing[i] as 0 | 1].push(share);
  }
  const [keeping, changing] = groups.map(moments) as [Moments, Moments];
  return {
    mean: (keeping.mean + changing.mean) / 2,
    standardError: Math.sqrt(keeping.variance / keeping.count + changing.variance / changing.count) / 2,
  };
}

interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

function moments(values: readonly number[]): Moments {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, variance: count > 1 ? squares / (count - 1) : Number.NaN };
}
