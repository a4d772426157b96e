import type { Clock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';

/** Keys remembered at once: about 100 bytes each, so a flood of targets costs megabytes, not the process. */
const keysMax = 50_000;
const minuteMs = 60_000;

/**
 * Limits how often something may be done per minute, inside this process. A burst of a whole minute's worth is allowed,
 * afterwards places come back evenly. One number per key (generic cell rate algorithm, ITU-T I.371).
 */
export class RateLimiter {
  readonly #clock: Clock;
  /** When the key's places would all be free again, in milliseconds since the epoch; oldest use first. */
  readonly #freeAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes one place. The key must hold no personal data: use a digest.
   * @throws AppError `RATE_LIMITED` with `retryAfterSeconds`.
   */
  takeFrom(key: string, perMinute: number): void {
    const nowMs = this.#clock.now().getTime();
    const freeAtMs = Math.max(this.#freeAtMs.get(key) ?? 0, nowMs) + minuteMs / perMinute;
    const waitMs = freeAtMs - nowMs - minuteMs;
    // Dividing a minute is inexact; a place that is free within a millisecond counts as free.
    if (waitMs >= 1) {
      throw new AppError('RATE_LIMITED', 'This was asked for too often; wait and send it again', {
        details: { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) },
      });
    }
    this.#freeAtMs.delete(key);
    this.#freeAtMs.set(key, freeAtMs);
    if (this.#freeAtMs.size > keysMax) this.#forget(nowMs);
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#freeAtMs.size;
  }

  #forget(nowMs: number): void {
    for (const [key, freeAtMs] of this.#freeAtMs) if (freeAtMs <= nowMs) this.#freeAtMs.delete(key);
    for (const key of this.#freeAtMs.keys()) {
      if (this.#freeAtMs.size <= keysMax * 0.9) return;
      this.#freeAtMs.delete(key);
    }
  }
}
