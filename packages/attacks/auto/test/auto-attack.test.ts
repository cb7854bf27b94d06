import { grad } from '@equipoise/autodiff';
import { onEachBackend } from '@equipoise/internal-testing';
import { createRng, runAttack, sampleNorm } from '@equipoise/kit';
import type { Attack, AttackProblem } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { autoAttack } from '../src/index.js';
import { type Scene, sceneOf, warningsIn, withLogits } from './scene.js';

const budget = { steps: 4, queries: 5 };

onEachBackend(() => {
  let scene: Scene;
  beforeEach(() => {
    tf.engine().startScope();
    scene = sceneOf();
  });
  afterEach(() => {
    scene.dispose();
    tf.engine().endScope();
  });
  const run = (attack: Attack, changes: Partial<AttackProblem> = {}) =>
    runAttack(attack, { ...scene.problem, ...changes }, scene.context);
  const successes = async (attack: Attack, changes: Partial<AttackProblem> = {}) => [
    ...(await (await run(attack, changes)).success.data()),
  ];
  const warnings = () => warningsIn(scene.events);

  /** An attack that breaks given samples by giving back a point of another class, and remembers whom it saw. */
  function scripted(breaks: readonly number[], seen: number[][], gradients = true): Attack {
    return {
      supports: { norms: ['linf'], targeted: false, gradients, stochastic: false },
      doPerturb: async (problem) => {
        const indices = Array.from(problem.sampleIndices);
        seen.push(indices);
        const success = tf.tensor1d(indices.map((index) => breaks.includes(index)), 'bool'); // prettier-ignore
        return { adversarial: tf.add(problem.x, 0), success };
      },
    };
  }

  describe('the cascade', () => {
    test('runs each attack only on samples that are still robust', async () => {
      const seen: number[][] = [];
      const attacks = [scripted([1, 4], seen), scripted([0, 4], seen), scripted([], seen)];
      await autoAttack({ eps: 0.1, version: 'custom', attacks }).doPerturb(scene.problem, scene.context);
      expect(seen).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], [0, 2, 3, 5, 6, 7], [2, 3, 5, 6, 7]]); // prettier-ignore
    });

    test('does not attack what is wrong already, and gives it back as it is', async () => {
      const seen: number[][] = [];
      const labels = tf.cast(tf.mod(tf.add(scene.problem.labels, tf.tensor1d([0, 1, 0, 0, 0, 0, 0, 1])), 5), 'int32');
      const attack = autoAttack({ eps: 0.1, version: 'custom', attacks: [scripted([], seen)] });
      const { adversarial, success } = await run(attack, { labels: labels as tf.Tensor1D });
      expect(seen).toEqual([[0, 2, 3, 4, 5, 6]]);
      expect([...(await success.data())]).toEqual([0, 1, 0, 0, 0, 0, 0, 1]);
      expect([...(await adversarial.data())]).toEqual([...(await scene.problem.x.data())]);
    });

    test('asks about the whole batch where a criterion cannot be asked about rows', async () => {
      const seen: number[][] = [];
      const criterion = () => tf.zeros([8], 'bool') as tf.Tensor1D;
      const attacks = [scripted([1], seen), scripted([], seen)];
      await autoAttack({ eps: 0.1, version: 'custom', attacks }).doPerturb(
        { ...scene.problem, criterion },
        scene.context,
      );
      expect(seen.map((indices) => indices.length)).toEqual([8, 8]);
    });

    test('counts successes of an attack without a radius only within its own', async () => {
      const far: Attack = {
        supports: { norms: ['linf'], targeted: false, gradients: false, stochastic: false },
        doPerturb: async ({ x }) => ({
          adversarial: tf.clipByValue(tf.add(x, 0.2), 0, 1),
          success: tf.ones([x.shape[0] ?? 0], 'bool') as tf.Tensor1D,
        }),
      };
      const attack = (eps: number) => autoAttack({ eps, version: 'custom', attacks: [far] });
      const robust = await attack(0.1).doPerturb(scene.problem, scene.context);
      expect([...(await robust.success.data())]).toEqual(new Array(8).fill(0));
      const broken = await attack(0.25).doPerturb(scene.problem, scene.context);
      expect([...(await broken.success.data())]).toEqual(new Array(8).fill(1));
    });

    test.each(['linf', 'l2', 'l1'] as const)(
      'stays in the %s ball of each sample and moves what the mask lets move',
      async (norm) => {
        const scale = { linf: 0.5, l2: 1, l1: 3 }[norm];
        const eps = [0, 1, 2, 3, 4, 5, 6, 7].map((row) => (row * scale) / 7);
        const mask = tf.cast(tf.greater(tf.tensor(createRng(9).uniforms(16), [4, 4, 1]), 0.3), 'float32');
        const { adversarial, success } = await run(autoAttack({ norm, eps: scale, ...budget }), { eps, mask });
        const delta = tf.sub(adversarial, scene.problem.x);
        const moves = [...(await sampleNorm(delta, norm).data())];
        moves.forEach((move, row) => expect(move).toBeLessThanOrEqual(eps[row]! + 1e-6));
        expect((await tf.max(tf.abs(tf.mul(delta, tf.sub(1, mask)))).data())[0]).toBe(0);
        expect([...(await success.data())]).toContain(1);
      },
    );

    test('finds the same for a sample whatever batch it is in', async () => {
      const whole = await run(autoAttack({ eps: 0.15, ...budget }));
      const rows = [5, 2];
      const part = await run(autoAttack({ eps: 0.15, ...budget }), {
        x: tf.gather(scene.problem.x, rows),
        labels: tf.gather(scene.problem.labels, rows),
        sampleIndices: rows,
      });
      const expected = [...(await tf.gather(whole.adversarial, rows).data())];
      (await part.adversarial.data()).forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
    });

    test('aims at the targets of a problem', async () => {
      const targets = tf.cast(tf.mod(tf.add(scene.problem.labels, 2), 5), 'int32') as tf.Tensor1D;
      const { adversarial, success } = await run(autoAttack({ eps: 0.6, ...budget }), { targets });
      const predicted = [...(await tf.argMax(scene.model.forward(adversarial, { training: false }).logits!, 1).data())];
      const verdicts = [...(await success.data())];
      expect(verdicts).toContain(1);
      const aims = [...(await targets.data())];
      verdicts.forEach((hit, row) => expect(predicted[row] === aims[row]).toBe(hit === 1));
      expect(warnings()).not.toContain('EQUIPOISE_SUCCESS_DIFFERS');
    });

    test('stops when it is asked to', async () => {
      const signal = AbortSignal.abort();
      const before = tf.memory().numTensors;
      const attack = autoAttack({ eps: 0.1, ...budget });
      await expect(attack.doPerturb(scene.problem, { ...scene.context, signal })).rejects.toThrow(/abort/i);
      expect(tf.memory().numTensors).toBe(before);
    });

    test.each(['standard', 'plus', 'rand'] as const)('tells what it has done, in version %s', async (version) => {
      await run(autoAttack({ eps: 1e-4, version, ...budget }));
      const progress = scene.events.filter((event) => event.type === 'progress');
      expect(progress.map(({ label }) => label.replace('auto-attack: ', ''))).toEqual(
        {
          standard: ['apgd-cross-entropy', 'apgd-targeted', 'fab-targeted', 'square'],
          plus: [
            'apgd-cross-entropy',
            'apgd-difference-of-logits-ratio',
            'fab',
            'apgd-targeted',
            'fab-targeted',
            'square',
          ],
          rand: ['apgd-cross-entropy', 'apgd-difference-of-logits-ratio'],
        }[version],
      );
      expect(progress.map(({ done }) => done)).toEqual(progress.map((_, index) => index + 1));
    });
  });

  describe('warnings', () => {
    const attack = () => autoAttack({ eps: 0.05, ...budget });

    test('a model that gives logits, deterministically, raises none', async () => {
      await run(attack());
      expect(warnings()).toEqual([]);
    });

    test('probabilities', async () => {
      await run(attack(), { model: withLogits(scene.model, (logits) => tf.softmax(logits)) });
      expect(warnings()).toContain('EQUIPOISE_PROBABILITIES');
    });

    test('a model that is random, except for the version that is made for it', async () => {
      const rng = createRng(4);
      const noisy = withLogits(scene.model, (logits) =>
        tf.add(logits, tf.tensor(rng.normals(logits.size), logits.shape)),
      );
      await run(attack(), { model: noisy });
      expect(warnings()).toContain('EQUIPOISE_RANDOM_MODEL');
      scene.events.length = 0;
      await run(autoAttack({ eps: 0.05, version: 'rand', steps: 2 }), { model: noisy });
      expect(warnings()).not.toContain('EQUIPOISE_RANDOM_MODEL');
    });

    test('gradients that are zero, and Square finding what they hide', async () => {
      const flat = tf.customGrad((z) => ({
        value: tf.clone(z as tf.Tensor),
        gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
      }));
      const hidden = withLogits(scene.model, (logits) => (flat as unknown as (z: tf.Tensor) => tf.Tensor2D)(logits));
      const success = await successes(autoAttack({ eps: 0.6, steps: 2, queries: 100 }), { model: hidden });
      expect(success).toContain(1);
      expect(warnings()).toContain('EQUIPOISE_ZERO_GRADIENTS');
      expect(warnings()).toContain('EQUIPOISE_BLACK_BOX_STRONGER');
    });

    test('an attack without gradients that comes first says nothing about gradients', async () => {
      const seen: number[][] = [];
      const attacks = [scripted([0, 1, 2], seen, false), scripted([3], seen)];
      await autoAttack({ eps: 0.1, version: 'custom', attacks }).doPerturb(scene.problem, scene.context);
      expect(warnings()).toEqual([]);
    });

    test('gradients that are taken while the model predicts', async () => {
      const purified = withLogits(scene.model, (_, x) => {
        const gradient = grad((at) => tf.sum(tf.square(at)), x);
        return scene.model.forward(tf.sub(x, tf.mul(gradient, 1e-3)), { training: false }).logits!;
      });
      await run(autoAttack({ eps: 0.05, version: 'custom', attacks: [scripted([], [])] }), { model: purified });
      expect(warnings()).toContain('EQUIPOISE_GRADIENTS_IN_INFERENCE');
    });
  });

  describe('few classes', () => {
    test.each([2, 3])('%i classes are attacked with differences of logits, and that is told', async (classes) => {
      const few = sceneOf({ classes });
      for (const version of ['standard', 'plus'] as const) {
        const attack = autoAttack({ eps: 0.3, version, ...budget });
        const { success } = await runAttack(attack, few.problem, few.context);
        expect([...(await success.data())]).toContain(1);
      }
      expect(warningsIn(few.events)).toEqual(['EQUIPOISE_TOO_FEW_CLASSES', 'EQUIPOISE_TOO_FEW_CLASSES']);
      few.dispose();
    });
  });

  describe('wrong use', () => {
    test('an objective of the problem', async () => {
      const objective = (x: tf.Tensor) => tf.sum(x, [1, 2, 3]) as tf.Tensor1D;
      await expect(run(autoAttack({ eps: 0.1 }), { objective })).rejects.toThrow(/AutoAttack/);
    });

    test('attacks without version custom, and version custom without attacks', () => {
      expect(() => autoAttack({ eps: 0.1, attacks: [scripted([], [])] })).toThrow(/custom/);
      expect(() => autoAttack({ eps: 0.1, version: 'custom' })).toThrow(/custom/);
    });

    test('a model whose logits are NaN', async () => {
      const broken = withLogits(scene.model, (logits) => tf.mul(logits, NaN));
      await expect(run(autoAttack({ eps: 0.1 }), { model: broken })).rejects.toThrow(/NaN/);
    });

    test('a radius that is negative', () => {
      expect(() => autoAttack({ eps: -0.1 })).toThrow(/eps/);
    });
  });
});
