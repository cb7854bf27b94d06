import { createRng, factory, requireSplit } from '@equipoise/kit';
import {
  DataError,
  type Dataset,
  type DatasetInfo,
  defineComponent,
  type RunContext,
  ShapeError,
  type Split,
} from '@equipoise/spec';
import { openSplit } from './open-split.js';
import { type ResolvedSyntheticMnistOptions, syntheticMnistSchema } from './options.js';
import { splitNames } from './split-names.js';
import { planSplit } from './split-plan.js';

const digitNames = Array.from({ length: 10 }, (_, digit) => String(digit));
const classes = [...digitNames, ...digitNames.slice(0, 5).map((digit) => `${digit} with corner`)];

/**
 * Synthetic MNIST: digits, some with a small random digit in a random corner, in 15 classes.
 *
 * Beside a corner digit, whichever it is, centre digits 0–4 belong to the classes 10–14; 5–9 keep theirs. So the corner is a
 * feature of high utility for some images and of none for others. Source: Kim, Glasner, Ramalingam, Hsieh, Papineni, Kumar,
 * Feature Contrastive Learning (arXiv 2105.09394, 2021), figure 1.
 * The figure settles the labels; every other choice is an option whose default is this project's.
 *
 * For each split of the digits, such as `test`, there are also `test-with-corner` and `test-without-corner`: the same centre
 * digits at the same indices, all with the corner digit that was drawn for them, and none.
 * `Examples.fields`: `centre` (0–9), `corner` (0–9, −1 without), `place` (0 top left, 1 top right, 2 bottom left, 3 bottom right,
 * −1 without) and `box` (top, left, height, width; zeros without).
 *
 * An image is a pure function of the seed (of the run's stream, where the options give none), the other options and the index of its centre digit in the digits' split: neither batches, order,
 * `count` nor `cornerProbability` change which corner digit an image has where it has one.
 */
export const syntheticMnistComponent = defineComponent({
  specVersion: 1,
  kind: 'dataset',
  name: 'synthetic-mnist',
  description: 'Digits with digits in their corners, 15 classes: the corner decides the class of 0-4 and not of 5-9',
  options: syntheticMnistSchema,
  example: { digits: { use: 'mnist' } as unknown as Dataset, cornerProbability: 0.05 },
  references: { digits: 'dataset' },
  create: createSyntheticMnist,
});

/** Makes the data set of {@link syntheticMnistComponent} from code. */
export const syntheticMnist = factory(syntheticMnistComponent);

function createSyntheticMnist(options: ResolvedSyntheticMnistOptions, context: RunContext): Dataset {
  const rng = options.seed === undefined ? context.rng : createRng(options.seed);
  checkDigits(options);
  const info = describe(options);
  const opened = new Map<string, Split>();
  return {
    info,
    split: async (name) => {
      requireSplit(info, name);
      const split = opened.get(name) ?? openSplit(name, await planSplit(name, options, rng), options);
      opened.set(name, split);
      return split;
    },
  };
}

function describe({ digits, ...choices }: ResolvedSyntheticMnistOptions): DatasetInfo {
  const { name, provenance, source, licence, splits } = digits.info;
  return {
    name: 'synthetic-mnist',
    inputShape: [28, 28, 1],
    bounds: [0, 1],
    classes,
    splits: splitNames(splits),
    ...(source === undefined ? {} : { source }),
    ...(licence === undefined ? {} : { licence }),
    provenance: { operation: 'synthetic-mnist', ...choices, of: { name, ...(provenance && { provenance }) } },
  };
}

function checkDigits({ digits, count, cornerDigitFrom }: ResolvedSyntheticMnistOptions): void {
  const { inputShape, bounds, name, classes: digitClasses } = digits.info;
  if (inputShape.join() !== '28,28,1') throw new ShapeError(`An image of "${name}"`, [28, 28, 1], inputShape);
  if (bounds[0] !== 0 || bounds[1] !== 1) {
    throw new DataError(`Values of "${name}" are in [${bounds.join(', ')}]; synthetic-mnist expects [0, 1].`, {
      bounds,
    });
  }
  if (digitClasses.length !== 10) {
    throw new DataError(`"${name}" has ${digitClasses.length} classes; synthetic-mnist expects the digits 0 to 9.`, {
      classes: digitClasses,
    });
  }
  const asked = [...Object.keys(count), ...(cornerDigitFrom === 'same-split' ? [] : [cornerDigitFrom])];
  asked.forEach((split) => requireSplit(digits.info, split));
}
