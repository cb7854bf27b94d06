import { crossEntropy, valueAndGradients } from '@equipoise/autodiff';
import { createRng, inference } from '@equipoise/kit';
import {
  expectClose,
  fixtureTensor,
  forEachFixture,
  onEachBackend,
  type FixtureCase,
  type Tolerance,
} from '@equipoise/internal-testing';
import type { LossInput, LossValue, Prepared } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { fcl } from '../src/index.js';
import { batchMasks } from '../src/masks/batch-masks.js';
import { perturbed } from '../src/perturbation/perturb.js';
import { negativeSimilarities } from '../src/relation/contrast.js';
import { unitEmbeddings } from '../src/relation/relation-term.js';
import { rowSimilarities } from '../src/relation/similarities.js';
import { finiteUtility } from '../src/utility/finite.js';
import { lossGradientUtility } from '../src/utility/loss-gradient.js';
import { fixtureModel } from './fixture-model.js';

onEachBackend(() => {
  forEachFixture('fcl', async (fixture, tolerance) => {
    const model = fixtureModel(fixture);
    const x = fixtureTensor(fixture.inputs['x']);
    const labels = fixtureTensor(fixture.inputs['y']) as tf.Tensor1D;
    try {
      if (fixture.options.variant !== undefined) await checkLoss(fixture, tolerance, { model, x, labels });
      else if (fixture.options.method === 'finite') checkFinite(fixture, tolerance, { model, x, labels });
      else if (fixture.options.method === 'gradient') checkGradient(fixture, tolerance, { model, x, labels });
      else
        expect.fail(`The fixture has neither a known variant nor a known method: ${JSON.stringify(fixture.options)}`);
    } finally {
      model.dispose();
      tf.dispose([x, labels]);
    }
  });
});

type Subject = Pick<LossInput, 'model' | 'x' | 'labels'>;

function checkGradient({ expected }: FixtureCase, tolerance: Tolerance, { model, x, labels }: Subject): void {
  expectClose(lossGradientUtility(model, x, labels), expected['utility']!, tolerance, 'utility');
  checkForward(expected, tolerance, { model, x, labels });
}

function checkFinite({ options, expected }: FixtureCase, tolerance: Tolerance, { model, x, labels }: Subject): void {
  const settings = {
    delta: options.delta,
    blockSize: 1,
    perChannel: true,
    bothSigns: false,
    of: 'cross-entropy',
  } as const;
  expectClose(finiteUtility(model, x, labels, settings), expected['utility']!, tolerance, 'utility');
  checkForward(expected, tolerance, { model, x, labels });
}

function checkForward(expected: FixtureCase['expected'], tolerance: Tolerance, { model, x, labels }: Subject): void {
  const { logits, embedding } = model.forward(x, inference);
  expectClose(embedding, expected['embedding']!, tolerance, 'embedding');
  expectClose(crossEntropy(logits!, labels), expected['losses']!, tolerance, 'losses');
}

async function checkLoss(fixture: FixtureCase, tolerance: Tolerance, subject: Subject): Promise<void> {
  const { options, inputs, expected } = fixture;
  const { model, x, labels } = subject;
  const rng = createRng(0);
  const sampleIndices = Array.from({ length: x.shape[0]! }, (_, index) => index);
  const input: LossInput = { ...subject, mode: inference, rng, sampleIndices, step: 0, steps: 1 };

  const utility = lossGradientUtility(model, x, labels);
  expectClose(utility, expected['utility']!, tolerance, 'utility');
  const batch = {
    utility: utility.dataSync() as Float32Array,
    labels: labels.dataSync(),
    shape: x.shape.slice(1),
    rng,
    sampleIndices,
  };
  const masks = batchMasks(batch, {
    masks: 'utility',
    fraction: options.fraction,
    lowRule: 'bottom',
    oracle: undefined,
  });
  const view = (side: 'high' | 'low') => {
    const mask = tf.tensor(masks[side], x.shape);
    expectClose(mask, expected[`masks.${side}`]!, { rtol: 0, atol: 0 }, `masks.${side}`);
    return perturbed(x, tf.mul(mask, fixtureTensor(inputs[`noise.${side}`])));
  };
  const prepared = { high: view('high'), low: view('low') };
  checkSimilarities(fixture, tolerance, input, prepared);
  checkValues(fixture, tolerance, input, prepared);
}

function checkSimilarities(
  { options, expected }: FixtureCase,
  tolerance: Tolerance,
  { model, x }: LossInput,
  prepared: Prepared,
): void {
  const embed = (batch: tf.Tensor) => model.forward(batch, inference).embedding;
  const unit = unitEmbeddings({ clean: embed(x), low: embed(prepared['low']!), high: embed(prepared['high']!) });
  const high = unit as Required<typeof unit>;
  const positive = tf.squeeze(rowSimilarities(unit.clean, unit.low), [1]);
  const negatives = negativeSimilarities(high, options.variant, 'high-views');
  expectClose(positive, expected['similarities.low']!, tolerance, 'similarities.low');
  const shaped = options.variant === 'pair' ? tf.squeeze(negatives, [1]) : negatives;
  expectClose(shaped, expected['similarities.high']!, tolerance, 'similarities.high');
}

function checkValues(
  { options, expected }: FixtureCase,
  tolerance: Tolerance,
  input: LossInput,
  prepared: Prepared,
): void {
  const loss = fcl({
    ...{ relation: options.variant, temperature: options.temperature, relationWeight: options.lambda },
    ...{ fraction: options.fraction, lowRule: 'bottom', lowViewWeight: 0, warmUpFraction: 0 },
  });
  const names = [...input.model.variables.keys()];
  const variables = [...input.model.variables.values()];
  const check = (prefix: string, part: (value: LossValue) => tf.Scalar) => {
    let parts: LossValue['parts'] = {};
    const { value, gradients } = valueAndGradients(() => {
      const result = loss.doCompute(input, prepared);
      parts = result.parts;
      return { total: part(result), whole: result.total, ...result.parts };
    }, variables);
    expect(Object.keys(parts)).toEqual(['crossEntropy', 'lowView', 'relation']);
    names.forEach((name, index) => {
      const wanted = expected[`${prefix}.${name}`];
      if (wanted !== undefined) expectClose(gradients[index]!, wanted, tolerance, `${prefix}.${name}`);
      else expectClose(gradients[index]!, new Array(gradients[index]!.size).fill(0), { rtol: 0, atol: 0 }, name);
    });
    return value as typeof value & Record<string, tf.Scalar>;
  };
  const value = check('gradients', (result) => result.total);
  expectClose(value.whole, expected['total']!, tolerance, 'total');
  expectClose(value['crossEntropy']!, expected['crossEntropy']!, tolerance, 'crossEntropy');
  expectClose(value['relation']!, expected['contrastive']!, tolerance, 'contrastive');
  check('contrastiveGradients', (result) => result.parts['relation']!);
}
