import { AppError } from '../../../src/kernel/errors.js';
import type { Told } from './wishes.js';

/** Calls of a client that got no answer, and repeats of a read that saw two moments. */
export const attemptsMax = 8;

/** Carried out; what it answers is looked at in the database. */
export async function quietly(work: Promise<unknown>): Promise<undefined> {
  await work;
}

/** A client that gets no answer, or is told to try again, sends the same once more. */
export async function repeated(work: () => Promise<Partial<Told> | undefined>): Promise<Partial<Told>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await work()) ?? {};
    } catch (error) {
      if (!(error instanceof AppError) || !error.isRetryable || attempt === attemptsMax) throw error;
    }
  }
}
