import type { Rng } from '@equipoise/spec';

/** In which order examples are visited. */
export type Sampling = 'shuffle' | 'class-balanced';

/** The examples that are trained on. */
export interface SampledExamples {
  /** Their indices in the split. */
  readonly indices: Int32Array;
  /** The label of every example of the split. */
  readonly labels: Int32Array;
}

/**
 * The examples of one epoch in order, as indices into the split: a pure function of the stream and of the epoch.
 *
 * `shuffle`: every example once, in random order. `class-balanced`: as many draws as there are examples; each draws a
 * class uniformly among those that are present and takes the next example of a random order of that class, beginning
 * anew where the class is used up. So every class is seen equally often in expectation.
 * @param examples the examples
 * @param sampling how they are drawn
 * @param rng the stream of the run
 * @param epoch zero-based
 */
export function epochOrder(examples: SampledExamples, sampling: Sampling, rng: Rng, epoch: number): Int32Array {
  const stream = rng.fork('order').fork(epoch);
  const { indices } = examples;
  return sampling === 'shuffle'
    ? stream.permutation(indices.length).map((place) => indices[place]!)
    : balancedOrder(examples, stream);
}

function balancedOrder({ indices, labels }: SampledExamples, rng: Rng): Int32Array {
  const members = new Map<number, number[]>();
  for (const index of indices) {
    const label = labels[index]!;
    const others = members.get(label);
    if (others) others.push(index);
    else members.set(label, [index]);
  }
  const classes = [...members.keys()].sort((a, b) => a - b);
  const orders = classes.map((label) => {
    const own = members.get(label)!;
    return Array.from(rng.fork('class').fork(label).permutation(own.length), (place) => own[place]!);
  });
  const next = classes.map(() => 0);
  const draws = rng.fork('draws');
  return indices.map(() => {
    const drawn = draws.integer(classes.length);
    const order = orders[drawn]!;
    return order[next[drawn]!++ % order.length]!;
  });
}
