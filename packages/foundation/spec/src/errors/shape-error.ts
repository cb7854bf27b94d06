import { EquipoiseError } from './equipoise-error.js';

/** Thrown when a tensor or array does not have the shape that was expected; `null` stands for any length. */
export class ShapeError extends EquipoiseError {
  /**
   * @param subject what has the shape
   * @param expected the shape that was expected, `null` for any length
   * @param actual the shape that was given
   */
  constructor(subject: string, expected: readonly (number | null)[], actual: readonly number[]) {
    const show = (shape: readonly (number | null)[]) => `[${shape.map((length) => length ?? '*').join(', ')}]`;
    super('EQUIPOISE_SHAPE', `${subject} has shape ${show(actual)}; expected ${show(expected)}.`, {
      details: { subject, expected, actual },
    });
  }
}
