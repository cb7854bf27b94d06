import { crossEntropy, logSoftmax } from '@equipoise/autodiff';
import { clipToBounds, createSchedule, factory, scoring, reportOnce, sampleNormals, withTensors } from '@equipoise/kit';
import {
  defineComponent,
  UnsupportedError,
  type AttackProblem,
  type ForwardMode,
  type Loss,
  type LossInput,
  type LossValue,
  type Model,
  type Prepared,
  type RunContext,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { divergence } from './divergence.js';
import { tradesSchema, type TradesSettings } from './options.js';

/**
 * TRADES: cross-entropy on the clean input, and how far the prediction moves where an attack moves it most.
 *
 * Formula: total = mean_i [ℓ(x_i, y_i) + β·KL(p(x_i) ‖ p(x_i'))], x_i' the point near x_i at which KL(p(x_i) ‖ p(·)) is largest, found by
 * the attack in scoring mode, from x + σn, because the gradient is zero at x itself. Gradients flow through both predictions.
 *
 * Source: Zhang, Yu, Jiao, Xing, El Ghaoui and Jordan (2019), "Theoretically principled trade-off between robustness and accuracy"
 * (arXiv 1901.08573), equation 5 with 1/λ = β and the KL divergence, as in the authors' code, which takes the model's modes and the
 * start with σ = 0.001 as here. Departure: x' may be found by any attack that takes an objective.
 *
 * It attacks by itself, so every trainer can train with it; `adversarial` with `lossAttacks: true` adds robust evaluation.
 */
export const tradesComponent = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'trades',
  description: 'Cross-entropy, and the divergence between predictions on clean and adversarial inputs',
  options: tradesSchema,
  references: { attack: 'attack' },
  create: (settings, context) => createTrades(settings, context),
});

/**
 * Makes the loss `trades` from code.
 * @throws InvalidOptionsError for options that the schema refuses
 * @throws UnsupportedError for an attack that takes no objective, or has no radius where `eps` is set
 */
export const trades = factory(tradesComponent);

function createTrades(settings: TradesSettings, context: RunContext): Loss {
  const { attack, beta, eps } = settings;
  if (attack.supports.objective === false)
    throw new UnsupportedError('Loss "trades"', 'an own objective', 'the attack');
  if (eps !== undefined && attack.threat?.eps === undefined) {
    throw new UnsupportedError('Option eps', 'a radius', 'the attack, which looks for the nearest success');
  }
  const radius = eps === undefined ? () => undefined : createSchedule(eps);
  const report = reportOnce((event) => context.report(event));
  return {
    needs: { labels: true, logits: true, views: 1, gradientOrder: 1 },
    variables: new Map(),
    doPrepare: (input) => prepare(settings, input, radius(input.step, input.steps), report),
    doCompute: (input, prepared) => valueOf(input, prepared, beta),
  };
}

/** The adversarial inputs of a batch: `{ adversarial }`. */
async function prepare(
  { attack, startNoise }: TradesSettings,
  { model, x, labels, sampleIndices, rng }: LossInput,
  eps: number | undefined,
  report: RunContext['report'],
): Promise<Prepared> {
  if (eps === 0) return { adversarial: tf.clone(x) };
  return withTensors(async (own) => {
    const clean = own(tf.tidy(() => logPredictions(model, x, scoring)));
    const problem: AttackProblem = {
      ...{ model, x, labels, sampleIndices, selectsRows: true },
      objective: (at, rows) => tf.tidy(() => divergence(tf.gather(clean, rows), logPredictions(model, at, scoring))),
      ...(eps !== undefined && { eps }),
      ...(startNoise > 0 && {
        start: own(
          tf.tidy(() => {
            const noise = sampleNormals(rng, 'start', sampleIndices, x.shape.slice(1));
            return clipToBounds(tf.add(x, tf.mul(startNoise, noise)), model.bounds);
          }),
        ),
      }),
    };
    const { adversarial } = own(await attack.doPerturb(problem, { rng: rng.fork('attack'), report }));
    return { adversarial };
  });
}

function valueOf({ model, x, labels, mode }: LossInput, prepared: Prepared, beta: number): LossValue {
  const { adversarial } = prepared;
  if (!adversarial) throw new UnsupportedError('loss "trades"', 'what doPrepare gives', 'the prepared tensors');
  const { logits } = model.forward(x, { ...mode, layers: false });
  if (!logits) throw new UnsupportedError('loss "trades"', 'logits', 'the model');
  const ofClean = tf.mean<tf.Scalar>(crossEntropy(logits, labels));
  const apart = tf.mean<tf.Scalar>(divergence(logSoftmax(logits), logPredictions(model, adversarial, mode)));
  const total = tf.add<tf.Scalar>(ofClean, tf.mul(beta, apart));
  return { total, parts: { crossEntropy: ofClean, divergence: apart } };
}

function logPredictions(model: Model, x: tf.Tensor, mode: ForwardMode): tf.Tensor2D {
  const { logits } = model.forward(x, { ...mode, layers: false });
  if (!logits) throw new UnsupportedError('loss "trades"', 'logits', 'the model');
  return logSoftmax(logits);
}
