import type { DatasetInfo } from '@equipoise/spec';
import { describe, expect, test } from 'vitest';
import { syntheticMnist, type SyntheticMnistOptions } from '../src/index.js';
import { toyDigits } from './toy-digits.js';

const digits = toyDigits();

describe('wrong options are refused by name:', () => {
  const cases: [string, object, RegExp][] = [
    ['no digits', { digits: undefined }, /digits: Expected a dataset, or \{ "use": "mnist" \} naming one/],
    ['a name for digits', { digits: 'mnist' }, /digits: Expected a dataset, or \{ "use": "mnist" \} naming one/],
    ['a probability above 1', { cornerProbability: 1.5 }, /cornerProbability/],
    ['a corner digit that is too large', { cornerSize: 15 }, /cornerSize/],
    ['an unknown corner', { corners: ['middle'] }, /corners\.0/],
    ['no corner', { corners: [] }, /corners/],
    ['a corner twice', { corners: ['top-left', 'top-left'] }, /corners: Name each corner once/],
    ['an unknown composition', { composition: 'multiply' }, /composition/],
    ['no images', { count: { train: 0 } }, /count\.train/],
    ['an unknown option', { cornerProb: 0.1 }, /cornerProb/],
  ];
  test.each(cases)('%s', (_, options, message) => {
    const make = () => syntheticMnist({ digits, ...options } as SyntheticMnistOptions);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'EQUIPOISE_INVALID_OPTIONS' }));
  });
});

describe('a source that is no digits is refused:', () => {
  const cases: [string, Partial<DatasetInfo>, string, RegExp][] = [
    [
      'another shape',
      { inputShape: [32, 32, 3] },
      'EQUIPOISE_SHAPE',
      /An image of "toy" has shape \[32, 32, 3\]; expected \[28, 28, 1\]/,
    ],
    ['other bounds', { bounds: [0, 255] }, 'EQUIPOISE_DATA', /Values of "toy" are in \[0, 255\]/],
    ['other classes', { classes: ['cat', 'dog'] }, 'EQUIPOISE_DATA', /"toy" has 2 classes/],
  ];
  test.each(cases)('%s', (_, info, code, message) => {
    const make = () => syntheticMnist({ digits: toyDigits(info) });
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  test('a label that is no digit', async () => {
    const letters = toyDigits({}, (index) => (index === 5 ? 11 : 0));
    await expect(syntheticMnist({ digits: letters }).split('test')).rejects.toThrow(
      'Split "test" of data set "toy" has the label 11 at index 5; digits are 0 to 9.',
    );
  });

  test('an empty split', async () => {
    const empty = toyDigits({ splits: ['empty'] });
    await expect(syntheticMnist({ digits: empty }).split('empty')).rejects.toThrow(
      'Split "empty" of data set "toy" is empty.',
    );
  });
});

describe('what is not there is refused:', () => {
  test('a split', async () => {
    await expect(syntheticMnist({ digits }).split('validation')).rejects.toThrow(
      /has no split "validation"; it has train, train-with-corner/,
    );
  });

  test('a split of the digits in options', () => {
    expect(() => syntheticMnist({ digits, count: { dev: 3 } })).toThrow('"toy" has no split "dev"; it has train, test');
    expect(() => syntheticMnist({ digits, cornerDigitFrom: 'dev' })).toThrow('"toy" has no split "dev"');
  });

  test('more images than there are', async () => {
    await expect(syntheticMnist({ digits, count: { train: 61 } }).split('train')).rejects.toThrow(
      'synthetic-mnist was asked for 61 images of split "train"; "toy" has 60.',
    );
  });

  test.each([-1, 40, 0.5])('the index %s', async (index) => {
    const split = await syntheticMnist({ digits }).split('test');
    await expect(split.examples([0, index])).rejects.toThrow(`Index ${index} (at position 1) is out of range`);
  });
});
