import { pgd } from '@equipoise/attack-pgd';
import { crossEntropy } from '@equipoise/autodiff';
import { fromArrays } from '@equipoise/dataset-combinators';
import { createRng, runAttack, scoring } from '@equipoise/kit';
import { crossEntropyLoss } from '@equipoise/loss-cross-entropy';
import { mlp } from '@equipoise/model-vision';
import type { Model, RunContext } from '@equipoise/spec';
import { supervised } from '@equipoise/trainer-supervised';
import * as tf from '@tensorflow/tfjs-core';
import { asTimes, measure, type Step, type Timing } from '../measure.js';
import { median, toDigits } from '../statistics.js';
import { measuring, type Workload, type WorkloadTask } from '../workload.js';
import { perturbWith } from './pgd.js';
import { mnistNetwork, randomBatch, trainingStep } from './training.js';

const steps = 100;
const eps = 0.3;
const stepSize = 0.01;

/**
 * What the library adds to a step of its own: a network of one unit is trained by `supervised`, and by a loop that holds the same
 * mathematics and nothing else; and attacked by `pgd` for its last iterate, and by ten lines of TensorFlow.js. As the network costs nothing, the
 * difference is batches, validation, events, counting and verdicts. `of_step` is its share of a step of the MNIST network.
 */
export const overhead: Workload = {
  name: 'overhead',
  description: 'what the library adds to a training step and to a step of an attack',
  isAlone: true,
  tooSlowOn: ['cpu'],
  run: async (task) => [await ofTraining(task), await ofAttack(task)],
};

async function ofTraining(task: WorkloadTask) {
  const model = tinyNetwork();
  const bare = trainingStep(crossEntropyLoss(), { model });
  const library = await training(model);
  const pairs = await inPairs(task, library, async () => {
    for (let step = 0; step < steps; step++) await bare();
  });
  const step = await timeOf(trainingStep(crossEntropyLoss()), task);
  return describe('training', task, pairs, step);
}

async function ofAttack(task: WorkloadTask) {
  const batch = randomBatch(0);
  const model = tinyNetwork();
  const context: RunContext = { rng: createRng(0), report: () => undefined };
  const attack = pgd({ eps, stepSize, steps, keep: 'last' });
  const pairs = await inPairs(
    task,
    async () => {
      const { adversarial, success } = await runAttack(attack, { model, ...batch }, context);
      await success.data();
      tf.dispose([adversarial, success]);
    },
    () => bareAttack(model, batch.x, batch.labels),
  );
  const [network, some] = [mnistNetwork(), 5];
  const whole = await timeOf(async () => {
    const moved = await perturbWith({ eps, stepSize, steps: some }, network, batch, createRng(0));
    await moved.data();
    moved.dispose();
  }, task);
  return describe('attack', task, pairs, whole / some);
}

/** The same steps by hand. */
async function bareAttack(model: Model, x: tf.Tensor, labels: tf.Tensor1D): Promise<void> {
  const slope = tf.grad((at) => tf.sum(crossEntropy(model.forward(at, scoring).logits!, labels)));
  const [low, high] = tf.tidy(() => [tf.maximum(tf.sub(x, eps), 0), tf.minimum(tf.add(x, eps), 1)]);
  let moved = tf.clone(x);
  for (let step = 0; step < steps; step++) {
    const next = tf.tidy(() => {
      const ahead = tf.add(moved, tf.mul(tf.sign(slope(moved)), stepSize));
      return tf.minimum(tf.maximum(ahead, low!), high!);
    });
    moved.dispose();
    moved = next;
  }
  await moved.data();
  tf.dispose([moved, low!, high!]);
}

async function training(model: Model): Promise<Step> {
  const batch = randomBatch(0);
  const [x, labels] = [await batch.x.data(), await batch.labels.data()];
  const dataset = fromArrays({ inputShape: [28, 28, 1], classes: 10, x, labels });
  const trainer = supervised({ steps, batchSize: 64 });
  return async () => {
    const context: RunContext = { rng: createRng(0), report: () => undefined };
    const events = trainer.doFit({ model, dataset, loss: crossEntropyLoss() }, context);
    for await (const event of events) if (event.type === 'end') break;
  };
}

function tinyNetwork(): Model {
  return mlp({ inputShape: [28, 28, 1], hidden: [1], classes: 10, seed: 0 });
}

async function inPairs(task: WorkloadTask, library: Step, bare: Step) {
  return measure({ library, bare }, measuring(task, { values: 31, warmUp: 3, limitSeconds: 60 }));
}

async function timeOf(step: Step, task: WorkloadTask): Promise<number> {
  const { timing } = await measure({ timing: step }, measuring(task, { values: 10, warmUp: 2, limitSeconds: 30 }));
  return median(timing.milliseconds);
}

function describe(name: string, task: WorkloadTask, pairs: Readonly<Record<'library' | 'bare', Timing>>, step: number) {
  const { library, bare } = pairs;
  const milliseconds = library.milliseconds.map((time, index) => (time - bare.milliseconds[index]!) / steps);
  const share = toDigits((100 * median(milliseconds)) / step, 3);
  const details = { of_step: `${share} %`, step: toDigits(step, 3) };
  return asTimes({ workload: 'overhead', backend: task.backend, case: name, details }, 'ms/step', {
    ...library,
    milliseconds,
  });
}
