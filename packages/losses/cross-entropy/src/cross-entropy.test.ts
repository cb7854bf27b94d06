import { valueAndGradients } from '@equipoise/autodiff';
import { freeBatch, lossInput, toyBatch, toyModel } from '@equipoise/conformance';
import { expectClose, onEachBackend } from '@equipoise/internal-testing';
import { inference } from '@equipoise/kit';
import { EquipoiseError, type LossInput, type Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { checkLabels } from './check-labels.js';
import { crossEntropyLoss } from './cross-entropy.js';

/** A model whose logits are its inputs. */
const identity: Model = {
  inputShape: [3],
  bounds: [-1000, 1000],
  classes: 3,
  supports: { gradients: true, secondOrder: true, logits: true },
  variables: new Map(),
  forward: (x) => ({ logits: tf.clone(x) as tf.Tensor2D, embedding: tf.clone(x) as tf.Tensor2D, layers: {} }),
  dispose: () => {},
};

function input(rows: number[][], labels: number[], model = identity): LossInput {
  const sampleIndices = labels.map((_, index) => index);
  return lossInput(model, { x: tf.tensor2d(rows), labels: tf.tensor1d(labels, 'int32'), sampleIndices }, 1);
}

/** −log softmax(row)_label in float64. */
function reference(row: number[], label: number): number {
  const largest = Math.max(...row);
  return Math.log(row.reduce((sum, z) => sum + Math.exp(z - largest), 0)) + largest - (row[label] as number);
}

const rows = [
  [1, 2, 3],
  [0, -1, 4],
];

onEachBackend(() => {
  test('the loss is the mean of log-sum-exp minus the logit of the label', () => {
    const { total, parts } = crossEntropyLoss().doCompute(input(rows, [0, 2]), {});
    expectClose(total, [(reference(rows[0] as number[], 0) + reference(rows[1] as number[], 2)) / 2]);
    expect(Object.keys(parts)).toEqual(['crossEntropy']);
    expect(parts['crossEntropy']?.dataSync()).toEqual(total.dataSync());
  });

  test('label smoothing mixes in the mean over all classes', () => {
    const { total } = crossEntropyLoss({ labelSmoothing: 0.3 }).doCompute(input([[1, 2, 3]], [0]), {});
    const all = [0, 1, 2].map((label) => reference([1, 2, 3], label));
    expectClose(total, [0.7 * (all[0] as number) + 0.1 * all.reduce((sum, value) => sum + value)]);
  });

  test('uniform logits cost log 3 whatever the smoothing', () => {
    for (const labelSmoothing of [0, 0.1, 1]) {
      const { total } = crossEntropyLoss({ labelSmoothing }).doCompute(input([[7, 7, 7]], [1]), {});
      expectClose(total, [Math.log(3)]);
    }
  });

  test('huge logits give a finite loss with a gradient, right and wrong', () => {
    const x = tf.variable(tf.tensor2d([[500, -500, 0]]));
    const loss = (label: number) => () => crossEntropyLoss().doCompute({ ...input([[0, 0, 0]], [label]), x }, {});
    const right = valueAndGradients(loss(0), [x]);
    const wrong = valueAndGradients(loss(1), [x]);
    expectClose(right.value.total, [0]);
    expectClose(wrong.value.total, [1000]);
    expectClose(wrong.gradients[0] as tf.Tensor, [1, -1, 0]);
  });

  test('the gradient in the logits is (softmax − smoothed target) / batch', () => {
    const x = tf.variable(tf.tensor2d(rows));
    const given = { ...input(rows, [0, 2]), x };
    const { gradients } = valueAndGradients(() => crossEntropyLoss({ labelSmoothing: 0.3 }).doCompute(given, {}), [x]);
    const target = [
      [0.8, 0.1, 0.1],
      [0.1, 0.1, 0.8],
    ];
    const expected = rows.flatMap((row, i) =>
      row.map((_, k) => (Math.exp(-reference(row, k)) - ((target[i] as number[])[k] as number)) / 2),
    );
    expectClose(tf.reshape(gradients[0] as tf.Tensor, [6]), expected);
  });

  test('a training step leaves nothing behind', async () => {
    const model = toyModel();
    const batch = await toyBatch();
    const given = lossInput(model, batch, 1);
    const loss = crossEntropyLoss({ labelSmoothing: 0.1 });
    const before = tf.memory().numTensors;
    const prepared = await loss.doPrepare?.(given);
    const variables = [...model.variables.values()];
    const { value, gradients } = valueAndGradients(() => loss.doCompute(given, prepared ?? {}), variables);
    tf.dispose([value.total, ...Object.values(value.parts), ...gradients]);
    expect(tf.memory().numTensors).toBe(before);
    freeBatch(batch, prepared);
    model.dispose();
  });

  test.each([3, -1, 255])('label %d of three classes is refused before the step', async (label) => {
    const prepare = async () => crossEntropyLoss().doPrepare?.({ ...input(rows, [0, label]), step: 0 });
    await expect(prepare).rejects.toThrow(
      `Label ${label} at position 1 of the batch is not a class; the model has classes 0 to 2.`,
    );
    await expect(prepare).rejects.toSatisfy((error) => EquipoiseError.isInstance(error, 'EQUIPOISE_DATA'));
  });

  test('a label out of range that nobody looked at makes the loss NaN', () => {
    expectClose(crossEntropyLoss().doCompute(input(rows, [0, 3]), {}).total, [NaN]);
  });

  test('right labels pass, and nothing is prepared', async () => {
    expect(await crossEntropyLoss().doPrepare?.(input(rows, [0, 2]))).toEqual({});
  });

  test('labels are not looked at without a number of classes', async () => {
    const encoder: Model = { ...identity, supports: { ...identity.supports, logits: false } };
    delete (encoder as { classes?: number }).classes;
    await expect(checkLabels(input(rows, [7, 8], encoder))).resolves.toBeUndefined();
  });

  test('a model without logits is refused', () => {
    const encoder: Model = { ...identity, forward: (x) => ({ embedding: x as tf.Tensor2D, layers: {} }) };
    expect(() => crossEntropyLoss().doCompute(input(rows, [0, 2], encoder), {})).toThrow(
      'loss "cross-entropy" needs logits, which the model does not support.',
    );
  });

  test('labels that are not one a sample are refused', () => {
    expect(() => crossEntropyLoss().doCompute(input(rows, [0, 2, 1]), {})).toThrow(
      /labels has shape \[3\]; expected \[2\]/,
    );
  });
});

test('the model is run in the mode that is given', () => {
  const modes: boolean[] = [];
  const model: Model = { ...identity, forward: (x, mode) => (modes.push(mode.training), identity.forward(x, mode)) };
  crossEntropyLoss().doCompute(input(rows, [0, 2], model), {});
  crossEntropyLoss().doCompute({ ...input(rows, [0, 2], model), mode: inference }, {});
  expect(modes).toEqual([true, false]);
});

test('a smoothing outside [0, 1] is refused', () => {
  expect(() => crossEntropyLoss({ labelSmoothing: 1.5 })).toThrow(/loss "cross-entropy":\n {2}labelSmoothing/);
  expect(() => crossEntropyLoss({ labelSmoothing: NaN })).toThrow(/labelSmoothing/);
});
