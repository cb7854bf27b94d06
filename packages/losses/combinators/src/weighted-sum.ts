import { componentOption, createSchedule, disposeAll, factory, scheduleSchema } from '@equipoise/kit';
import {
  defineComponent,
  type Loss,
  type LossInput,
  type LossNeeds,
  type LossValue,
  type Prepared,
} from '@equipoise/spec';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';
import { namespaced, ofTerm, type Term } from './terms.js';

const termSchema = z.strictObject({
  loss: componentOption('loss').describe('The loss.'),
  weight: z
    .union([z.number(), scheduleSchema])
    .default(1)
    .describe(
      'What it is multiplied by: a number, or a schedule over the steps such as { schedule: "piecewise", points }.',
    ),
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'A name is a letter followed by letters, digits, _ and -.')
    .optional()
    .describe('Prefix of its parts and weights in logs and checkpoints; term1, term2, … if absent.'),
});

const schema = z.strictObject({
  terms: z
    .array(termSchema)
    .min(1)
    .superRefine((terms, context) => {
      const named = terms.map(nameOf);
      for (const [index, { loss }] of terms.entries()) {
        if (named.indexOf(named[index] as string) < index) {
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `Another term is named "${named[index]}" already.`,
          });
        }
        if (terms.findIndex((term) => term.loss === loss) < index) {
          const message = 'This very loss is in another term already; make a second one, or add the weights.';
          context.addIssue({ code: 'custom', path: [index, 'loss'], message });
        }
      }
    })
    .describe('The losses that are added, each with its weight.'),
});

/** Options of {@link weightedSum}. */
export type WeightedSumOptions = z.input<typeof schema>;

/**
 * The sum of losses, each multiplied by its weight: Σ_i weight_i · loss_i. Itself a loss, so that sums nest. A weight may follow a schedule
 * (of kit's `createSchedule`, the rate taken for the weight), to fade a term in or out.
 *
 * It needs what any of its terms needs. Parts, variables and prepared tensors of the term `name` are `name.…`; parts stay
 * unweighted. Each term draws from its own stream, `rng.fork(name)`, so that two terms of the same
 * kind do not share their noise. The sum owns its terms: disposing it disposes them.
 */
export const weightedSumComponent = defineComponent({
  specVersion: 1,
  kind: 'loss',
  name: 'weighted-sum',
  description: 'Sum of losses, each with its weight',
  options: schema,
  references: { terms: 'loss' },
  create: (options): Loss => {
    const terms = options.terms.map(termOf);
    return {
      needs: mergedNeeds(terms.map(({ loss }) => loss.needs)),
      variables: namespaced(terms, ({ loss }) => loss.variables),
      doPrepare: (input) => prepare(terms, input),
      doCompute: (input, prepared) => compute(terms, input, prepared),
      dispose: () => {
        for (const { loss } of terms) loss.dispose?.();
      },
    };
  },
});

/** Makes a weighted sum of losses; see {@link weightedSumComponent}. */
export const weightedSum = factory(weightedSumComponent);

function termOf(term: z.output<typeof termSchema>, index: number): Term {
  const { loss, weight } = term;
  return {
    name: nameOf(term, index),
    loss,
    weightAt: typeof weight === 'number' ? () => weight : createSchedule(weight),
  };
}

function nameOf({ name }: { readonly name?: string | undefined }, index: number): string {
  return name ?? `term${index + 1}`;
}

function mergedNeeds(needs: readonly LossNeeds[]): LossNeeds {
  return {
    labels: needs.some(({ labels }) => labels),
    logits: needs.some(({ logits }) => logits),
    views: Math.max(...needs.map(({ views }) => views)),
    gradientOrder: needs.some(({ gradientOrder }) => gradientOrder === 2) ? 2 : 1,
  };
}

function inputOf({ name }: Term, input: LossInput): LossInput {
  return { ...input, rng: input.rng.fork(name) };
}

async function prepare(terms: readonly Term[], input: LossInput): Promise<Prepared> {
  const prepared: Prepared[] = [];
  try {
    for (const term of terms) prepared.push((await term.loss.doPrepare?.(inputOf(term, input))) ?? {});
  } catch (error) {
    disposeAll(prepared);
    throw error;
  }
  return Object.fromEntries(namespaced(terms, (_, index) => Object.entries(prepared[index] as Prepared)));
}

function compute(terms: readonly Term[], input: LossInput, prepared: Prepared): LossValue {
  const values = terms.map((term) => term.loss.doCompute(inputOf(term, input), ofTerm(term, prepared)));
  const weighted = values.map(({ total }, index) =>
    tf.mul(total, (terms[index] as Term).weightAt(input.step, input.steps)),
  );
  const parts = namespaced(terms, (_, index) => Object.entries((values[index] as LossValue).parts));
  return {
    total: weighted.reduce((sum, value) => tf.add(sum, value)) as tf.Scalar,
    parts: Object.fromEntries(parts),
  };
}
