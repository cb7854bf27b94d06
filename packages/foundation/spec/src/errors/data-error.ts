import { EquipoiseError, type ErrorDetails } from './equipoise-error.js';

/** Thrown when data cannot be what they claim to be: corrupt or truncated files, NaN, labels out of range, no examples. */
export class DataError extends EquipoiseError {
  /**
   * @param message what was found, where, and what was expected
   * @param details the same for programs
   * @param cause the error that led to this one
   */
  constructor(message: string, details: ErrorDetails = {}, cause?: unknown) {
    super('EQUIPOISE_DATA', message, cause === undefined ? { details } : { details, cause });
  }
}
