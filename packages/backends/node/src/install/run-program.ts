import { spawn } from 'node:child_process';

/** How a program ended. */
export interface ProgramResult {
  /** Exit status; `null` if it was killed or never started. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not start; `ENOENT` if there is no such program. */
  readonly failure?: NodeJS.ErrnoException;
}

/** Runs a program and waits for its end; never throws. */
export function runProgram(
  command: string,
  parameters: readonly string[],
  options: { readonly cwd?: string; readonly environment: NodeJS.ProcessEnv },
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const output = { stdout: '', stderr: '' };
    const child = spawn(command, parameters, {
      cwd: options.cwd,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', (failure) => resolve({ status: null, ...output, failure }));
    child.on('close', (status) => resolve({ status, ...output }));
  });
}

/** The last lines of what a program said. */
export function lastWords({ stdout, stderr, failure }: ProgramResult): string {
  if (failure !== undefined) return failure.message;
  return (stderr.trim() || stdout.trim()).split('\n').slice(-12).join('\n');
}
