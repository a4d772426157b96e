import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import type { Brand } from './brand.js';
import type { BrandEntry } from './brands.js';

/** How a brand fared in answering a field that spans brands. */
export type BrandState = 'COMPLETE' | 'TIMED_OUT' | 'UNAVAILABLE' | 'LEFT_OUT';

/** How one brand fared. Shown to clients as `BrandStatus`. */
export interface BrandReport {
  readonly brand: Brand;
  readonly state: BrandState;
  /** Milliseconds until it answered or was given up on; null when it was not asked. */
  readonly latencyMs: number | null;
  readonly isRetryable: boolean;
}

/** A report with what the brand answered; `value` is there exactly when `state` is `COMPLETE`. */
export interface BrandAnswer<T> extends BrandReport {
  readonly value?: T;
}

/**
 * Asks several brands side by side, each with the same deadline. A brand that fails costs its own answer only; a fault
 * that has nothing to do with reaching a brand is thrown.
 */
export function fanOut<T>(
  entries: readonly BrandEntry[],
  options: { readonly deadline: Deadline; readonly log: Logger },
  ask: (entry: BrandEntry, deadline: Deadline) => Promise<T>,
): Promise<BrandAnswer<T>[]> {
  return Promise.all(
    entries.map(async (entry): Promise<BrandAnswer<T>> => {
      const startedAtMs = Date.now();
      const report = (state: BrandState, isRetryable: boolean): BrandReport => ({
        brand: entry.brand,
        state,
        latencyMs: Date.now() - startedAtMs,
        isRetryable,
      });
      try {
        const value = await entry.database.run(options.deadline, () => ask(entry, options.deadline));
        return { ...report('COMPLETE', false), value };
      } catch (error) {
        const state = brandStateOf(error);
        if (state === null) throw error;
        options.log.warn({ brand_id: entry.brand.handle, state, err: error }, 'A brand is missing from an answer');
        return report(state, true);
      }
    }),
  );
}

/** The state that a failure to reach a brand means; null for every other error. */
export function brandStateOf(error: unknown): BrandState | null {
  if (!(error instanceof AppError)) return null;
  if (error.code === 'BRAND_TIMEOUT') return 'TIMED_OUT';
  return error.code === 'BRAND_UNAVAILABLE' ? 'UNAVAILABLE' : null;
}
