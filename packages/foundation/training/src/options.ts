import { optimizerSchema } from '@equipoise/kit';
import * as z from 'zod';

const count = z.int().positive();

const earlyStopping = z.strictObject({
  patience: count.describe('Stop after this many evaluations in a row without improvement'),
  minDelta: z.number().nonnegative().default(0).describe('The least change of the metric that counts as improvement'),
});

const interval = (what: string) => ({
  everySteps: count.optional().describe(`Steps between two ${what}`),
  everyEpochs: z.number().positive().optional().describe(`Epochs between two ${what}; 1 if neither is given`),
});

const oneInterval = (options: { everySteps?: number | undefined; everyEpochs?: number | undefined }) =>
  options.everySteps === undefined || options.everyEpochs === undefined;

const notBoth = { error: 'Give everySteps or everyEpochs, not both.' };

const checkpoints = z.strictObject(interval('checkpoints')).refine(oneInterval, notBoth);

/**
 * The option `evaluation` of a trainer.
 * @param metrics what can decide which weights are best; the first is the default
 */
export function evaluationOption<const Names extends readonly [string, ...string[]]>(metrics: Names) {
  return z
    .strictObject({
      split: z.string().min(1).default('test').describe('The split that is evaluated on'),
      heldOutFraction: z
        .number()
        .gt(0)
        .lt(1)
        .optional()
        .describe('Evaluate on this fraction of the training split instead, drawn by seed and not trained on'),
      ...interval('evaluations'),
      size: count.optional().describe('At most this many examples, the first ones of the split'),
      batchSize: count.default(500).describe('Examples at a time; changes nothing but memory and time'),
      metric: z
        .enum(metrics)
        .default(metrics[0] as z.output<z.ZodEnum<{ [K in Names[number]]: K }>>)
        .describe('What decides which weights are best: the highest accuracy or the lowest cross-entropy'),
    })
    .refine(oneInterval, notBoth);
}

/** The options that trainers share, as a shape for `z.strictObject`; `evaluation` is {@link evaluationOption}. */
export const trainingOptions = {
  epochs: z.number().positive().optional().describe('Passes over the data; 1 if neither epochs nor steps is given'),
  steps: count.optional().describe('Updates of the weights, instead of epochs'),
  batchSize: count.default(128).describe('Examples a step'),
  dropLast: z.boolean().default(false).describe('Whether an incomplete last batch of an epoch is left out'),
  sampling: z
    .enum(['shuffle', 'class-balanced'])
    .default('shuffle')
    .describe('Every example once an epoch, or every class equally often'),
  optimizer: optimizerSchema
    .prefault({ name: 'adam' })
    .describe('The optimizer and its learning rate, a number or a schedule over the steps of the run'),
  earlyStopping: earlyStopping.optional().describe('When to stop before the end; needs evaluation'),
  checkpoints: checkpoints.prefault({}).describe('How often the state is handed out; always at the end too'),
  logEvery: count
    .default(10)
    .describe('Steps between two step events; the loss is read from the device only then, and checked for NaN'),
};

type Shared = z.output<z.ZodObject<typeof trainingOptions>>;

/** What the loop needs to know; the output of a schema of {@link trainingOptions} and {@link evaluationOption}. */
export interface TrainingSettings extends Shared {
  /** Evaluation during training. */
  readonly evaluation?: EvaluationSettings | undefined;
}

/** Evaluation during training. */
export interface EvaluationSettings {
  /** The split that is evaluated on. */
  readonly split: string;
  /** Evaluate on this fraction of the training split instead. */
  readonly heldOutFraction?: number | undefined;
  /** Steps between two evaluations. */
  readonly everySteps?: number | undefined;
  /** Epochs between two evaluations. */
  readonly everyEpochs?: number | undefined;
  /** At most this many examples. */
  readonly size?: number | undefined;
  /** Examples at a time. */
  readonly batchSize: number;
  /** The metric that decides which weights are best; higher is better, but for `crossEntropy`. */
  readonly metric: string;
}

/** Adds to a schema of {@link trainingOptions} the rules between them. */
export function withTrainingRules<T extends z.ZodType<TrainingSettings>>(schema: T): T {
  return schema
    .refine((options) => options.epochs === undefined || options.steps === undefined, {
      error: 'Give epochs or steps, not both.',
    })
    .refine((options) => options.earlyStopping === undefined || options.evaluation !== undefined, {
      path: ['earlyStopping'],
      error: 'Needs evaluation, whose metric it watches.',
    });
}
