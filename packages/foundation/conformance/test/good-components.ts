import { crossEntropy, inputGradients } from '@equipoise/autodiff';
import { createRng, inference } from '@equipoise/kit';
import type { Analysis, Attack, Dataset, Loss, Trainer, TrainingState } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { toyDataset, toyLoss } from '../src/index.js';

export const goodDataset = (): Dataset => toyDataset();

/** Cross-entropy of noisy inputs, so that it has something to prepare and depends on the seed. */
export function goodLoss(): Loss {
  const plain = toyLoss();
  return {
    ...plain,
    doPrepare({ x, rng, sampleIndices }) {
      const rows = Array.from(sampleIndices, (index) => rng.fork('noise').fork(index).normals(16));
      return {
        noise: tf.tidy(() => tf.mul(tf.reshape(tf.tensor2d(rows.map((row) => Array.from(row))), x.shape), 0.1)),
      };
    },
    doCompute: (input, { noise }) => plain.doCompute({ ...input, x: tf.add(input.x, noise as tf.Tensor) }, {}),
  };
}

/** One signed gradient step within an l-infinity ball of radius 0.1. */
export function goodAttack(): Attack {
  return {
    supports: { norms: ['linf'], targeted: true, gradients: true, stochastic: false },
    async doPerturb({ model, x, labels, targets }) {
      const logits = (input: tf.Tensor) => model.forward(input, inference).logits as tf.Tensor2D;
      const adversarial = tf.tidy(() => {
        const { gradients } = inputGradients((input) => crossEntropy(logits(input), targets ?? labels), x);
        const step = tf.mul(tf.sign(gradients), targets ? -0.1 : 0.1);
        return tf.clipByValue(tf.add(x, step), ...model.bounds);
      });
      const success = tf.tidy(() =>
        tf.notEqual(tf.cast(tf.argMax(logits(adversarial), 1), 'int32'), labels),
      ) as tf.Tensor1D;
      return { adversarial, success };
    },
  };
}

/** Ten steps of gradient descent on batches drawn by step, with a checkpoint in the middle. */
export function goodTrainer(): Trainer {
  const [steps, learningRate] = [10, 0.5];
  return {
    async *doFit({ model, dataset, loss, resumeFrom }, { rng, signal }) {
      const split = await dataset.split('train');
      const variables = [...model.variables.entries()];
      for (const [name, variable] of variables) {
        const saved = resumeFrom?.arrays[`model.${name}`];
        if (saved) tf.tidy(() => variable.assign(tf.tensor(saved.data, [...saved.shape])));
      }
      let step = resumeFrom?.step ?? 0;
      yield { type: 'start', step, steps, stepsPerEpoch: steps };
      for (; step < steps; step++) {
        if (step === 5) yield { type: 'checkpoint', name: 'last', state: await stateOf(step, variables) };
        if (signal?.aborted) return yield { type: 'end', step, reason: 'aborted' };
        const sampleIndices = Array.from(rng.fork(step).permutation(split.size).slice(0, 20));
        const { x, shape, labels } = await split.examples(sampleIndices);
        const value = tf.tidy(() => {
          const input = {
            model,
            x: tf.tensor(x, [...shape]),
            labels: tf.tensor1d(labels, 'int32'),
            mode: { training: true },
            rng,
            sampleIndices,
            step,
            steps,
          };
          const { value: total, grads } = tf.variableGrads(
            () => loss.doCompute(input, {}).total,
            variables.map(([, variable]) => variable),
          );
          for (const [, variable] of variables)
            variable.assign(tf.sub(variable, tf.mul(grads[variable.name] as tf.Tensor, learningRate)));
          return total;
        });
        const [total] = await value.data();
        value.dispose();
        yield { type: 'step', step, steps, learningRate, loss: total as number, parts: {} };
      }
      yield { type: 'end', step, reason: 'finished' };
    },
  };
}

async function stateOf(step: number, variables: readonly (readonly [string, tf.Variable])[]): Promise<TrainingState> {
  const arrays = await Promise.all(
    variables.map(
      async ([name, variable]) =>
        [`model.${name}`, { shape: variable.shape, data: Float32Array.from(await variable.data()) }] as const,
    ),
  );
  return { step, arrays: Object.fromEntries(arrays), facts: {} };
}

/** Mean of the largest logit over some images, in batches. */
export function goodAnalysis(batchSize = 5): Analysis {
  return {
    async doAnalyze({ model, dataset, name }, { rng, signal }) {
      signal?.throwIfAborted();
      const split = await dataset.split('test');
      let sum = 0;
      for (let begin = 0; begin < split.size; begin += batchSize) {
        const indices = Array.from({ length: Math.min(batchSize, split.size - begin) }, (_, i) => begin + i);
        const { x, shape } = await split.examples(indices);
        const largest = tf.tidy(() =>
          tf.sum(tf.max(model.forward(tf.tensor(x, [...shape]), inference).logits as tf.Tensor2D, 1)),
        );
        sum += (await largest.data())[0] as number;
        largest.dispose();
      }
      const mean = sum / split.size;
      const draw = rng.fork('draw').uniform();
      return {
        reportVersion: 1,
        title: `Logits of ${name}`,
        summary: [],
        tables: [{ title: 'Logits', columns: [{ key: 'mean', label: 'mean' }], rows: [{ mean }] }],
        figures: [],
        images: [{ title: 'Pixel', rows: [{ images: [{ width: 1, height: 1, channels: 1, data: [0] }] }] }],
        data: { mean, draw },
      };
    },
    doCompare: (entries) => ({
      reportVersion: 1,
      title: 'Comparison',
      summary: [],
      tables: [],
      figures: [],
      images: [],
      data: { count: entries.length },
    }),
  };
}

/** A stream, for components that break the rule of purity. */
export const impureNumber = (() => {
  const rng = createRng('impure');
  return () => rng.uniform();
})();
