import { CommanderError } from 'commander';
import { AppError } from '../kernel/errors.js';
import { paint } from './terminal.js';

/** Codes that mean: the command was called with the wrong words. */
const usageCodes = new Set(['USAGE']);

/** 0 for `--help` and the like, 2 for wrong words, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof AppError && usageCodes.has(error.code) ? 2 : 1;
}

/** Tells on standard error what went wrong; as one JSON object when asked for. Faults of ours come with their stack. */
export function reportFailure(error: unknown, options: { readonly isJson: boolean }): void {
  // Commander has told already what was wrong with the words.
  if (error instanceof CommanderError) return;
  const code = error instanceof AppError ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  if (options.isJson) {
    process.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);
    return;
  }
  process.stderr.write(`${paint('red', 'error')} ${code}: ${message}\n`);
  if (!(error instanceof AppError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}
