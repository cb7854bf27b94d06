import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapLabels, plugin, selectClasses, splitOff, subset } from '../src/index.js';
import { contents, counting } from './counting.js';

const labels = Array.from({ length: 90 }, (_, index) => (index * 7) % 3);

describe('subset', () => {
  test('keeps the examples of given indices in their order', async () => {
    const split = await subset(counting(labels), { train: { indices: [5, 2, 5] } }).split('train');
    expect(await contents(split)).toEqual([5, 2, 5]);
    expect(Array.from(split.labels)).toEqual([labels[5], labels[2], labels[5]]);
    expect((await split.examples([1])).fields).toEqual({ twice: Int32Array.of(2, 2) });
  });

  test('draws the same part again for a seed, another for another, in the order of the source', async () => {
    const draw = async (seed: number) =>
      contents(await subset(counting(labels), { train: { count: 30, seed } }).split('train'));
    const first = await draw(1);
    expect(first).toHaveLength(30);
    expect(first).toEqual([...new Set(first)].sort((a, b) => a - b));
    expect(await draw(1)).toEqual(first);
    expect(await draw(2)).not.toEqual(first);
  });

  test('draws a share, of each class where it is stratified', async () => {
    const split = await subset(counting(labels), { train: { fraction: 0.1, stratified: true } }).split('train');
    expect([0, 1, 2].map((label) => split.labels.filter((one) => one === label).length)).toEqual([3, 3, 3]);
  });

  test('leaves the other splits whole', async () => {
    const data = subset(counting(labels), { train: { count: 1 } });
    expect(await contents(await data.split('test'))).toEqual([1000, 1001, 1002]);
    expect(data.info.splits).toEqual(['train', 'test']);
  });

  test('refuses what is not there', async () => {
    const data = counting(labels);
    expect(() => subset(data, { dev: { count: 1 } })).toThrow(
      'Data set "counting" has no split "dev"; it has train, test.',
    );
    await expect(subset(data, { train: { count: 91 } }).split('train')).rejects.toThrow(
      'The split "train" of data set "counting" (subset) was asked for 91 examples; there are 90.',
    );
    await expect(subset(data, { train: { indices: [90] } }).split('train')).rejects.toMatchObject({
      code: 'EQUIPOISE_DATA',
    });
    await expect((await subset(data, { train: { count: 2 } }).split('train')).examples([2])).rejects.toThrow(
      /expected 0 to 1/,
    );
  });

  test('refuses a part that is given in no way or in two', () => {
    expect(() => subset(counting(labels), { train: {} })).toThrow('Give one of count, fraction and indices.');
    expect(() => subset(counting(labels), { train: { count: 1, indices: [0] } })).toThrow('Give one of');
    expect(() => subset(counting(labels), { train: { indices: [] } })).toThrow('indices');
  });
});

describe('splitOff', () => {
  test('cuts a split into two disjoint parts in order, the same ones again', async () => {
    const property = fc.asyncProperty(
      fc.record({ size: fc.integer({ min: 2, max: 60 }), seed: fc.integer(), stratified: fc.boolean() }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      async ({ size, seed, stratified }, share) => {
        const count = Math.min(size - 1, Math.max(1, Math.floor(share * size)));
        const open = async () => {
          const data = splitOff(counting(labels.slice(0, size)), { count, seed, stratified });
          return [await contents(await data.split('validation')), await contents(await data.split('train'))] as const;
        };
        const [taken, left] = await open();
        const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);
        expect(taken).toHaveLength(count);
        expect(taken).toEqual(ascending(taken));
        expect(left).toEqual(ascending(left));
        expect(ascending([...taken, ...left])).toEqual(Array.from({ length: size }, (_, index) => index));
        expect(await open()).toEqual([taken, left]);
      },
    );
    await fc.assert(property, { seed: 1, numRuns: 50 });
  });

  test('keeps the shares of the classes in both parts where it is stratified', async () => {
    const skewed = Array.from({ length: 100 }, (_, index) => (index < 80 ? 0 : index < 95 ? 1 : 2));
    const data = splitOff(counting(skewed), { name: 'dev', fraction: 0.2, stratified: true });
    const counts = async (name: string) => {
      const split = await data.split(name);
      return [0, 1, 2].map((label) => split.labels.filter((one) => one === label).length);
    };
    expect(await counts('dev')).toEqual([16, 3, 1]);
    expect(await counts('train')).toEqual([64, 12, 4]);
    expect(data.info.splits).toEqual(['train', 'dev', 'test']);
  });

  test('leaves the other splits whole', async () => {
    const data = splitOff(counting(labels), { count: 10 });
    expect(await contents(await data.split('test'))).toEqual([1000, 1001, 1002]);
  });

  test('refuses a name that is taken, a split that is not there, and to leave nothing', async () => {
    const data = counting(labels);
    expect(() => splitOff(data, { name: 'test', count: 1 })).toThrow('Data set "counting" has a split "test" already.');
    expect(() => splitOff(data, { from: 'dev', count: 1 })).toThrow('has no split "dev"');
    await expect(splitOff(data, { count: 90 }).split('train')).rejects.toThrow(
      'Split "validation" would take 90 of the 90 examples of split "train" of data set "counting"; at least one must be left.',
    );
    expect(() => splitOff(data, {})).toThrow('Give one of count and fraction.');
    expect(() => splitOff(data, { count: 1, fraction: 0.5 })).toThrow('Give one of count and fraction.');
    expect(() => splitOff(data, { fraction: 1 })).toThrow('fraction');
  });
});

describe('selectClasses', () => {
  test('keeps the examples of the classes in order and numbers the classes anew', async () => {
    const data = selectClasses(counting([0, 1, 2, 1, 0, 2]), [2, '0']);
    expect(data.info.classes).toEqual(['2', '0']);
    const train = await data.split('train');
    expect(await contents(train)).toEqual([0, 2, 4, 5]);
    expect(Array.from(train.labels)).toEqual([1, 0, 1, 0]);
    expect(Array.from((await train.examples([1, 0])).labels)).toEqual([0, 1]);
  });

  test('keeps the labels if asked', async () => {
    const data = selectClasses(counting([0, 1, 2, 1]), ['1', '2'], { relabel: false });
    expect(data.info.classes).toEqual(['0', '1', '2']);
    expect(Array.from((await data.split('train')).labels)).toEqual([1, 2, 1]);
  });

  test('holds what any class holds, once', async () => {
    const data = counting(labels);
    const parts = await Promise.all(
      [0, 1, 2].map(async (label) => contents(await selectClasses(data, [label]).split('train'))),
    );
    expect(parts.flat().sort((a, b) => a - b)).toEqual(labels.map((_, index) => index));
  });

  test('refuses classes that do not exist, are given twice, or have no example', async () => {
    const data = counting([0, 0, 1]);
    expect(() => selectClasses(data, ['cat', 3])).toThrow(
      'classes.0: No class "cat"; data set "counting" has 3: 0, 1, 2.\n  classes.1: No class 3;',
    );
    expect(() => selectClasses(data, ['1', 1])).toThrow('classes.1: Class 1 is given twice.');
    await expect(selectClasses(data, ['2']).split('train')).rejects.toThrow('it has no example of 2');
    expect(() => selectClasses(data, [])).toThrow('classes');
  });
});

describe('mapLabels', () => {
  test('gives every example its new class', async () => {
    const data = mapLabels(counting([0, 1, 2, 1]), [0, 1, 0], ['even', 'odd']);
    expect(data.info.classes).toEqual(['even', 'odd']);
    const train = await data.split('train');
    expect(Array.from(train.labels)).toEqual([0, 1, 0, 1]);
    expect(await contents(train)).toEqual([0, 1, 2, 3]);
  });

  test('refuses a map that leaves a class or a name out', () => {
    expect(() => mapLabels(counting(labels), [0, 1], ['even', 'odd'])).toThrow(
      'Expected a label for each of the 3 classes of "counting", got 2.',
    );
    expect(() => mapLabels(counting(labels), [0, 1, 2], ['even', 'odd'])).toThrow(
      'map.2: Label 2 has no name; there are 2 new classes: even, odd.',
    );
  });
});

describe('data sets of data sets', () => {
  test('nest, and their provenance says how they were made', async () => {
    const data = splitOff(subset(selectClasses(counting(labels), ['0', '2']), { train: { count: 20, seed: 4 } }), {
      count: 5,
    });
    const { provenance, ...info } = data.info;
    expect(info).toMatchObject({ name: 'counting', classes: ['0', '2'], splits: ['train', 'validation', 'test'] });
    expect(provenance).toMatchObject({
      operation: 'split-off',
      count: 5,
      of: {
        name: 'counting',
        provenance: {
          operation: 'subset',
          splits: { train: { count: 20, seed: 4 } },
          of: {
            name: 'counting',
            provenance: { operation: 'select-classes', classes: ['0', '2'], of: { name: 'counting' } },
          },
        },
      },
    });
    expect([(await data.split('train')).size, (await data.split('validation')).size]).toEqual([15, 5]);
  });

  test('refuse a split that is not there', async () => {
    await expect(splitOff(counting(labels), { count: 5 }).split('dev')).rejects.toThrow(
      'it has train, validation, test',
    );
  });

  test('are components that take a data set by reference', () => {
    const references = plugin.components.map((component) => [component.name, component.references]);
    const dataset = { dataset: 'dataset' };
    expect(references).toEqual([
      ['arrays', undefined],
      ['map-labels', dataset],
      ['select-classes', dataset],
      ['split-off', dataset],
      ['subset', dataset],
    ]);
  });

  test('say what to write where the data set is missing', () => {
    // @ts-expect-error a data set is needed
    expect(() => subset(undefined, {})).toThrow('dataset: Expected a dataset, or { "use": "mnist" } naming one.');
  });
});
