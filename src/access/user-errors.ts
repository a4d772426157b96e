import { Refusal, type UserRefusal } from '../kernel/errors.js';

/**
 * What a mutation's work came to: either its value, or why nothing was written. The code of a refusal is typed `never`
 * because a thrown type cannot be tracked; so the list fits the `userErrors` of every payload. A service must refuse
 * with codes of its own noun only.
 */
export type UserOutcome<T> =
  | { readonly value: T; readonly userErrors: readonly UserRefusal<never>[] }
  | { readonly value: null; readonly userErrors: readonly UserRefusal<never>[] };

/**
 * Runs the work of a mutation and turns a {@link Refusal} into `userErrors`; every other error goes on to the error
 * boundary. `value` is null exactly when something was refused.
 */
export async function userErrorsOf<T>(work: () => Promise<T>): Promise<UserOutcome<T>> {
  try {
    return { value: await work(), userErrors: [] };
  } catch (error) {
    if (error instanceof Refusal) return { value: null, userErrors: error.refusals as readonly UserRefusal<never>[] };
    throw error;
  }
}
