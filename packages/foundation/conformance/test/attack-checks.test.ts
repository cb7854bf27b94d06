import { onEachBackend } from '@equipoise/internal-testing';
import type { Attack, AttackOutcome, AttackProblem } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { attackChecks } from '../src/index.js';
import { failing, idsOf } from './broken.js';
import { goodAttack, impureNumber } from './good-components.js';

const radius = { norm: 'linf', eps: 0.1 } as const;

function altered(change: (outcome: AttackOutcome, problem: AttackProblem) => AttackOutcome): () => Attack {
  return () => {
    const attack = goodAttack();
    return {
      ...attack,
      doPerturb: async (problem, context) => change(await attack.doPerturb(problem, context), problem),
    };
  };
}

/** Passes the moved inputs through a function. */
const moved = (change: (adversarial: tf.Tensor, problem: AttackProblem) => tf.Tensor) =>
  altered((outcome, problem) => {
    const adversarial = tf.tidy(() => change(outcome.adversarial, problem));
    outcome.adversarial.dispose();
    return { ...outcome, adversarial };
  });

const broken: Record<string, () => Attack> = {
  'attack/shape': moved((adversarial) => tf.reshape(adversarial, [adversarial.shape[0] as number, -1])),
  'attack/stays-in-bounds': moved((adversarial) => tf.add(adversarial, 2)),
  'attack/stays-in-ball': moved((adversarial, { x }) =>
    tf.clipByValue(tf.add(x, tf.mul(tf.sub(adversarial, x), 3)), 0, 1),
  ),
  'attack/not-weaker-than-nothing': moved((adversarial, { x }) =>
    tf.clipByValue(tf.sub(tf.mul(x, 2), adversarial), 0, 1),
  ),
  'attack/success-is-true': altered((outcome) => {
    const success = tf.tidy(() => tf.logicalNot(outcome.success));
    outcome.success.dispose();
    return { ...outcome, success };
  }),
  'attack/targeted': () => {
    const attack = goodAttack();
    return {
      ...attack,
      doPerturb: ({ targets, ...problem }, context) =>
        attack.doPerturb({ ...problem, labels: targets ?? problem.labels }, context),
    };
  },
  'attack/batch-independent': moved((adversarial, { x }) =>
    tf.add(x, tf.div(tf.sub(adversarial, x), x.shape[0] as number)),
  ),
  'attack/same-seed-same-result': moved((adversarial) => tf.mul(adversarial, 1 - 1e-4 * impureNumber())),
  'attack/other-seed-other-result': () => {
    const attack = goodAttack();
    return { ...attack, supports: { ...attack.supports, stochastic: true } };
  },
  'attack/inputs-untouched': altered((outcome, { labels }) => {
    labels.dispose();
    return outcome;
  }),
  'attack/no-leak': altered((outcome) => {
    tf.keep(tf.scalar(1));
    return outcome;
  }),
};

onEachBackend(() => {
  describe('attack checks', () => {
    test('pass for a good attack', async () => expect(await failing(attackChecks(goodAttack, { radius }))).toEqual([]));

    test('each has something that breaks it', () =>
      expect(Object.keys(broken).sort()).toEqual(idsOf(attackChecks(goodAttack, { radius }))));

    for (const [id, make] of Object.entries(broken)) {
      test(`${id} fails for the attack that breaks it`, async () => {
        expect(await failing(attackChecks(make, { radius }))).toContain(id);
      });
    }
  });
});
