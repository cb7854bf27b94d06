import { valueAndGradients } from '@equipoise/autodiff';
import type { Loss, LossInput, Model, Prepared } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { defineCheck, type Check, type Expect } from '../check.js';
import { difference, finite, leaked, tidied, valuesOf } from '../compare.js';
import { checkContext, type Make } from '../context.js';
import { freeBatch, lossInput, toyBatch } from '../toys/toy-problem.js';
import { toyModel } from '../toys/toy-model.js';

interface Scene {
  readonly loss: Loss;
  readonly model: Model;
  readonly input: LossInput;
  readonly prepared: Prepared;
}

async function withLoss<T>(
  make: Make<Loss>,
  body: (scene: Scene) => Promise<T>,
  indices?: readonly number[],
  seed?: number,
): Promise<T> {
  const loss = await make(checkContext());
  const model = toyModel();
  const batch = await toyBatch(indices);
  const input = lossInput(model, batch, loss.needs.views, seed);
  const prepared = (await loss.doPrepare?.(input)) ?? {};
  try {
    return await body({ loss, model, input, prepared });
  } finally {
    freeBatch(batch, prepared);
    model.dispose();
    loss.dispose?.();
  }
}

async function totalOf({ loss, input, prepared }: Pick<Scene, 'loss' | 'input' | 'prepared'>): Promise<number> {
  const total = tf.tidy(() => loss.doCompute(input, prepared).total);
  const [value] = await valuesOf(total);
  total.dispose();
  return value as number;
}

/** Compares the gradient along its own direction with a central difference of the loss, the prepared tensors held fixed. */
async function checkGradient(scene: Scene, expect: Expect): Promise<void> {
  const variables = [...scene.model.variables.values(), ...scene.loss.variables.values()].filter(
    ({ trainable }) => trainable,
  );
  const { value, gradients } = valueAndGradients(() => scene.loss.doCompute(scene.input, scene.prepared), variables);
  tf.dispose(value as object as tf.TensorContainer);
  const flat = await Promise.all(gradients.map(valuesOf));
  const norm = Math.sqrt(flat.flat().reduce((sum, entry) => sum + entry * entry, 0));
  expect(Number.isFinite(norm), 'the weight gradient is not finite');
  expect(norm > 0, 'the weight gradient is zero: nothing would be learned');
  const step = 1e-2;
  const moveBy = (amount: number) =>
    tf.tidy(() =>
      variables.forEach((variable, i) =>
        variable.assign(tf.add(variable, tf.mul(gradients[i] as tf.Tensor, amount / norm))),
      ),
    );
  moveBy(step);
  const ahead = await totalOf(scene);
  moveBy(-2 * step);
  const behind = await totalOf(scene);
  tf.dispose(gradients);
  const slope = (ahead - behind) / (2 * step);
  expect(
    Math.abs(slope - norm) <= 0.02 * norm + 1e-3,
    `along the gradient the loss rises by ${slope} a unit, the gradient says ${norm}`,
    { slope, norm },
  );
}

/** Checks of a loss, on a small smooth network and small images; `make` makes a new one for every check. */
export function lossChecks(make: Make<Loss>): Check[] {
  return [
    defineCheck('loss/finite', 'gives a finite scalar and finite named parts', async (expect) => {
      await withLoss(make, async ({ loss, input, prepared }) => {
        const { total, parts } = tidied(() => loss.doCompute(input, prepared));
        expect(total.rank === 0, `the total has shape [${total.shape.join(', ')}], expected a scalar`);
        const values = (await Promise.all([total, ...Object.values(parts)].map(valuesOf))).flat();
        expect(finite(values), `the total and the parts are ${values.join(', ')}`);
        tf.dispose([total, ...Object.values(parts)]);
      });
    }),
    defineCheck('loss/gradient', 'has the gradient that finite differences show', async (expect) => {
      await withLoss(make, (scene) => checkGradient(scene, expect));
    }),
    defineCheck('loss/inputs-untouched', 'neither frees nor changes what it is given', async (expect) => {
      await withLoss(make, async (scene) => {
        const { x, labels } = scene.input;
        const before = await valuesOf(tf.clone(x));
        await totalOf(scene);
        expect(!x.isDisposed && !labels.isDisposed, 'the inputs were disposed');
        expect(difference(before, await valuesOf(x)) === 0, 'the inputs were changed');
      });
    }),
    defineCheck('loss/no-leak', 'leaves no tensor behind', async (expect) => {
      await withLoss(make, async ({ loss, input }) => {
        const count = await leaked(async () => {
          const prepared = (await loss.doPrepare?.(input)) ?? {};
          await totalOf({ loss, input, prepared });
          tf.dispose(Object.values(prepared));
        });
        expect(count === 0, `${count} tensors are left after three calls`);
      });
    }),
    defineCheck('loss/same-seed-same-value', 'is a pure function of its input and the seed', async (expect) => {
      const first = await withLoss(make, totalOf);
      const again = await withLoss(make, totalOf);
      expect(first === again, `the same seed gave ${first} and ${again}`);
    }),
    defineCheck('loss/order-free', 'does not depend on the order of the batch', async (expect) => {
      const straight = await withLoss(make, totalOf, [0, 1, 2, 3, 4, 5]);
      const shuffled = await withLoss(make, totalOf, [4, 0, 5, 1, 3, 2]);
      expect(
        difference([straight], [shuffled]) < 1e-4,
        `two orders of the same examples gave ${straight} and ${shuffled}`,
      );
    }),
    defineCheck('loss/one-class', 'is finite where all examples have one class', async (expect) => {
      const value = await withLoss(make, totalOf, [0, 3, 6, 9]);
      expect(Number.isFinite(value), `a batch of one class gave ${value}`);
    }),
  ];
}
