import { activateBackend } from '@equipoise/internal-testing';
import { EquipoiseError, type Dataset, type Loss, type Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { supervised, type SupervisedOptions } from '../src/index.js';
import { network, ofType, stripes, train, weightsOf, type Training } from './helpers.js';

beforeAll(() => activateBackend('cpu'));

/** The data set `stripes` with other examples than it says. */
function broken(change: {
  size?: number;
  label?: number;
  value?: number;
  inputShape?: number[];
  only?: 'test';
}): Dataset {
  const dataset = stripes();
  return {
    info: { ...dataset.info, inputShape: change.inputShape ?? dataset.info.inputShape },
    split: async (name) => {
      const split = await dataset.split(name);
      if (change.only !== undefined && change.only !== name) return split;
      const labels = split.labels.slice();
      if (change.label !== undefined) labels[7] = change.label;
      return {
        size: change.size ?? split.size,
        labels: labels.slice(0, change.size),
        examples: async (indices) => {
          const examples = await split.examples(indices);
          const x = examples.x.slice();
          const place = Array.from(indices).indexOf(7);
          if (place >= 0 && change.value !== undefined) x[place * 16 + 3] = change.value;
          return { ...examples, x, labels: Int32Array.from(indices, (index) => labels[index]!) };
        },
      };
    },
  };
}

async function failureOf(training: Training): Promise<EquipoiseError> {
  const model = training.model ?? network();
  const before = weightsOf(model);
  const tensors = tf.memory().numTensors;
  const error: unknown = await train({ steps: 6, ...training, model }).catch((reason: unknown) => reason);
  expect(EquipoiseError.isInstance(error)).toBe(true);
  expect(tf.memory().numTensors).toBe(tensors);
  if (training.model === undefined) expect(Object.keys(weightsOf(model))).toEqual(Object.keys(before));
  return error as EquipoiseError;
}

const plainLoss: Loss = {
  needs: { labels: true, logits: true, views: 1, gradientOrder: 1 },
  variables: new Map(),
  doCompute: ({ model, x, mode }) => {
    const total = tf.mean(tf.square(model.forward(x, mode).logits!)) as tf.Scalar;
    return { total, parts: {} };
  },
};

describe('what does not fit is said before the first step', () => {
  test.each<[string, Training, string, RegExp]>([
    [
      'an empty data set',
      { dataset: broken({ size: 0 }) },
      'EQUIPOISE_DATA',
      /split "train" of data set "stripes" is empty/,
    ],
    [
      'a label above the classes',
      { dataset: broken({ label: 3 }) },
      'EQUIPOISE_DATA',
      /Example 7 .* label 3; the model has 3 classes/,
    ],
    ['a negative label', { dataset: broken({ label: -1 }) }, 'EQUIPOISE_DATA', /Example 7 .* label -1/],
    [
      'an image of the wrong shape',
      { dataset: broken({ inputShape: [4, 5, 1] }) },
      'EQUIPOISE_SHAPE',
      /\[4, 5, 1\]; expected \[4, 4, 1\]/,
    ],
    [
      'a split that is not there',
      { evaluation: { split: 'validation' } },
      'EQUIPOISE_DATA',
      /no split "validation"; it has train, test/,
    ],
    [
      'a loss of two views',
      { loss: { ...plainLoss, needs: { ...plainLoss.needs, views: 2 } } },
      'EQUIPOISE_UNSUPPORTED',
      /2 augmented views/,
    ],
  ])('%s', async (_name, training, code, message) => {
    const model = network();
    const before = weightsOf(model);
    const error = await failureOf({ ...training, model });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(weightsOf(model)).toEqual(before);
  });

  test('an evaluation that cannot be', async () => {
    const evaluation = {};
    const empty = await failureOf({ dataset: broken({ size: 0, only: 'test' }), evaluation });
    expect(empty.message).toMatch(/split "test" of data set "stripes" is empty/);
    const label = await failureOf({ dataset: broken({ label: 9, only: 'test' }), evaluation });
    expect(label.message).toMatch(/split "test" .* label 9/);
    const model = network();
    const encoder: Model = { ...model, supports: { ...model.supports, logits: false } };
    const loss: Loss = { ...plainLoss, needs: { ...plainLoss.needs, logits: false } };
    expect((await failureOf({ model: encoder, loss, evaluation })).message).toMatch(
      /Evaluation during training needs logits/,
    );
  });

  test('a model that lacks what the loss needs', async () => {
    const model = network();
    const lacking = (supports: Partial<Model['supports']>): Model => ({
      ...model,
      supports: { ...model.supports, ...supports },
    });
    expect((await failureOf({ model: lacking({ logits: false }) })).message).toMatch(/needs logits/);
    expect((await failureOf({ model: lacking({ gradients: false }) })).message).toMatch(/needs gradients/);
    const second: Loss = { ...plainLoss, needs: { ...plainLoss.needs, gradientOrder: 2 } };
    expect((await failureOf({ model: lacking({ secondOrder: false }), loss: second })).message).toMatch(/second-order/);
  });

  test('a model without weights', async () => {
    const error = await failureOf({ model: { ...network(), variables: new Map() }, loss: plainLoss });
    expect(error.message).toMatch(/trainable weights/);
  });
});

describe('numbers that are not finite', () => {
  test.each([NaN, Infinity])('an example that contains %s is named', async (value) => {
    const error = await failureOf({ dataset: broken({ value }) });
    expect(error.code).toBe('EQUIPOISE_DATA');
    expect(error.message).toMatch(/Example 7 contains/);
  });

  test.each([1, 4])(
    'a loss that becomes NaN is an error that names the step, and the last good weights stay; logEvery %i',
    async (logEvery) => {
      const history: Record<string, number[]>[] = [];
      const model = network();
      const loss: Loss = {
        ...plainLoss,
        doCompute: (input, prepared) => {
          history.push(weightsOf(model));
          const { total } = plainLoss.doCompute(input, prepared);
          return { total: input.step === 9 ? tf.mul(total, NaN) : total, parts: {} };
        },
      };
      const error = await failureOf({ model, loss, steps: 20, logEvery });
      expect(error.code).toBe('EQUIPOISE_NUMERICAL');
      expect(error.details['step']).toBe(9);
      const restored = error.details['restoredStep'] as number;
      // Losses are looked at after every logEvery steps; the last look that found all of them finite was at this step.
      expect(restored).toBe(logEvery === 1 ? 8 : 7);
      expect(weightsOf(model)).toEqual(history[restored]);
    },
  );

  test('a learning rate that is far too high ends in this error, with finite weights', async () => {
    const model = network();
    const error = await failureOf({ model, steps: 50, optimizer: { name: 'sgd', learningRate: 1e30 } });
    expect(error.code).toBe('EQUIPOISE_NUMERICAL');
    expect(error.message).toMatch(/learning rate/);
    expect(Object.values(weightsOf(model)).flat().every(Number.isFinite)).toBe(true);
  });

  test('weights that the very last step breaks are not handed out', async () => {
    const model = network();
    const error = await failureOf({ model, steps: 1, loss: plainLoss, optimizer: { name: 'sgd', learningRate: 1e39 } });
    expect(error.code).toBe('EQUIPOISE_NUMERICAL');
    expect(Object.values(weightsOf(model)).flat().every(Number.isFinite)).toBe(true);
  });
});

describe('warnings', () => {
  test('a batch larger than the data becomes the whole of them, with a warning', async () => {
    const events = await train({ dataset: stripes(20), batchSize: 128, epochs: 2 });
    expect(ofType(events, 'warning')).toMatchObject([
      { code: 'EQUIPOISE_BATCH_LARGER_THAN_DATA', details: { batchSize: 128, examples: 20 } },
    ]);
    expect(events.at(-1)).toMatchObject({ step: 2, reason: 'finished' });
    expect(ofType(await train({ dataset: stripes(20), batchSize: 20 }), 'warning')).toEqual([]);
  });

  const codes = async (training: Training) => ofType(await train(training), 'warning').map((event) => event.code);

  test('a model that stays at chance is a warning, once', async () => {
    const model = network({ activation: 'relu' });
    for (const name of ['head.kernel', 'head.bias']) {
      const variable = model.variables.get(name)!;
      tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    }
    const optimizer = { name: 'sgd', learningRate: 0 } as const;
    expect(await codes({ model, steps: 60, optimizer })).toEqual(['EQUIPOISE_STUCK_AT_CHANCE']);
    expect(await codes({ model, steps: 60, optimizer, sampling: 'class-balanced' })).toEqual([
      'EQUIPOISE_STUCK_AT_CHANCE',
    ]);
  });

  test('a model that learns is not', async () => {
    expect(await codes({ steps: 60, optimizer: { name: 'adam', learningRate: 0.02 } })).toEqual([]);
  });
});

describe('options', () => {
  test.each<[object, RegExp]>([
    [{ epochs: 1, steps: 3 }, /epochs or steps, not both/],
    [{ batchSize: 0 }, /batchSize/],
    [{ earlyStopping: { patience: 2 } }, /earlyStopping: Needs evaluation/],
    [{ evaluation: { everySteps: 1, everyEpochs: 1 } }, /not both/],
    [{ optimizer: { name: 'adem' } }, /optimizer/],
    [{ noise: { type: 'gaussian', sigma: [0.3, 0.1] } }, /low <= high/],
    [{ learningRate: 0.1 }, /learningRate/],
  ])('%j is refused', (options, message) => {
    expect(() => supervised(options as SupervisedOptions)).toThrow(message);
  });
});
