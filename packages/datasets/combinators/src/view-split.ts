import { requireIndices } from '@equipoise/kit';
import type { Split } from '@equipoise/spec';

/**
 * A part of a split, in a given order, without copying it.
 *
 * @param where the view, for messages
 * @param source the split that is looked into
 * @param indices the examples of the view, as indices of the source
 * @param relabel gives the new class for the old one
 */
export function viewSplit(
  where: string,
  source: Split,
  indices: Int32Array,
  relabel: (label: number) => number = (label) => label,
): Split {
  const size = indices.length;
  return {
    size,
    labels: indices.map((index) => relabel(source.labels[index] as number)),
    examples: async (wanted) => {
      requireIndices(where, size, wanted);
      const examples = await source.examples(Int32Array.from(wanted, (index) => indices[index] as number));
      return { ...examples, labels: examples.labels.map(relabel) };
    },
  };
}
