/** Where the present comes from. Handed in, so that tests can choose it. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A moment after which an answer is of no use, in milliseconds since the epoch. */
export class Deadline {
  readonly atMs: number;

  private constructor(atMs: number) {
    this.atMs = atMs;
  }

  /** The moment that lies so many milliseconds ahead. */
  static after(durationMs: number): Deadline {
    return new Deadline(Date.now() + durationMs);
  }

  /** Milliseconds that are left, never below zero. */
  remainingMs(): number {
    return Math.max(0, this.atMs - Date.now());
  }

  get isPast(): boolean {
    return this.remainingMs() === 0;
  }

  /** The earlier of this and the moment so many milliseconds ahead. */
  atMost(durationMs: number): Deadline {
    return new Deadline(Math.min(this.atMs, Date.now() + durationMs));
  }
}

/** Resolves after so many milliseconds. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
