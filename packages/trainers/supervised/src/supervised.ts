import { factory } from '@equipoise/kit';
import { defineComponent } from '@equipoise/spec';
import { train, type TrainingMethod } from '@equipoise/training';
import { withNoise } from './augmentation.js';
import { supervisedSchema, type SupervisedSettings } from './options.js';

/**
 * Supervised training: batches of the split `train`, one loss, one optimizer.
 *
 * Same backend, options and seed give the same bits, also over an interruption: the order of examples is a pure function
 * of (seed, epoch), all noise of (seed, step, example), and a checkpoint holds the rest. The loss is computed in
 * training mode, evaluations in inference mode.
 *
 * Events: `start`; `step` every `logEvery` steps; `evaluation`; `checkpoint` `best` after an evaluation that is the best
 * so far, `last` at intervals and at the end; `warning` with code `EQUIPOISE_BATCH_LARGER_THAN_DATA`,
 * `EQUIPOISE_RESUMED_WITH_OTHER_SEED` or `EQUIPOISE_STUCK_AT_CHANCE`; `end` with the reason.
 *
 * Errors, all before the first step where they can be: `ShapeError` (inputs of another shape than the model's),
 * `DataError` (empty split, label out of range, NaN in an example, a training state of something else),
 * `UnsupportedError` (the model lacks what the loss needs), and `NumericalError` when the loss or a weight is no longer
 * finite; the model then has the last weights whose loss was.
 */
export const supervisedComponent = defineComponent({
  specVersion: 1,
  kind: 'trainer',
  name: 'supervised',
  description: 'Supervised training with schedules, balanced sampling, noise, evaluation, checkpoints and resume',
  options: supervisedSchema,
  example: { steps: 12, batchSize: 16, logEvery: 1, checkpoints: { everySteps: 5 } },
  create: (settings) => ({ doFit: (task, context) => train(task, settings, context, methodOf(settings)) }),
});

/**
 * Makes the trainer `supervised` from code.
 * @throws InvalidOptionsError for options that the schema refuses
 */
export const supervised = factory(supervisedComponent);

function methodOf({ noise }: SupervisedSettings): TrainingMethod {
  return {
    name: 'supervised',
    stuck: {
      isDue: (step, { steps }) => step === Math.ceil(steps / 2) || step === steps,
      advice: 'Try another learning rate or initialisation.',
    },
    inputs: (examples, { model, rng, sampleIndices }) => withNoise(examples, noise, model.bounds, rng, sampleIndices),
  };
}
