import { EquipoiseError } from './equipoise-error.js';

/** Thrown when what a component needs is not what another, or the backend, supports; checked before anything runs. */
export class UnsupportedError extends EquipoiseError {
  /**
   * @param subject who needs it, such as `loss "tikhonov"`
   * @param capability what is needed, such as `second-order gradients`
   * @param missingIn who lacks it, such as `model "graph"`
   */
  constructor(subject: string, capability: string, missingIn: string) {
    super('EQUIPOISE_UNSUPPORTED', `${subject} needs ${capability}, which ${missingIn} does not support.`, {
      details: { subject, capability, missingIn },
    });
  }
}
