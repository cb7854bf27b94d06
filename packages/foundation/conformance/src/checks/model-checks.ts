import { inputGradients, valueAndGrad, valueAndGradients } from '@equipoise/autodiff';
import { createRng, inference } from '@equipoise/kit';
import { EquipoiseError, type Model } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { defineCheck, type Check, type Expect } from '../check.js';
import { difference, finite, leaked, tidied, valuesOf } from '../compare.js';
import { checkContext, type Make } from '../context.js';

async function withModel(make: Make<Model>, body: (model: Model, x: tf.Tensor) => Promise<void> | void): Promise<void> {
  const model = await make(checkContext());
  const [low, high] = model.bounds;
  const size = model.inputShape.reduce((product, length) => product * length, 3);
  const x = tf.tensor(createRng('model checks').uniforms(size, low, high), [3, ...model.inputShape]);
  try {
    await body(model, x);
  } finally {
    x.dispose();
    model.dispose();
  }
}

async function weightsOf(model: Model): Promise<number[]> {
  return (await Promise.all([...model.variables.values()].map(valuesOf))).flat();
}

/** A smooth value a sample: Σ tanh(φ/4)², bounded so that differences are well scaled. */
function objective(model: Model, x: tf.Tensor): tf.Tensor1D {
  return tf.sum(tf.square(tf.tanh(tf.div(model.forward(x, inference).embedding, 4))), 1);
}

async function checkInputGradient(model: Model, x: tf.Tensor, expect: Expect): Promise<void> {
  const { values, gradients } = inputGradients((input) => objective(model, input), x);
  const slope = await valuesOf(tf.tidy(() => tf.sum(tf.square(tf.reshape(gradients, [3, -1])), 1)));
  expect(finite(slope), 'the input gradient is not finite');
  // Moves by h·g for a small h: f(x + hg) − f(x − hg) = 2h‖g‖² up to O(h³).
  const norms = Math.sqrt(Math.max(...slope));
  const h = norms === 0 ? 0 : 1e-2 / norms;
  const ends = tf.tidy(() =>
    tf.sub(objective(model, tf.add(x, tf.mul(gradients, h))), objective(model, tf.sub(x, tf.mul(gradients, h)))),
  );
  const measured = (await valuesOf(ends)).map((value) => value / (2 * h || 1));
  tf.dispose([values, gradients, ends]);
  const scale = Math.max(...slope, 1e-3);
  const worst = Math.max(...slope.map((value, i) => Math.abs(value - (measured[i] as number))));
  // Piecewise linear networks have kinks, so that a few per cent may differ.
  expect(worst <= 0.1 * scale, `gradients say ${slope.join(', ')}, finite differences ${measured.join(', ')}`);
}

/** The gradient of ‖∇ₓf‖² by the weights, and by the input. */
async function secondOrderGradients(model: Model, x: tf.Tensor): Promise<number[]> {
  const penalty = (input: tf.Tensor) => {
    const { gradients } = inputGradients((moved) => objective(model, moved), input);
    return tf.sum(tf.square(gradients)) as tf.Scalar;
  };
  const variables = [...model.variables.values()].filter(({ trainable }) => trainable);
  const byWeights = valueAndGradients(() => ({ total: penalty(x), parts: {} }), variables);
  const byInput = valueAndGrad(penalty, x);
  const gradients = [...byWeights.gradients, byInput.gradient];
  const values = await Promise.all(gradients.map(valuesOf));
  tf.dispose([byWeights.value.total, byInput.value, ...gradients]);
  return values.flat();
}

function forwardChecks(make: Make<Model>): Check[] {
  return [
    defineCheck('model/shapes', 'gives an embedding, layers, and logits where it says so', (expect) =>
      withModel(make, (model, x) => {
        const { embedding, logits, layers } = tidied(() => model.forward(x, inference));
        expect(
          embedding.rank === 2 && embedding.shape[0] === 3,
          `the embedding of 3 inputs has shape [${embedding.shape.join(', ')}]`,
        );
        expect(
          Object.values(layers).every((layer) => layer.shape[0] === 3),
          'a layer has lost the batch axis',
        );
        expect(
          (logits !== undefined) === model.supports.logits,
          `supports.logits is ${model.supports.logits}, but logits are ${logits ? 'there' : 'absent'}`,
        );
        if (logits)
          expect(
            logits.rank === 2 && logits.shape[1] === model.classes,
            `logits have shape [${logits.shape.join(', ')}], classes is ${model.classes}`,
          );
        tf.dispose([embedding, ...(logits ? [logits] : []), ...Object.values(layers)]);
      }),
    ),
    defineCheck('model/batch-independent', 'gives each input the same result whatever is beside it', (expect) =>
      withModel(make, async (model, x) => {
        const together = await valuesOf(tf.tidy(() => model.forward(x, inference).embedding));
        const alone = tf.tidy(() => tf.concat(tf.split(x, 3).map((one) => model.forward(one, inference).embedding)));
        expect(
          difference(together, await valuesOf(alone)) < 1e-4,
          'in inference mode, a result depends on the rest of the batch',
        );
        alone.dispose();
      }),
    ),
    layersOptional(make),
    defineCheck('model/inference-changes-nothing', 'does not change its weights in inference mode', (expect) =>
      withModel(make, async (model, x) => {
        const before = await weightsOf(model);
        tf.tidy(() => model.forward(x, inference).embedding).dispose();
        expect(difference(before, await weightsOf(model)) === 0, 'a forward pass in inference mode changed variables');
      }),
    ),
    defineCheck('model/same-seed-same-weights', 'has the same weights for the same seed', async (expect) => {
      const weights: number[][] = [];
      for (let time = 0; time < 2; time++)
        await withModel(make, async (model) => void weights.push(await weightsOf(model)));
      expect(difference(weights[0] as number[], weights[1] as number[]) === 0, 'the same seed gave other weights');
    }),
  ];
}

function layersOptional(make: Make<Model>): Check {
  return defineCheck(
    'model/layers-optional',
    'gives the same embedding and logits where layers are not asked for',
    (expect) =>
      withModel(make, async (model, x) => {
        const [asked, unasked] = [true, false].map((layers) =>
          tf.tidy(() => {
            const { embedding, logits } = model.forward(x, { ...inference, layers });
            return logits ? tf.concat([embedding, logits], 1) : embedding;
          }),
        ) as [tf.Tensor, tf.Tensor];
        const apart = difference(await valuesOf(asked), await valuesOf(unasked));
        expect(apart < 1e-4, `without layers the results differ by ${apart}`);
        tf.dispose([asked, unasked]);
      }),
  );
}

function ownershipChecks(make: Make<Model>): Check[] {
  return [
    defineCheck('model/input-untouched', 'neither frees nor changes its input', (expect) =>
      withModel(make, async (model, x) => {
        const before = await valuesOf(x);
        tf.tidy(() => model.forward(x, inference).embedding).dispose();
        expect(!x.isDisposed, 'the input was disposed');
        expect(difference(before, await valuesOf(x)) === 0, 'the input was changed');
      }),
    ),
    defineCheck('model/no-leak', 'leaves no tensor behind, apart from what it returns', (expect) =>
      withModel(make, async (model, x) => {
        const count = await leaked(async () => {
          const { embedding, logits, layers } = model.forward(x, inference);
          const returned = new Set([embedding, ...(logits ? [logits] : []), ...Object.values(layers)]);
          returned.forEach((tensor) => tensor.dispose());
        });
        expect(count === 0, `${count} tensors are left after three forward passes`);
      }),
    ),
    defineCheck('model/dispose-frees', 'frees its variables', async (expect) => {
      const before = tf.memory().numTensors;
      const model = await make(checkContext());
      model.dispose();
      const left = tf.memory().numTensors - before;
      expect(left === 0, `${left} tensors are left after dispose`);
    }),
  ];
}

function derivativeAndRefusalChecks(make: Make<Model>): Check[] {
  return [
    defineCheck(
      'model/input-gradient',
      'has the input gradient that finite differences show, where it says so',
      (expect) =>
        withModel(make, async (model, x) => {
          if (model.supports.gradients) await checkInputGradient(model, x, expect);
        }),
    ),
    defineCheck('model/second-order', 'has gradients of input gradients, where it says so', (expect) =>
      withModel(make, async (model, x) => {
        if (model.supports.secondOrder)
          expect(finite(await secondOrderGradients(model, x)), 'the gradient of the input gradient is not finite');
      }),
    ),
    defineCheck('model/wrong-shape-refused', 'refuses an input of another shape with an Equipoise error', (expect) =>
      withModel(make, (model) => {
        const wrong = tf.zeros([2, ...model.inputShape.map((length) => length + 1)]);
        try {
          tf.tidy(() => void model.forward(wrong, inference));
        } catch (error) {
          expect(EquipoiseError.isInstance(error), `it threw "${(error as Error).message}", which has no code`);
          return;
        } finally {
          wrong.dispose();
        }
        expect(false, `an input of shape [${wrong.shape.join(', ')}] was accepted`);
      }),
    ),
  ];
}

/** Checks of a model; `make` makes a new one for every check. */
export function modelChecks(make: Make<Model>): Check[] {
  return [...forwardChecks(make), ...ownershipChecks(make), ...derivativeAndRefusalChecks(make)];
}
