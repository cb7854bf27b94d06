import { findStarts, growingNoise, inTurn, logitObjectives, problemEvaluator, type Proposal } from '@equipoise/ascent';
import { plb } from '@equipoise/attack-plb';
import { createRng } from '@equipoise/kit';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import type { AttackProblem, RunContext } from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import { asTimes, measure, type Timing } from '../measure.js';
import { measuring, type Workload } from '../workload.js';
import { batchSize, type LabelledBatch, mnistNetwork, trainingStep } from './training.js';

const images = 100;
const classes = 10;
const outer = 3;
const inner = 30;

/** Backtracks at most: with two of them every image has three candidates, as in the peer's fixed work. */
const backtracks = { 'three candidates': 2, 'until all are misclassified': 12 } as const;

/** Inner iterations of the proximal log-barrier attack in l2 on the MNIST network, fitted to a small problem; starts are not timed. */
export const plbIteration: Workload = {
  name: 'plb',
  description: 'inner iteration of the proximal log-barrier attack in l2 on the MNIST network, batch 100',
  tooSlowOn: ['cpu'],
  run: async (task) => {
    const problem = await separableProblem();
    const context: RunContext = { rng: createRng(0), report: () => undefined };
    const attackWith = (maxBacktracks: number) => async () => {
      const attack = plb({ norm: 'l2', outer, inner, maxBacktracks });
      const { adversarial, success } = await attack.doPerturb(problem, context);
      await adversarial.data();
      tf.dispose([adversarial, success]);
    };
    const steps = Object.fromEntries(Object.entries(backtracks).map(([name, count]) => [name, attackWith(count)]));
    const timings = await measure(steps, measuring(task, { values: 3, warmUp: 1, limitSeconds: 120 }));
    return Object.entries(timings).map(([name, timing]) => perIteration(name, timing, task.backend));
  },
};

function perIteration(name: string, timing: Timing, backend: string) {
  const milliseconds = timing.milliseconds.map((time) => time / (outer * inner));
  const details = { batch: images, outer, inner };
  return asTimes({ workload: 'plb', backend, case: name, details }, 'ms/step', { ...timing, milliseconds });
}

/** Smooth prototypes with noise, a network fitted to them, and a start for each of the images. */
async function separableProblem(): Promise<AttackProblem> {
  const rng = createRng(0);
  const prototypes = tf.tidy(() => {
    const grid = tf.tensor4d(rng.fork('prototypes').uniforms(classes * 49), [classes, 7, 7, 1]);
    return tf.image.resizeBilinear(grid, [28, 28], false, true);
  });
  const model = mnistNetwork();
  const batches = Array.from({ length: 40 }, (_, index) => noisy(prototypes, batchSize, index));
  const fit = trainingStep(crossEntropyLoss(), { model, batches });
  for (let step = 0; step < batches.length; step++) await fit();
  const problem = { model, ...noisy(prototypes, images, batches.length) };
  return { ...problem, start: await startsOf(problem) };
}

function noisy(prototypes: tf.Tensor4D, size: number, seed: number): LabelledBatch {
  const rng = createRng(seed);
  const labels = tf.tensor1d(
    Array.from({ length: size }, (_, index) => index % classes),
    'int32',
  );
  const x = tf.tidy(() => {
    const noise = tf.tensor4d(rng.fork('noise').normals(size * 784), [size, 28, 28, 1]);
    return tf.clipByValue(tf.add(tf.gather(prototypes, labels), tf.mul(noise, 0.1)), 0, 1);
  });
  return { x, labels, sampleIndices: Int32Array.from({ length: size }, (_, index) => seed * size + index) };
}

/** Noise that grows, else the next image, which is of another class. */
async function startsOf(problem: AttackProblem): Promise<tf.Tensor> {
  const rng = createRng(0);
  const noise = growingNoise({ distribution: 'normal', first: 0.01, growth: 1.06, rng });
  const nextImage: Proposal = (_, { rows }) =>
    tf.gather(
      problem.x,
      rows.dataSync().map((row) => (row + 1) % images),
    );
  const { x, isIdle, queries } = await findStarts({
    problem,
    evaluator: problemEvaluator(problem, { objective: logitObjectives.margin }),
    propose: inTurn(noise, 100, nextImage),
    attempts: 101,
    context: { rng, report: () => undefined },
  });
  tf.dispose([isIdle, queries]);
  return x;
}
