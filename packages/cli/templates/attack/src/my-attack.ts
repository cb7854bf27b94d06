import { crossEntropy, inputGradients } from '@equipoise/autodiff';
import { clipToBounds, factory, inference, rowsOf } from '@equipoise/kit';
import {
  defineComponent,
  UnsupportedError,
  type Attack,
  type AttackOutcome,
  type AttackProblem,
  type Criterion,
  type Objective,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const schema = z.strictObject({
  eps: z.number().positive().default(0.1).describe('Radius ε of the l-infinity ball, in units of the input.'),
});

/** Options of {@link myAttack}. */
export type MyAttackOptions = z.input<typeof schema>;

/**
 * One signed gradient step, x + ε·sign(∇ₓ J(x)), cut off at the model's bounds (Goodfellow et al., 2015, section 4).
 *
 * J is the problem's objective; without one, the cross-entropy of the labels, or minus that of the targets.
 */
export const myAttackComponent = defineComponent({
  specVersion: 1,
  kind: 'attack',
  name: 'my-attack',
  description: 'One signed gradient step in an l-infinity ball',
  options: schema,
  create: ({ eps }): Attack => ({
    supports: { norms: ['linf'], targeted: true, gradients: true, stochastic: false },
    doPerturb: async (problem) => perturb(problem, eps),
  }),
});

/** Makes the attack; see {@link myAttackComponent}. */
export const myAttack = factory(myAttackComponent);

function perturb(problem: AttackProblem, eps: number): AttackOutcome {
  const { model, x } = problem;
  const adversarial = tf.tidy(() => {
    const objective = objectiveOf(problem);
    const { gradients } = inputGradients((at) => objective(at, rowsOf(x)), x);
    return clipToBounds(tf.add(x, tf.mul(tf.sign(gradients), eps)), model.bounds);
  });
  return { adversarial, success: tf.tidy(() => criterionOf(problem)(adversarial, rowsOf(x))) };
}

function objectiveOf({ objective, model, labels, targets }: AttackProblem): Objective {
  if (objective) return objective;
  const logits = logitsOf(model);
  if (targets) return (x) => tf.neg(crossEntropy(logits(x), targets));
  return (x) => crossEntropy(logits(x), labels);
}

function criterionOf({ criterion, model, labels, targets }: AttackProblem): Criterion {
  if (criterion) return criterion;
  const logits = logitsOf(model);
  const predicted = (x: tf.Tensor) => tf.argMax(logits(x), 1);
  return (x) => (targets ? tf.equal(predicted(x), targets) : tf.notEqual(predicted(x), labels)) as tf.Tensor1D;
}

function logitsOf(model: AttackProblem['model']): (x: tf.Tensor) => tf.Tensor2D {
  return (x) => {
    const { logits } = model.forward(x, inference);
    if (!logits) throw new UnsupportedError('attack "my-attack"', 'logits', 'the model');
    return logits;
  };
}
