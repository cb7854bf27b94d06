import { modelChecks, registerChecks } from '@equipoise/conformance';
import { createRng, inference, training } from '@equipoise/kit';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { fromLayersModel } from './from-layers-model.js';

const seeded = () => ({ kernelInitializer: layers.initializers.glorotNormal({ seed: 1 }) });

/** conv – tanh – batch norm – pool – flatten – dense – dropout – dense with that activation. */
function classifier(activation: 'linear' | 'softmax' | 'sigmoid' = 'linear'): layers.Sequential {
  return layers.sequential({
    layers: [
      layers.layers.conv2d({
        name: 'conv',
        inputShape: [6, 6, 1],
        filters: 3,
        kernelSize: 3,
        activation: 'tanh',
        ...seeded(),
      }),
      layers.layers.batchNormalization({ name: 'norm' }),
      layers.layers.averagePooling2d({ name: 'pool', poolSize: [2, 2] }),
      layers.layers.flatten({ name: 'flat' }),
      layers.layers.dense({ name: 'features', units: 5, activation: 'softplus' as 'relu', ...seeded() }),
      layers.layers.dense({ name: 'scores', units: 3, activation, ...seeded() }),
    ],
  });
}

function uniform(...shape: number[]): tf.Tensor {
  return tf.tensor(createRng(1).uniforms(shape.reduce((product, length) => product * length, 1)), shape);
}

onEachBackend(() => {
  describe('a classifier', () =>
    registerChecks(
      { test },
      modelChecks(() => fromLayersModel(classifier())),
    ));
  describe('a classifier that ends in softmax', () =>
    registerChecks(
      { test },
      modelChecks(() => fromLayersModel(classifier('softmax'))),
    ));

  test('the logits are the output of the layers model, the embedding the input of its last layer', () => {
    const inner = classifier();
    const model = fromLayersModel(inner);
    const x = uniform(2, 6, 6, 1);
    const { logits, embedding, layers: outputs } = model.forward(x, inference);
    expectClose(logits as tf.Tensor2D, inner.predict(x) as tf.Tensor);
    expectClose(embedding, outputs['features'] as tf.Tensor);
    expect(Object.keys(outputs)).toEqual(['conv', 'norm', 'pool', 'flat', 'features', 'scores']);
    expect([model.inputShape, model.classes, model.bounds]).toEqual([[6, 6, 1], 3, [0, 1]]);
  });

  test.each([
    ['a dense layer with softmax', () => classifier('softmax')],
    [
      'an activation layer',
      () => {
        const model = classifier();
        model.add(layers.layers.activation({ activation: 'softmax' }));
        return model;
      },
    ],
    [
      'a softmax layer',
      () => {
        const model = classifier();
        model.add(layers.layers.softmax());
        return model;
      },
    ],
  ])('the logits before %s are found; the embedding stays what goes into the scores', (_, make) => {
    const inner = make();
    const x = uniform(2, 6, 6, 1);
    const { logits, embedding, layers: outputs } = fromLayersModel(inner).forward(x, inference);
    expectClose(tf.softmax(logits as tf.Tensor2D), inner.predict(x) as tf.Tensor);
    expect(Math.abs((tf.sum(logits as tf.Tensor2D).dataSync()[0] as number) - 2)).toBeGreaterThan(1e-3);
    expectClose(embedding, outputs['features'] as tf.Tensor);
    expectClose(outputs['scores'] as tf.Tensor, logits as tf.Tensor2D);
  });

  test('logits that cannot be had are an error, at once', () => {
    expect(() => fromLayersModel(classifier('sigmoid'))).toThrow(
      /fromLayersModel needs logits, which layers model ".*", whose last layer "scores" ends in sigmoid, does not support/,
    );
    const inner = layers.sequential({
      layers: [layers.layers.dense({ inputShape: [4], units: 3, activation: 'softmax' })],
    });
    const nested = layers.sequential({ layers: [layers.layers.dense({ inputShape: [2], units: 4 }), inner] });
    expect(() => fromLayersModel(nested)).toThrow(/ends in softmax/);
  });

  test('a model that is wrapped in another as its only layer is run as by itself', () => {
    const outer = layers.sequential({ layers: [classifier('softmax')] });
    const x = uniform(2, 6, 6, 1);
    const { logits } = fromLayersModel(outer).forward(x, inference);
    expectClose(tf.softmax(logits as tf.Tensor2D), outer.predict(x) as tf.Tensor);
  });

  test('any layer can be the embedding; images are flattened', () => {
    const model = fromLayersModel(classifier(), { embedding: 'pool' });
    const { embedding, layers: outputs } = model.forward(uniform(2, 6, 6, 1), inference);
    expectClose(embedding, tf.reshape(outputs['pool'] as tf.Tensor, [2, 12]));
    expect(() => fromLayersModel(classifier(), { embedding: 'pol' })).toThrow(
      /embedding: no layer is named "pol"; there are conv, norm, pool, flat, features, scores/,
    );
  });

  test('a graph with branches and a shared layer is run as tfjs-layers runs it', () => {
    const input = layers.input({ shape: [4] });
    const shared = layers.layers.dense({ name: 'shared', units: 4, activation: 'tanh', ...seeded() });
    const once = shared.apply(input) as layers.SymbolicTensor;
    const twice = shared.apply(once) as layers.SymbolicTensor;
    const sum = layers.layers.add({ name: 'sum' }).apply([once, twice, input]) as layers.SymbolicTensor;
    const scores = layers.layers.dense({ units: 2, ...seeded() }).apply(sum) as layers.SymbolicTensor;
    const inner = layers.model({ inputs: input, outputs: scores });
    const x = uniform(3, 4);
    const { logits, layers: outputs } = fromLayersModel(inner).forward(x, inference);
    expectClose(logits as tf.Tensor2D, inner.predict(x) as tf.Tensor);
    expect(Object.keys(outputs).slice(0, 3)).toEqual(['shared', 'shared_1', 'sum']);
  });

  test('a linear classifier has its flat input as embedding', () => {
    const inner = layers.sequential({ layers: [layers.layers.dense({ inputShape: [4], units: 2, ...seeded() })] });
    const x = uniform(3, 4);
    const { embedding } = fromLayersModel(inner).forward(x, inference);
    expectClose(embedding, x);
    expect(embedding).not.toBe(x);
  });

  test('batch normalisation follows the mode: its averages move in training mode alone', () => {
    const model = fromLayersModel(classifier());
    const averages = () =>
      [...model.variables].filter(([name]) => /moving/.test(name)).map(([, value]) => Array.from(value.dataSync()));
    const start = averages();
    expect(start.length).toBe(2);
    const x = uniform(4, 6, 6, 1);
    const inferred = model.forward(x, inference).logits as tf.Tensor2D;
    expect(averages()).toEqual(start);
    const trained = model.forward(x, training(createRng(1))).logits as tf.Tensor2D;
    expect(averages()).not.toEqual(start);
    expect(Array.from(trained.dataSync())).not.toEqual(Array.from(inferred.dataSync()));
  });

  test('inputs are preprocessed inside the model', () => {
    const inner = classifier();
    const model = fromLayersModel(inner, { bounds: [0, 255], preprocess: (x) => tf.div(x, 255) });
    const x = uniform(2, 6, 6, 1);
    expectClose(model.forward(tf.mul(x, 255), inference).logits as tf.Tensor2D, inner.predict(x) as tf.Tensor);
    expect(model.bounds).toEqual([0, 255]);
  });

  test('derivatives are right to second order: the weight gradient of an input gradient is what finite differences show', () => {
    const model = fromLayersModel(classifier());
    const x = uniform(2, 6, 6, 1);
    const objective = (y: tf.Tensor) =>
      tf.sum(tf.square(model.forward(y, inference).logits as tf.Tensor2D)) as tf.Scalar;
    const penalty = () => tf.mul(tf.sum(tf.square(tf.grad(objective)(x))), 100) as tf.Scalar;
    const variables = [...model.variables.values()].filter(({ trainable }) => trainable);
    const { grads } = tf.variableGrads(penalty, variables);
    for (const [name, variable] of model.variables) {
      if (!variable.trainable) continue;
      const gradient = grads[variable.name] as tf.Tensor;
      const norm = tf.norm(gradient).dataSync()[0] as number;
      const start = tf.clone(variable);
      const at = (step: number) => {
        variable.assign(tf.add(start, tf.mul(gradient, step / norm)) as tf.Variable);
        return penalty().dataSync()[0] as number;
      };
      // Along the gradient itself the slope is its norm; truncation h² = 1e-4, rounding 1e-7·|penalty|/h.
      const slope = norm === 0 ? 0 : (at(1e-2) - at(-1e-2)) / 2e-2;
      variable.assign(start as tf.Variable);
      expectClose([norm], [slope], { rtol: 5e-3, atol: 1e-3 }, name);
    }
    expect(tf.norm(grads[(variables[0] as tf.Variable).name] as tf.Tensor).dataSync()[0]).toBeGreaterThan(1e-2);
  });

  test('the weights are those of the layers model, which can still be fitted by itself', async () => {
    const inner = classifier('softmax');
    const model = fromLayersModel(inner);
    inner.compile({ optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy' });
    const x = uniform(6, 6, 6, 1);
    const before = Array.from((model.forward(x, inference).logits as tf.Tensor2D).dataSync());
    await inner.fit(x, tf.oneHot([0, 1, 2, 0, 1, 2], 3), { epochs: 1, batchSize: 6 });
    const { logits } = model.forward(x, inference);
    expectClose(tf.softmax(logits as tf.Tensor2D), inner.predict(x) as tf.Tensor);
    expect(Array.from((logits as tf.Tensor2D).dataSync())).not.toEqual(before);
  });
});

test('models with several inputs, without input shape or with outputs that are no rows are refused', () => {
  const inputs = [layers.input({ shape: [2] }), layers.input({ shape: [2] })];
  const outputs = layers.layers.add().apply(inputs) as layers.SymbolicTensor;
  expect(() => fromLayersModel(layers.model({ inputs, outputs }))).toThrow(
    /one input and one output.*2 inputs and 1 outputs/,
  );
  expect(() => fromLayersModel(layers.sequential())).toThrow(/no input shape yet/);
  const image = layers.sequential({
    layers: [layers.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3 })],
  });
  expect(() => fromLayersModel(image)).toThrow(/Output of layers model .* expected \[\*, \*\]/);
});

test('disposing disposes the layers model, and may be repeated', () => {
  const before = tf.memory().numTensors;
  const model = fromLayersModel(classifier());
  model.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
