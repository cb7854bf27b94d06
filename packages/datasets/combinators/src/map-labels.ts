import { componentOption, factory } from '@equipoise/kit';
import { type Dataset, defineComponent, InvalidOptionsError } from '@equipoise/spec';
import * as z from 'zod';
import { deriveDataset } from './derive.js';
import { viewSplit } from './view-split.js';

const schema = z
  .strictObject({
    dataset: componentOption('dataset', 'mnist').describe('The data set'),
    map: z.array(z.int().nonnegative()).min(1).describe('The new label of each class, in the order of the classes'),
    classes: z.array(z.string()).min(1).describe('Names of the new classes'),
  })
  .superRefine(({ map, classes }, context) => {
    map.forEach((label, position) => {
      if (label < classes.length) return;
      const message = `Label ${label} has no name; there are ${classes.length} new classes: ${classes.join(', ')}.`;
      context.addIssue({ code: 'custom', path: ['map', position], message });
    });
  });

/** Options of the component `map-labels`. */
export type MapLabelsOptions = z.input<typeof schema>;

/**
 * The same examples in other classes, such as even and odd digits.
 *
 * Throws an `InvalidOptionsError` unless each class has a new label and each new label a name.
 */
export const mapLabelsComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'map-labels',
  description: 'The same examples in other classes, such as even and odd',
  options: schema,
  example: {
    dataset: { use: 'mnist' } as unknown as Dataset,
    map: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
    classes: ['even', 'odd'],
  },
  references: { dataset: 'dataset' },
  create: ({ dataset, map, classes }) => {
    const before = dataset.info.classes.length;
    if (map.length !== before) {
      const message = `Expected a label for each of the ${before} classes of "${dataset.info.name}", got ${map.length}.`;
      throw new InvalidOptionsError('dataset "map-labels"', [{ message, path: ['map'] }]);
    }
    return deriveDataset(dataset, {
      operation: 'map-labels',
      choices: { map, classes },
      changes: { classes },
      open: async (name, where) => {
        const source = await dataset.split(name);
        const all = Int32Array.from({ length: source.size }, (_, index) => index);
        return viewSplit(where, source, all, (label) => map[label] as number);
      },
    });
  },
});

const create = factory(mapLabelsComponent);

/**
 * The same examples in other classes, see {@link mapLabelsComponent}.
 *
 * @param dataset the data set
 * @param map the new label of each class, in the order of the classes
 * @param classes names of the new classes
 */
export function mapLabels(dataset: Dataset, map: readonly number[], classes: readonly string[]): Dataset {
  return create({ dataset, map: [...map], classes: [...classes] });
}
