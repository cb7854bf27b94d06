import type { Evaluator } from '../loop/contracts.js';

/**
 * Gradients of a stand-in, values and verdicts of the real thing: for models whose gradients are missing, shattered or masked
 * (backward pass differentiable approximation, Athalye et al. 2018, section 4.1), and for attacks by transfer.
 *
 * @param evaluator gives values and verdicts
 * @param surrogate gives the gradients
 */
export function withSurrogate(evaluator: Evaluator, surrogate: Evaluator): Evaluator {
  return {
    look: (x, place) => evaluator.look(x, place),
    slope: (x, place) => {
      const { values, success, gradients } = surrogate.slope(x, place);
      values.dispose();
      success.dispose();
      return { ...evaluator.look(x, place), gradients };
    },
  };
}
