import { readFileSync } from 'node:fs';
import { type LogitObjective, logitObjectives } from '@equipoise/ascent';
import { expectClose, type FixtureArray, fixtureTensor, onEachBackend } from '@equipoise/internal-testing';
import { createRng } from '@equipoise/kit';
import type { AttackProblem, Model, Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apgd, fab, fabTargeted } from '../src/index.js';

/** What `authors.py` wrote. */
interface Found {
  readonly weights: Readonly<Record<'kernel1' | 'bias1' | 'kernel2' | 'bias2', FixtureArray>>;
  readonly x: FixtureArray;
  readonly labels: readonly number[];
  readonly autoPgdL1: readonly {
    readonly eps: number;
    readonly steps: number;
    readonly start: FixtureArray;
    readonly best: FixtureArray;
    readonly bestLoss: FixtureArray;
  }[];
  readonly fab: readonly {
    readonly norm: Norm;
    readonly targeted: boolean;
    readonly steps: number;
    readonly adversarial: FixtureArray;
  }[];
}

const found = JSON.parse(readFileSync(new URL('authors.json', import.meta.url), 'utf8')) as Found;
const context = { rng: createRng(0), report: () => undefined };

/** Two float32 programs after thirty steps whose decisions agree; one different decision would be seen at 1e-2. */
const tolerance = { rtol: 1e-4, atol: 1e-5 };

onEachBackend(() => {
  let weights: Record<keyof Found['weights'], tf.Tensor>;
  let problem: AttackProblem;
  beforeAll(() => {
    const { kernel1, bias1, kernel2, bias2 } = found.weights;
    weights = {
      kernel1: fixtureTensor(kernel1),
      bias1: fixtureTensor(bias1),
      kernel2: fixtureTensor(kernel2),
      bias2: fixtureTensor(bias2),
    };
    const dense = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) =>
      tf.add(tf.matMul(x, kernel), bias) as tf.Tensor2D;
    const model: Model = {
      inputShape: [4, 4, 1],
      bounds: [0, 1],
      classes: 5,
      supports: { gradients: true, secondOrder: true, logits: true },
      variables: new Map(),
      forward: (x) => {
        const hidden = tf.tanh(dense(tf.reshape(x, [-1, 16]), weights.kernel1, weights.bias1));
        const logits = dense(hidden, weights.kernel2, weights.bias2);
        return { logits, embedding: logits, layers: {} };
      },
      dispose: () => undefined,
    };
    const labels = tf.tensor1d([...found.labels], 'int32');
    problem = { model, x: fixtureTensor(found.x), labels, sampleIndices: [0, 1, 2, 3] };
  });
  afterAll(() => tf.dispose([weights, problem.x, problem.labels]));

  describe('from the same start', () => {
    test.each(found.autoPgdL1)(
      'Auto-PGD ends where the authors’ code ends, in the l1 ball of radius $eps',
      async (run) => {
        const { eps, steps, start } = run;
        const from = fixtureTensor(start);
        const attack = apgd({ norm: 'l1', eps, steps, keep: 'value' });
        const { adversarial, success } = await attack.doPerturb({ ...problem, start: from }, context);
        expectClose(adversarial, run.best, tolerance, 'best');
        const values = tf.tidy(() => lossAt(logitObjectives['cross-entropy'], problem, adversarial));
        expectClose(values, run.bestLoss, tolerance, 'bestLoss');
        tf.dispose([from, adversarial, success, values]);
      },
    );

    test.each(found.fab)(
      'FAB ends where the authors’ code ends, in $norm, targeted: $targeted',
      async ({ norm, targeted, steps, ...run }) => {
        const attack = targeted ? fabTargeted({ norm, steps, targetClasses: 1 }) : fab({ norm, steps });
        const { adversarial, success } = await attack.doPerturb(problem, context);
        expectClose(adversarial, run.adversarial, tolerance, 'adversarial');
        expect([...(await success.data())]).toEqual([1, 1, 1, 1]);
        tf.dispose([adversarial, success]);
      },
    );
  });
});

function lossAt(objective: LogitObjective, { model, labels }: AttackProblem, x: tf.Tensor): tf.Tensor {
  return objective(model.forward(x, { training: false }).logits!, labels);
}
