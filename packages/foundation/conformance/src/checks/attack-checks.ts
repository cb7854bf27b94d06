import { crossEntropy } from '@equipoise/autodiff';
import { inference, sampleNorm } from '@equipoise/kit';
import type { Attack, AttackOutcome, AttackProblem, Model, Norm } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { defineCheck, type Check, type Expect } from '../check.js';
import { difference, finite, leaked, valuesOf } from '../compare.js';
import { checkContext, type Make } from '../context.js';
import { freeBatch, toyBatch } from '../toys/toy-problem.js';
import { toyClasses, toyModel } from '../toys/toy-model.js';

/** What the checks know about an attack beyond its contract. */
export interface AttackCheckOptions {
  /** The ball that the attack, as it was made, must not leave; absent for attacks without a radius. */
  readonly radius?: { readonly norm: Norm; readonly eps: number };
}

interface Scene {
  readonly attack: Attack;
  readonly model: Model;
  readonly problem: AttackProblem;
  perturb(problem?: AttackProblem): Promise<AttackOutcome>;
}

async function withAttack<T>(
  make: Make<Attack>,
  body: (scene: Scene) => Promise<T>,
  indices?: readonly number[],
): Promise<T> {
  const attack = await make(checkContext());
  const model = toyModel();
  const batch = await toyBatch(indices);
  const labels = predicted(model, batch.x);
  const problem: AttackProblem = { model, x: batch.x, labels, sampleIndices: batch.sampleIndices };
  try {
    return await body({
      attack,
      model,
      problem,
      perturb: (other = problem) => attack.doPerturb(other, checkContext()),
    });
  } finally {
    freeBatch(batch, { labels });
    model.dispose();
  }
}

function predicted(model: Model, x: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() =>
    tf.cast(tf.argMax(model.forward(x, inference).logits as tf.Tensor2D, 1), 'int32'),
  ) as tf.Tensor1D;
}

const free = ({ adversarial, success }: AttackOutcome) => tf.dispose([adversarial, success]);

async function lossOf(model: Model, x: tf.Tensor, labels: tf.Tensor1D): Promise<number> {
  const total = tf.tidy(() => tf.sum(crossEntropy(model.forward(x, inference).logits as tf.Tensor2D, labels)));
  const [value] = await valuesOf(total);
  total.dispose();
  return value as number;
}

async function checkBall(
  scene: Scene,
  outcome: AttackOutcome,
  { radius }: AttackCheckOptions,
  expect: Expect,
): Promise<void> {
  if (radius === undefined) return;
  const distances = tf.tidy(() => sampleNorm(tf.sub(outcome.adversarial, scene.problem.x), radius.norm));
  const largest = Math.max(...(await valuesOf(distances)));
  distances.dispose();
  expect(largest <= radius.eps + 1e-5, `a sample moved by ${largest} in ${radius.norm}, allowed are ${radius.eps}`, {
    largest,
  });
}

async function checkTargets(scene: Scene, expect: Expect): Promise<void> {
  const { model, problem } = scene;
  const targets = tf.tidy(() => tf.cast(tf.mod(tf.add(problem.labels, 1), toyClasses), 'int32')) as tf.Tensor1D;
  const outcome = await scene.perturb({ ...problem, targets });
  const clean = await lossOf(model, problem.x, targets);
  const after = await lossOf(model, outcome.adversarial, targets);
  tf.dispose([targets]);
  free(outcome);
  expect(
    after <= clean + 1e-5,
    `the cross-entropy of the targets rose from ${clean} to ${after}; aiming must lower it`,
  );
}

function resultChecks(make: Make<Attack>, options: AttackCheckOptions = {}): Check[] {
  return [
    defineCheck('attack/shape', 'gives inputs of the same shape and one verdict a sample', (expect) =>
      withAttack(make, async (scene) => {
        const outcome = await scene.perturb();
        expect(
          outcome.adversarial.shape.join() === scene.problem.x.shape.join(),
          `the result has shape [${outcome.adversarial.shape.join(', ')}]`,
        );
        expect(
          outcome.success.shape.join() === `${scene.problem.x.shape[0]}`,
          `success has shape [${outcome.success.shape.join(', ')}]`,
        );
        free(outcome);
      }),
    ),
    defineCheck('attack/stays-in-bounds', 'stays in the box of valid inputs', (expect) =>
      withAttack(make, async (scene) => {
        const outcome = await scene.perturb();
        const values = await valuesOf(outcome.adversarial);
        const [low, high] = scene.model.bounds;
        expect(finite(values), 'the result is not finite');
        expect(
          values.every((value) => value >= low && value <= high),
          `the result leaves the bounds [${low}, ${high}]`,
        );
        free(outcome);
      }),
    ),
    defineCheck('attack/stays-in-ball', 'stays within its radius', (expect) =>
      withAttack(make, async (scene) => {
        const outcome = await scene.perturb();
        await checkBall(scene, outcome, options, expect);
        free(outcome);
      }),
    ),
  ];
}

function strengthChecks(make: Make<Attack>): Check[] {
  return [
    defineCheck('attack/not-weaker-than-nothing', 'does not lower the loss of the labels', (expect) =>
      withAttack(make, async (scene) => {
        const outcome = await scene.perturb();
        const clean = await lossOf(scene.model, scene.problem.x, scene.problem.labels);
        const after = await lossOf(scene.model, outcome.adversarial, scene.problem.labels);
        free(outcome);
        expect(after >= clean - 1e-5, `the loss fell from ${clean} to ${after}`);
      }),
    ),
    defineCheck('attack/success-is-true', 'calls a success exactly what the model gets wrong', (expect) =>
      withAttack(make, async (scene) => {
        const outcome = await scene.perturb();
        const classes = predicted(scene.model, outcome.adversarial);
        const [success, now, labels] = await Promise.all(
          [outcome.success, classes, scene.problem.labels].map(valuesOf),
        );
        free(outcome);
        classes.dispose();
        const wrong = (now as number[]).map((value, i) => Number(value !== labels?.[i]));
        expect(
          difference(success as number[], wrong) === 0,
          `success is ${success?.join(', ')}, wrong predictions are ${wrong.join(', ')}`,
        );
      }),
    ),
    defineCheck('attack/targeted', 'lowers the loss of given targets, where it says that it can aim', (expect) =>
      withAttack(make, async (scene) => {
        if (scene.attack.supports.targeted) await checkTargets(scene, expect);
      }),
    ),
  ];
}

function purityChecks(make: Make<Attack>): Check[] {
  return [
    defineCheck('attack/batch-independent', 'treats each sample alone as in a batch', async (expect) => {
      const together = await withAttack(make, async ({ perturb }) => outcomeValues(await perturb()), [0, 1, 2]);
      const alone = await withAttack(make, async ({ perturb }) => outcomeValues(await perturb()), [1]);
      expect(
        difference(together.slice(16, 32), alone) < 1e-4,
        'a sample came out otherwise when it was attacked alone',
      );
    }),
    defineCheck('attack/same-seed-same-result', 'is a pure function of the problem and the seed', async (expect) => {
      const run = () => withAttack(make, async ({ perturb }) => outcomeValues(await perturb()));
      expect(difference(await run(), await run()) === 0, 'the same seed gave another result');
    }),
    defineCheck('attack/other-seed-other-result', 'depends on the seed, where it says so', async (expect) => {
      const run = (seed: number) =>
        withAttack(make, async ({ attack, problem }) => {
          if (!attack.supports.stochastic) return [seed];
          return outcomeValues(await attack.doPerturb(problem, checkContext(seed)));
        });
      expect(difference(await run(1), await run(2)) > 0, 'it says that it is stochastic, but two seeds gave the same');
    }),
    defineCheck('attack/inputs-untouched', 'neither frees nor changes inputs, labels and weights', (expect) =>
      withAttack(make, async (scene) => {
        const { x, labels } = scene.problem;
        const weights = [...scene.model.variables.values()];
        const before = (await Promise.all([x, ...weights].map(valuesOf))).flat();
        free(await scene.perturb());
        expect(!x.isDisposed && !labels.isDisposed, 'the inputs were disposed');
        expect(
          difference(before, (await Promise.all([x, ...weights].map(valuesOf))).flat()) === 0,
          'inputs or weights were changed',
        );
      }),
    ),
    defineCheck('attack/no-leak', 'leaves no tensor behind, apart from what it returns', (expect) =>
      withAttack(make, async ({ perturb }) => {
        const count = await leaked(async () => free(await perturb()));
        expect(count === 0, `${count} tensors are left after three calls`);
      }),
    ),
  ];
}

/** Checks of an attack, against a small smooth network; `make` makes a new one for every check. */
export function attackChecks(make: Make<Attack>, options: AttackCheckOptions = {}): Check[] {
  return [...resultChecks(make, options), ...strengthChecks(make), ...purityChecks(make)];
}

async function outcomeValues(outcome: AttackOutcome): Promise<number[]> {
  const values = await valuesOf(outcome.adversarial);
  free(outcome);
  return values;
}
