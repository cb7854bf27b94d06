import { componentOption, factory } from '@equipoise/kit';
import { DataError, type Dataset, type DatasetInfo, defineComponent, InvalidOptionsError } from '@equipoise/spec';
import * as z from 'zod';
import { deriveDataset } from './derive.js';
import { viewSplit } from './view-split.js';

const schema = z.strictObject({
  dataset: componentOption('dataset', 'mnist').describe('The data set'),
  classes: z
    .array(z.union([z.string(), z.int().nonnegative()]))
    .min(1)
    .describe('The classes to keep, by name (a string) or by label (a number)'),
  relabel: z
    .boolean()
    .default(true)
    .describe('Number the classes anew from 0, in the order given; false keeps labels and list of classes'),
});

/** Options of the component `select-classes`. */
export type SelectClassesOptions = z.input<typeof schema>;

/**
 * The examples of some classes, in their order.
 *
 * Throws an `InvalidOptionsError` for a class that does not exist or is given twice, and a `DataError` when a split is opened
 * that has no example of them.
 */
export const selectClassesComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'select-classes',
  description: 'The examples of some classes, numbered anew or not',
  options: schema,
  example: { dataset: { use: 'mnist' } as unknown as Dataset, classes: ['3', '8'] },
  references: { dataset: 'dataset' },
  create: ({ dataset, classes, relabel }) => {
    const kept = classLabels(dataset.info, classes);
    const names = kept.map((label) => dataset.info.classes[label] as string);
    return deriveDataset(dataset, {
      operation: 'select-classes',
      choices: { classes: names, relabel },
      changes: relabel ? { classes: names } : {},
      open: async (split, where) => {
        const source = await dataset.split(split);
        const all = Int32Array.from({ length: source.size }, (_, index) => index);
        const indices = all.filter((index) => kept.includes(source.labels[index] as number));
        if (indices.length === 0) {
          throw new DataError(`The ${where} is empty: it has no example of ${names.join(', ')}.`, {
            split,
            classes: names,
          });
        }
        return viewSplit(where, source, indices, relabel ? (label) => kept.indexOf(label) : undefined);
      },
    });
  },
});

const create = factory(selectClassesComponent);

/**
 * The examples of some classes, see {@link selectClassesComponent}.
 *
 * @param dataset the data set
 * @param classes the classes to keep, by name or by label
 * @param options `relabel`: number them anew from 0 in the order given (the default)
 */
export function selectClasses(
  dataset: Dataset,
  classes: readonly (string | number)[],
  options: Omit<SelectClassesOptions, 'dataset' | 'classes'> = {},
): Dataset {
  return create({ ...options, dataset, classes: [...classes] });
}

function classLabels(info: DatasetInfo, classes: readonly (string | number)[]): number[] {
  const labels = classes.map((one) => (typeof one === 'number' ? one : info.classes.indexOf(one)));
  const issues = labels.flatMap((label, position) => {
    const path = ['classes', position];
    const given = JSON.stringify(classes[position]);
    if (label < 0 || label >= info.classes.length) {
      const available = info.classes.join(', ');
      return [
        { path, message: `No class ${given}; data set "${info.name}" has ${info.classes.length}: ${available}.` },
      ];
    }
    return labels.indexOf(label) < position ? [{ path, message: `Class ${given} is given twice.` }] : [];
  });
  if (issues.length > 0) throw new InvalidOptionsError('dataset "select-classes"', issues);
  return labels;
}
