import { backwardOf, weightNames } from './fixture-helpers.js';
import {
  expectClose,
  fixtureTensor,
  forEachFixture,
  onEachBackend,
  type FixtureCase,
  type Tolerance,
} from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import { losses, operations, runNetwork } from './operations.js';

type Tensors = Record<string, tf.Tensor>;

/** Σ ⟨a, b⟩ over the names of two records. */
function innerProduct(names: readonly string[], a: Tensors, b: Tensors): tf.Tensor {
  return tf.addN(names.map((name) => tf.sum(tf.mul(a[name] as tf.Tensor, b[name] as tf.Tensor))));
}

function checkOperation({ options, inputs, expected }: FixtureCase, tolerance: Tolerance): void {
  const { op, ...settings } = options;
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, fixtureTensor(array)]));
  const names = Object.keys(expected).flatMap((name) =>
    name.startsWith('gradients.') ? [name.slice('gradients.'.length)] : [],
  );
  const tangents = Object.fromEntries(names.map((name) => [name, tensors[`v.${name}`] as tf.Tensor]));
  const c = tensors['c'] as tf.Tensor;
  const run = (values: Tensors) => (operations[op] as (typeof operations)[string])({ ...tensors, ...values }, settings);

  const first = (values: Tensors) =>
    backwardOf((current) => tf.sum(tf.mul(values['c'] as tf.Tensor, run(current))), names, values);
  const all = { ...Object.fromEntries(names.map((name) => [name, tensors[name] as tf.Tensor])), c };
  const second = backwardOf((values) => innerProduct(names, first(values), tangents), [...names, 'c'], all);
  const gradients = first(all);

  expectClose(run({}), expected['y'] as never, tolerance, 'y');
  for (const name of names) {
    expectClose(gradients[name] as tf.Tensor, expected[`gradients.${name}`] as never, tolerance, `gradients.${name}`);
    expectClose(second[name] as tf.Tensor, expected[`second.${name}`] as never, tolerance, `second.${name}`);
  }
  expectClose(second['c'] as tf.Tensor, expected['second.c'] as never, tolerance, 'second.c');
}

function checkNetwork({ options, inputs, expected }: FixtureCase, tolerance: Tolerance): void {
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, fixtureTensor(array)]));
  const weights = weightNames(inputs);
  const labels = tensors['labels'] as tf.Tensor;
  const values = Object.fromEntries([...weights, 'x'].map((name) => [name, tensors[name] as tf.Tensor]));
  const logits = (current: Tensors) => runNetwork(options.network, current, current['x'] as tf.Tensor);
  const perSample = (current: Tensors) => losses(logits(current), labels);
  const inputGradient = (current: Tensors) =>
    backwardOf((at) => tf.sum(perSample(at)), ['x'], current)['x'] as tf.Tensor;
  const squaredNorms = (current: Tensors) => {
    const gradient = inputGradient(current);
    return tf.sum(tf.square(tf.reshape(gradient, [gradient.shape[0] as number, -1])), 1);
  };
  const check = (what: string, actual: tf.Tensor) => expectClose(actual, expected[what] as never, tolerance, what);

  check('logits', logits(values));
  check('losses', perSample(values));
  check('loss', tf.mean(perSample(values)));
  check('gradients.x', inputGradient(values));
  check('squaredNorms', squaredNorms(values));
  check('penalty', tf.mean(squaredNorms(values)));
  const meanLoss = (current: Tensors) => backwardOf((at) => tf.mean(perSample(at)), weights, current);
  const gradients = meanLoss(values);
  const penalties = backwardOf((at) => tf.mean(squaredNorms(at)), [...weights, 'x'], values);
  const tangents = Object.fromEntries(weights.map((name) => [name, tensors[`v.${name}`] as tf.Tensor]));
  const products = backwardOf((at) => innerProduct(weights, meanLoss(at), tangents), weights, values);
  for (const name of weights) {
    check(`gradients.${name}`, gradients[name] as tf.Tensor);
    check(`hessianVector.${name}`, products[name] as tf.Tensor);
  }
  for (const name of [...weights, 'x']) check(`penaltyGradients.${name}`, penalties[name] as tf.Tensor);
}

onEachBackend(() => {
  forEachFixture('second-order', (fixture, tolerance) => {
    tf.tidy(() =>
      'network' in fixture.options ? checkNetwork(fixture, tolerance) : checkOperation(fixture, tolerance),
    );
  });
});
