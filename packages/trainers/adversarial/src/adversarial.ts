import { factory } from '@equipoise/kit';
import { defineComponent } from '@equipoise/spec';
import { train } from '@equipoise/training';
import { methodOf } from './method.js';
import { adversarialSchema } from './options.js';

/**
 * Adversarial training, min over the weights of the mean of max over x' near x of ℓ(x', y) (Madry et al. 2018, equation 2.1).
 *
 * Every step moves its batch by the attack, with the model in inference mode and no gradient of weights, and then updates the
 * weights in training mode on `w·ℓ(x) + (1 − w)·ℓ(x')`, w = `cleanWeight` (Goodfellow et al. 2015, section 6). The loss is that of the
 * task. Variants:
 *
 * - fast (Wong et al. 2020): an attack of one step from a random start, `pgd` with `steps: 1`, `stepSize` 1.25 eps, `keep: "last"`
 * - free (Shafahi et al. 2019, algorithm 1): option `free`; the gradient of the input comes with that of the weights, each batch is
 *   used `replays` times, and its perturbation is carried over to the next batch. It is taken in training mode, since it is the same pass.
 * - TRADES (Zhang et al. 2019): `lossAttacks` with the loss `trades`
 * - warm starts (Zheng et al. 2020, without their resets): option `warmStart`
 *
 * Same backend, options and seed give the same bits, also over an interruption: an example's attack draws from a stream that is a
 * pure function of (seed, step, example), and a checkpoint holds perturbations, best weights and counters.
 *
 * Events: as `supervised`, and: evaluations have `robustAccuracy`, the share of examples that are right and stay right under
 * the attack; steps have the parts `attackSuccess`, `eps`, and `clean.…` with a clean weight; warnings of attacks are reported once.
 * Warning `EQUIPOISE_CATASTROPHIC_OVERFITTING` when the attack of the training fails while that of the evaluation succeeds.
 * `EQUIPOISE_STUCK_AT_CHANCE` is looked for after the first epoch too.
 *
 * Errors: as `supervised`, and `UnsupportedError` for an attack that has no radius where `eps` is set. The first attack of a
 * run and all evaluations go through kit's `runAttack`, which throws `EQUIPOISE_BROKEN_CONTRACT`; the other attacks are not checked.
 */
export const adversarialComponent = defineComponent({
  specVersion: 1,
  kind: 'trainer',
  name: 'adversarial',
  description: 'Adversarial training with any attack and any loss; free and fast variants, robust early stopping',
  options: adversarialSchema,
  references: { attack: 'attack', evaluationAttack: 'attack' },
  create: (settings) => ({ doFit: (task, context) => train(task, settings, context, methodOf(settings)) }),
});

/**
 * Makes the trainer `adversarial` from code.
 * @throws InvalidOptionsError for options that the schema refuses
 */
export const adversarial = factory(adversarialComponent);
