import { EquipoiseError, type ErrorDetails } from './equipoise-error.js';

/** Thrown when files cannot be read or written as asked: a full disk, a run folder that exists, a corrupted checkpoint. */
export class StorageError extends EquipoiseError {
  /**
   * @param message which file, what went wrong, what was kept, what to do
   * @param details the same for programs
   * @param cause the error of the operating system
   */
  constructor(message: string, details: ErrorDetails = {}, cause?: unknown) {
    super('EQUIPOISE_STORAGE', message, cause === undefined ? { details } : { details, cause });
  }
}
