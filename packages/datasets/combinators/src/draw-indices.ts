import type { Rng } from '@equipoise/spec';

/**
 * Draws examples without repetition, each as likely, in ascending order.
 *
 * With the same stream, fewer examples that are not stratified are a part of more.
 *
 * @param rng the stream
 * @param labels the class of each example to draw from
 * @param count how many to draw, at most as many as there are
 * @param stratified give each class its share: count · size of the class / size of all, rounded by largest remainder
 */
export function drawIndices(rng: Rng, labels: Int32Array, count: number, stratified: boolean): Int32Array {
  if (!stratified) return rng.permutation(labels.length).slice(0, count).sort();
  const members = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const known = members.get(label);
    if (known) known.push(index);
    else members.set(label, [index]);
  });
  const classes = [...members.keys()].sort((a, b) => a - b);
  const shares = apportion(
    classes.map((label) => members.get(label)?.length ?? 0),
    count,
  );
  const drawn = classes.flatMap((label, position) => {
    const own = members.get(label) as number[];
    const order = rng.fork(label).permutation(own.length).subarray(0, shares[position]);
    return Array.from(order, (index) => own[index] as number);
  });
  return Int32Array.from(drawn).sort();
}

/** Whole numbers in proportion to `sizes` that sum to `total`: the largest remainders are rounded up, the first of equal ones. */
export function apportion(sizes: readonly number[], total: number): number[] {
  const sum = sizes.reduce((a, b) => a + b, 0);
  const shares = sizes.map((size) => Math.floor((size * total) / sum));
  const missing = total - shares.reduce((a, b) => a + b, 0);
  const remainder = (position: number) => ((sizes[position] as number) * total) % sum;
  const order = [...sizes.keys()].sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const position of order.slice(0, missing)) shares[position] = (shares[position] as number) + 1;
  return shares;
}

/** The indices from 0 to size − 1 that are not in `indices`, in ascending order. */
export function complement(indices: Int32Array, size: number): Int32Array {
  const taken = new Uint8Array(size);
  for (const index of indices) taken[index] = 1;
  return Int32Array.from({ length: size }, (_, index) => index).filter((index) => taken[index] === 0);
}
