/**
 * Runs work side by side, a few pieces at a time, but never two pieces that share a key: those run in the order in which
 * they came. What follows a piece that failed, by a shared key, fails with it.
 */
export class RowLanes {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(concurrency: number) {
    this.#free = concurrency;
  }

  /** Runs a piece of work once whatever came before it on its keys has ended. */
  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = keys.map((key) => this.#last.get(key));
    const result = Promise.all(before).then(() => this.#whenFree(work));
    for (const key of keys) this.#last.set(key, result);
    return result;
  }

  async #whenFree<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
