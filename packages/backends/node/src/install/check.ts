import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Device } from '../binding/types.js';
import { installFailure } from './failure.js';
import { isRecent, oldestVersion, type Library } from './library.js';
import type { InstallContext } from './python.js';

/** What a build was found to be. */
export interface CheckedBuild {
  /** Version of TensorFlow, by itself. */
  readonly tensorflow: string;
  readonly devices: readonly Device[];
  /** The largest difference from the numbers that were expected; below 1e-4. */
  readonly error: number;
}

/** Loads a build in a process of its own, and computes a convolution and its gradients with it. */
export async function checkBuild(context: InstallContext, library: Library, build: string): Promise<CheckedBuild> {
  context.note('Checking the build with a convolution and its gradients …');
  const checked = await runCheck(context, build);
  if (!isRecent(checked.tensorflow)) throw wrongVersion(library, checked.tensorflow);
  if (context.variant === 'node-gpu' && !checked.devices.some(({ type }) => type === 'GPU'))
    throw installFailure(
      'check',
      `TensorFlow ${checked.tensorflow} finds no GPU: a TensorFlow with CUDA (--pip fetches one), NVIDIA's driver and its GPU are needed.`,
      { devices: checked.devices },
    );
  if (checked.error < 1e-4) return checked;
  throw installFailure(
    'check',
    `The build computes wrongly: an error of ${checked.error} in the gradients of a convolution.`,
  );
}

/** The error of a library of the wrong version. */
export function wrongVersion({ origin }: Library, version: string) {
  return installFailure(
    'library',
    `${origin[0]?.toUpperCase()}${origin.slice(1)} is TensorFlow ${version}; TensorFlow ${oldestVersion} or a later 2.x is needed (--pip fetches one).`,
    { version, oldest: oldestVersion },
  );
}

function runCheck({ variant, environment }: InstallContext, build: string): Promise<CheckedBuild> {
  const program = new URL(
    import.meta.url.endsWith('.ts') ? './check-program.ts' : './check-program.js',
    import.meta.url,
  );
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(program), [variant, build], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let said = '';
    let checked: CheckedBuild | undefined;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('message', (message) => (checked = message as CheckedBuild));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0 && checked !== undefined) return resolve(checked);
      const end = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
      const words = said.trim().split('\n').slice(-12).join('\n');
      reject(
        installFailure('check', `The binding was built but does not work; its check ${end}:\n${words}`, {
          status,
          signal,
        }),
      );
    });
  });
}
