import { createRng } from '@equipoise/kit';
import { activateBackend } from '@equipoise/internal-testing';
import { EquipoiseError, type Model } from '@equipoise/spec';
import { beforeAll, expect, test } from 'vitest';
import { cnn, mlp, plugin, type CnnOptions, type MlpOptions } from '../src/index.js';

beforeAll(() => activateBackend('cpu'));

function kernel(model: Model, name: string): number[] {
  return Array.from(model.variables.get(name)?.dataSync() ?? []);
}

test('the weights are a function of the seed', () => {
  expect(kernel(cnn({ seed: 7 }), 'conv2.kernel')).toEqual(kernel(cnn({ seed: 7 }), 'conv2.kernel'));
  expect(kernel(cnn({ seed: 7 }), 'conv2.kernel')).not.toEqual(kernel(cnn({ seed: 8 }), 'conv2.kernel'));
});

test('without a seed the weights come from the stream of the run', () => {
  const fromRun = cnn({}, { rng: createRng(7) });
  expect(kernel(fromRun, 'conv2.kernel')).toEqual(kernel(cnn({ seed: 7 }), 'conv2.kernel'));
});

test('the weights of a layer do not depend on the layers before it', () => {
  const one = mlp({ inputShape: [4], hidden: [4], seed: 1 });
  const two = mlp({ inputShape: [4], hidden: [4, 4], normalization: 'batch', seed: 1 });
  expect(kernel(two, 'dense1.kernel')).toEqual(kernel(one, 'dense1.kernel'));
  expect(kernel(two, 'head.kernel')).toEqual(kernel(one, 'head.kernel'));
  expect(kernel(two, 'dense2.kernel')).not.toEqual(kernel(two, 'dense1.kernel'));
});

test('what is given replaces what the preset says', () => {
  const model = cnn({ preset: 'madry-mnist', dense: [32], pooling: { type: 'average', size: 4 } });
  expect(model.variables.get('dense1.kernel')?.shape).toEqual([64, 32]);
});

test('pooling can be left out after single convolutions', () => {
  const convolutions = [{ channels: 2, pool: false }, { channels: 3 }];
  const model = cnn({ inputShape: [8, 8, 1], convolutions, pooling: { type: 'max' }, dense: [] });
  expect(model.variables.get('head.kernel')?.shape).toEqual([4 * 4 * 3, 10]);
});

const wrongCnn: readonly (readonly [string, CnnOptions, string])[] = [
  ['an unknown option', { channels: 3 } as CnnOptions, 'channels'],
  ['an unknown preset', { preset: 'large' as 'small' }, 'preset'],
  ['a kernel of zero', { convolutions: [{ channels: 3, kernel: 0 }] }, 'convolutions.0.kernel'],
  ['a negative padding', { convolutions: [{ channels: 3, padding: -1 }] }, 'convolutions.0.padding'],
  ['a fraction of a channel', { convolutions: [{ channels: 1.5 }] }, 'convolutions.0.channels'],
  ['no convolutions', { convolutions: [] }, 'convolutions'],
  ['two axes', { inputShape: [28, 28] as unknown as [number, number, number] }, 'inputShape'],
  ['one class', { classes: 1 }, 'classes'],
  ['a dropout of one', { dropout: 1 }, 'dropout'],
  ['a deviation of zero', { std: 0 }, 'std'],
  ['a mean that is not a number', { mean: NaN }, 'mean'],
  ['bounds upside down', { bounds: [1, 0] }, 'bounds'],
  ['a momentum above one', { normalization: { type: 'batch', momentum: 2 } }, 'normalization'],
];

test.each(wrongCnn)('%s is refused by cnn', (_, options, path) => {
  expect(() => cnn(options)).toThrow(new RegExp(`Invalid options for model "cnn":[^]*${path.replaceAll('.', '\\.')}`));
});

test('a normalisation that does not exist is told which ones do', () => {
  expect(() => cnn({ normalization: 'instance' as 'none' })).toThrow(
    /normalization: Expected "none", "batch", "group", "layer"/,
  );
});

test('wrong sizes are refused by mlp', () => {
  expect(() => mlp({ hidden: [0] })).toThrow(/hidden\.0/);
  expect(() => mlp({ activation: 'step' } as unknown as MlpOptions)).toThrow(/activation/);
});

test('an image that is too small for the convolutions is a readable error', () => {
  let caught: unknown;
  try {
    cnn({ preset: 'small', inputShape: [2, 2, 1] });
  } catch (error) {
    caught = error;
  }
  expect(EquipoiseError.isInstance(caught, 'EQUIPOISE_INVALID_OPTIONS')).toBe(true);
  expect((caught as Error).message).toMatch(/layer "conv2"[^]*window of 5x5/);
});

test('the plugin brings mlp and cnn, with options that make them by default', () => {
  expect(plugin.components.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['model mlp', 'model cnn']);
  expect(mlp().classes).toBe(10);
  expect(cnn().inputShape).toEqual([28, 28, 1]);
});
