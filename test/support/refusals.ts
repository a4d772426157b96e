import { AppError, Refusal } from '../../src/kernel/errors.js';

/** Waits for work that must be refused; gives `CODE field.path` for each refusal, or the code of the error. */
export async function refusalsOf(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) {
      return error.refusals.map(({ code, field }) => (field === null ? code : `${code} ${field.join('.')}`));
    }
    if (error instanceof AppError) return [error.code];
    throw error;
  }
  throw new Error('The work was expected to be refused and was not');
}
