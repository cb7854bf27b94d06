import type { Norm } from '@equipoise/spec';
import * as z from 'zod';
import { logitObjectiveNames } from './objectives/logit-objective.js';

const lowerCase = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);

/**
 * The option `norm`: one of some norms, in any case (`Linf` is `linf`).
 * @param norms those that the attack knows; the first is the default
 */
export function normOption<const N extends readonly [string, ...string[]]>(norms: N) {
  return z
    .preprocess(lowerCase, z.enum(norms))
    .default(norms[0] as z.output<z.ZodEnum<{ [K in N[number]]: K }>>)
    .describe('Norm in which the radius is measured.');
}

const fraction = z
  .string()
  .regex(/^\s*\d+(\.\d+)?\s*\/\s*\d+(\.\d+)?\s*$/, { error: 'Expected a number, or a fraction such as "8/255".' })
  .transform((text) => {
    const [above, below] = text.split('/').map(Number) as [number, number];
    return above / below;
  })
  .pipe(z.number().nonnegative());

/** A length in units of the input: a number, or a fraction such as `"8/255"`. */
export const lengthSchema = z.union([z.number().nonnegative(), fraction]);

/** The option `eps`: one radius in units of the input, or one a sample of the batch. */
export const epsOption = z
  .union([lengthSchema, z.array(z.number().nonnegative()).min(1)])
  .describe(
    'Radius in units of the input, a number or a fraction such as "8/255"; or a list with one for each sample of the batch.',
  );

/** The option `objective` of attacks on logits. */
export const objectiveOption = z
  .enum(logitObjectiveNames)
  .describe('What is maximised, unless the problem brings an objective of its own.');

/** The three norms that have balls. */
export const ballNorms: readonly [Norm, Norm, Norm] = ['linf', 'l2', 'l1'];
