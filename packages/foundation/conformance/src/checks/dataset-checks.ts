import { EquipoiseError, type Dataset, type Examples } from '@equipoise/spec';
import { defineCheck, type Check, type Expect } from '../check.js';
import { difference, finite } from '../compare.js';
import { checkContext, type Make } from '../context.js';

const some = (size: number) => [0, Math.floor(size / 2), size - 1, 0];

async function everySplit(make: Make<Dataset>, body: (dataset: Dataset, name: string) => Promise<void>): Promise<void> {
  const dataset = await make(checkContext());
  for (const name of dataset.info.splits) await body(dataset, name);
}

function checkExamples(dataset: Dataset, name: string, examples: Examples, count: number, expect: Expect): void {
  const { inputShape, bounds, classes } = dataset.info;
  const shape = [count, ...inputShape];
  expect(
    examples.shape.join() === shape.join(),
    `split "${name}": shape is [${examples.shape.join(', ')}], expected [${shape.join(', ')}]`,
  );
  const size = shape.reduce((product, length) => product * length, 1);
  expect(examples.x.length === size, `split "${name}": x has ${examples.x.length} values, expected ${size}`);
  expect(finite(examples.x), `split "${name}": x has values that are not finite`);
  expect(
    examples.x.every((value) => value >= bounds[0] && value <= bounds[1]),
    `split "${name}": x leaves the bounds [${bounds.join(', ')}]`,
  );
  expect(examples.labels.length === count, `split "${name}": ${examples.labels.length} labels for ${count} examples`);
  expect(
    examples.labels.every((label) => label >= 0 && label < classes.length),
    `split "${name}": a label is out of range`,
  );
  for (const [field, values] of Object.entries(examples.fields ?? {})) {
    expect(
      values.length % count === 0,
      `split "${name}": field "${field}" has ${values.length} values for ${count} examples`,
    );
  }
}

async function refused(action: () => Promise<unknown>, what: string, expect: Expect): Promise<void> {
  try {
    await action();
  } catch (error) {
    expect(EquipoiseError.isInstance(error), `${what} threw "${(error as Error).message}", which has no code`);
    return;
  }
  expect(false, `${what} was accepted`);
}

function contentChecks(make: Make<Dataset>): Check[] {
  return [
    defineCheck('dataset/info', 'states shape, bounds, classes and splits', async (expect) => {
      const { info } = await make(checkContext());
      expect(
        info.inputShape.every((length) => Number.isInteger(length) && length > 0),
        `inputShape is [${info.inputShape.join(', ')}]`,
      );
      expect(info.bounds[0] < info.bounds[1], `bounds are [${info.bounds.join(', ')}]`);
      expect(info.classes.length > 0 && info.splits.length > 0, 'there are no classes or no splits');
    }),
    defineCheck(
      'dataset/examples',
      'gives examples of the stated shape, within the bounds, with labels in range',
      async (expect) => {
        await everySplit(make, async (dataset, name) => {
          const split = await dataset.split(name);
          checkExamples(dataset, name, await split.examples(some(split.size)), 4, expect);
        });
      },
    ),
    defineCheck('dataset/labels-agree', 'gives the same labels at once and by example', async (expect) => {
      await everySplit(make, async (dataset, name) => {
        const split = await dataset.split(name);
        expect(
          split.labels.length === split.size,
          `split "${name}": ${split.labels.length} labels, size ${split.size}`,
        );
        const indices = some(split.size);
        const { labels } = await split.examples(indices);
        expect(
          indices.every((index, i) => split.labels[index] === labels[i]),
          `split "${name}": labels of examples differ from split.labels`,
        );
      });
    }),
  ];
}

function accessChecks(make: Make<Dataset>): Check[] {
  return [
    defineCheck(
      'dataset/random-access',
      'gives an example the same values whatever is asked for beside it',
      async (expect) => {
        await everySplit(make, async (dataset, name) => {
          const split = await dataset.split(name);
          const [first, middle, last] = some(split.size) as [number, number, number];
          const together = await split.examples([last, first, middle]);
          const alone = await Promise.all([last, first, middle].map((index) => split.examples([index])));
          const joined = alone.flatMap(({ x }) => Array.from(x));
          expect(
            difference(together.x, joined) === 0,
            `split "${name}": an example depends on what is asked for beside it`,
          );
        });
      },
    ),
    defineCheck('dataset/same-options-same-data', 'is a pure function of its options', async (expect) => {
      const draw = async () => {
        const dataset = await make(checkContext());
        const split = await dataset.split(dataset.info.splits[0] as string);
        return (await split.examples(some(split.size))).x;
      };
      expect(difference(await draw(), await draw()) === 0, 'made twice, it gave other examples');
    }),
    defineCheck(
      'dataset/caller-owns-arrays',
      'does not notice when a caller writes into what it got',
      async (expect) => {
        const dataset = await make(checkContext());
        const split = await dataset.split(dataset.info.splits[0] as string);
        const first = await split.examples([0]);
        const before = Float32Array.from(first.x);
        first.x.fill(0.123);
        expect(
          difference((await split.examples([0])).x, before) === 0,
          'a caller changed the data set by writing into its examples',
        );
      },
    ),
    defineCheck('dataset/empty-request', 'gives no examples for no indices', async (expect) => {
      const dataset = await make(checkContext());
      const { shape, x } = await (await dataset.split(dataset.info.splits[0] as string)).examples([]);
      expect(shape[0] === 0 && x.length === 0, `no indices gave shape [${shape.join(', ')}]`);
    }),
  ];
}

function refusalChecks(make: Make<Dataset>): Check[] {
  return [
    defineCheck('dataset/index-out-of-range', 'refuses an index that it does not have', async (expect) => {
      await everySplit(make, async (dataset, name) => {
        const split = await dataset.split(name);
        await refused(
          () => split.examples([split.size]),
          `index ${split.size} of split "${name}" with ${split.size} examples`,
          expect,
        );
        await refused(() => split.examples([-1]), `index -1 of split "${name}"`, expect);
      });
    }),
    defineCheck('dataset/unknown-split', 'refuses a split that it does not have', async (expect) => {
      const dataset = await make(checkContext());
      await refused(
        async () => dataset.split('a-split-that-nobody-has'),
        'the split "a-split-that-nobody-has"',
        expect,
      );
    }),
  ];
}

/** Checks of a data set; `make` makes a new one for every check. */
export function datasetChecks(make: Make<Dataset>): Check[] {
  return [...contentChecks(make), ...accessChecks(make), ...refusalChecks(make)];
}
