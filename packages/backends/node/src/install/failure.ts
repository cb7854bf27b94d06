import { EquipoiseError } from '@equipoise/spec';

/** Where an installation stopped. */
export type InstallStep = 'platform' | 'lock' | 'library' | 'python' | 'sources' | 'compiler' | 'build' | 'check';

/** The error of an installation that failed; what was installed before is still in use. */
export function installFailure(
  step: InstallStep,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): EquipoiseError {
  return new EquipoiseError('EQUIPOISE_BACKEND_INSTALL', `${message}\nNothing was changed.`, {
    details: { step, ...details },
    cause,
  });
}
