import { EquipoiseError, type ErrorDetails } from './equipoise-error.js';

/** Thrown when a computation that must be finite is not: a NaN loss, an infinite gradient. */
export class NumericalError extends EquipoiseError {
  /**
   * @param message what is not finite, where, and what usually causes it
   * @param details the same for programs
   */
  constructor(message: string, details: ErrorDetails = {}) {
    super('EQUIPOISE_NUMERICAL', message, { details });
  }
}
