import { ballNorms, lengthSchema, normOption } from '@equipoise/ascent';
import { componentOption, scheduleSchema } from '@equipoise/kit';
import { evaluationOption, trainingOptions, withTrainingRules } from '@equipoise/training';
import * as z from 'zod';

const free = z.strictObject({
  replays: z.int().min(1).default(8).describe('m: updates of weights and perturbation on each batch'),
  norm: normOption(ballNorms),
  eps: lengthSchema.describe('Radius in units of the input, a number or a fraction such as "8/255"'),
  stepSize: lengthSchema.optional().describe('Length of a step of the perturbation; default the radius'),
});

const { earlyStopping, checkpoints, logEvery, ...first } = trainingOptions;

const shape = z.strictObject({
  attack: componentOption('attack', 'pgd')
    .optional()
    .describe('What moves the inputs before every update; not with `free` or `lossAttacks`'),
  free: free
    .optional()
    .describe('Free adversarial training in the place of an attack: one backward pass for weights and perturbation'),
  lossAttacks: z.boolean().default(false).describe('The loss attacks by itself, as "trades" does'),
  eps: z
    .union([lengthSchema, scheduleSchema])
    .optional()
    .describe(
      "Radius in the place of the attack's own: a number, or a schedule over the steps whose rate is taken for the radius",
    ),
  cleanWeight: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('w: weight of the loss on clean inputs; that on adversarial ones has the weight 1 - w'),
  warmStart: z
    .boolean()
    .default(false)
    .describe("An example's attack starts from its last perturbation; holds 4 bytes for each value of the data set"),
  ...first,
  evaluation: evaluationOption(['robustAccuracy', 'accuracy', 'crossEntropy'])
    .optional()
    .describe('Evaluation during training; none if left out'),
  evaluationAttack: componentOption('attack', 'pgd')
    .optional()
    .describe('The attack of `robustAccuracy`; default the attack of the training'),
  keepBest: z
    .boolean()
    .default(false)
    .describe('At the end the model gets the weights of its best evaluation; choose by held-out examples'),
  earlyStopping,
  checkpoints,
  logEvery,
});

/** The schema of the options of the trainer `adversarial`. */
export const adversarialSchema = withTrainingRules(shape)
  .refine((options) => sources(options) === 1, {
    path: ['attack'],
    error: 'Give one of attack, { "use": "pgd", … }, free, or lossAttacks: true.',
  })
  .refine(({ warmStart, attack }) => !warmStart || attack !== undefined, {
    path: ['warmStart'],
    error: 'Needs attack, whose start it sets.',
  })
  .refine(({ eps, lossAttacks }) => eps === undefined || !lossAttacks, {
    path: ['eps'],
    error: 'Belongs to attack and free; a loss that attacks by itself has a radius of its own.',
  })
  .refine(({ keepBest, evaluation }) => !keepBest || evaluation !== undefined, {
    path: ['keepBest'],
    error: 'Needs evaluation, which says what is best.',
  })
  .refine(
    ({ attack, evaluationAttack, evaluation }) =>
      attack !== undefined || evaluationAttack !== undefined || evaluation?.metric !== 'robustAccuracy',
    { path: ['evaluationAttack'], error: 'Needed by metric: "robustAccuracy", the default, where there is no attack.' },
  );

function sources({ attack, free, lossAttacks }: z.output<typeof shape>): number {
  return Number(attack !== undefined) + Number(free !== undefined) + Number(lossAttacks);
}

/** Options of the trainer `adversarial`, as they are given. */
export type AdversarialOptions = z.input<typeof adversarialSchema>;

/** Options of the trainer `adversarial` with the defaults filled in. */
export type AdversarialSettings = z.output<typeof adversarialSchema>;

/** Options of free adversarial training with the defaults filled in. */
export type FreeSettings = z.output<typeof free>;
