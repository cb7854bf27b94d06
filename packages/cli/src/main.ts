import { exitCodeOf, exitCodes, tellFailure } from './failure.js';
import { terminalOutput, type Output } from './output.js';
import { createProgram } from './program.js';

/**
 * Runs the command.
 *
 * @param parameters what stands after `equipoise` on the command line
 * @param output where to write
 * @returns the exit code: 0 success, 1 failure, 2 wrong use, 130 interrupted
 */
export async function main(parameters: readonly string[], output: Output = terminalOutput()): Promise<number> {
  try {
    await createProgram(output).parseAsync([...parameters], { from: 'user' });
    return exitCodes.success;
  } catch (error) {
    tellFailure(error, output, parameters.includes('--json'));
    return exitCodeOf(error);
  }
}
