import * as z from 'zod';

/** Numbers in arrays of arrays, one array for each axis. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

/** Inputs: flat and row-major (any typed or plain array), or an array with one flat or nested array an example. */
export type InputArray = ArrayLike<number> | readonly (ArrayLike<number> | NestedNumbers)[];

const isArray = (value: unknown) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

function arrayOption<T>(what: string): z.ZodType<T, T> {
  return z.unknown().refine(isArray, { error: `Expected ${what}.` }) as unknown as z.ZodType<T, T>;
}

const inputs = () =>
  arrayOption<InputArray>('an array of numbers').describe(
    'The inputs: row-major, or one array an example; they are copied',
  );
const labels = () => arrayOption<ArrayLike<number>>('an array of labels').describe('The class of each example');
const fields = () =>
  z
    .record(z.string(), arrayOption<Int32Array | Float32Array>('an array of numbers'))
    .optional()
    .describe(
      'Further facts per example, a whole number of values each; only from code, as Int32Array or Float32Array',
    );

/** Schema of the options of `fromArrays`. */
export const arraysSchema = z
  .strictObject({
    name: z.string().min(1).default('arrays').describe('Name of the data set'),
    inputShape: z
      .array(z.int().positive())
      .min(1)
      .describe('Shape of one example, without the batch axis; images are height, width, channels'),
    classes: z
      .union([z.int().positive(), z.array(z.string()).min(1)])
      .describe('The names of the classes, or how many there are'),
    bounds: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low < high, { error: 'The lower bound must be below the upper one.' })
      .default([0, 1])
      .describe('The range of the values; a value outside is an error'),
    x: inputs().optional(),
    labels: labels().optional(),
    sizes: z
      .record(z.string(), z.int().positive())
      .optional()
      .describe('How x and labels are cut into splits, in this order; all in train if absent'),
    splits: z
      .record(z.string(), z.strictObject({ x: inputs(), labels: labels(), fields: fields() }))
      .optional()
      .describe('The arrays of each split, in place of x, labels and sizes'),
    source: z.string().optional().describe('Where the data come from'),
    licence: z.string().optional().describe('Under which licence they may be used'),
  })
  .refine(
    ({ x, labels: all, sizes, splits }) =>
      splits
        ? Object.keys(splits).length > 0 && x === undefined && all === undefined && sizes === undefined
        : x !== undefined && all !== undefined,
    { error: 'Give either x and labels (and sizes), or splits with x and labels for each.' },
  );

/** Options of `fromArrays`. */
export type ArraysOptions = z.input<typeof arraysSchema>;

/** Options of `fromArrays` with the defaults filled in. */
export type ResolvedArraysOptions = z.output<typeof arraysSchema>;
