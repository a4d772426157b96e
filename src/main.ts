import { exitCodeOf, reportFailure } from './cli/failure.js';
import { createProgram } from './cli/program.js';

/**
 * Runs one command line.
 * @returns The exit code: 0 done, 1 failed, 2 called with the wrong words.
 */
export async function main(words: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    await program.parseAsync([...words], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    reportFailure(error, { isJson: words.includes('--json') });
    return exitCodeOf(error);
  }
}
