/** Wait after a poke: the commit that it announces is then through, and a burst of them costs one look. */
const pokeMs = 50;
/** Longest wait between two looks: how late something is noticed that another process wrote. */
const idleMsMax = 2_000;

/** What a {@link PacedLoop} is made of. */
export interface PacedLoopOptions {
  /** One look; returns whether there was anything to do. */
  readonly look: () => Promise<boolean>;
  /** Told of a look that failed. */
  readonly onError: (error: unknown) => void;
}

/** Looks again and again: at once while there is work, soon after a poke, ever more rarely while there is none. */
export class PacedLoop {
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #waitMs = pokeMs;
  #isStarted = false;
  #isPoked = false;

  constructor(private readonly options: PacedLoopOptions) {}

  start(): void {
    this.#isStarted = true;
    this.#schedule(0);
  }

  /** Lets the look that is under way end; no other follows. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#looking;
  }

  /** Says that there may be something to do soon. */
  poke(): void {
    if (!this.#isStarted) return;
    this.#isPoked = true;
    const isAboutToLook = this.#looking === null && this.#waitMs <= pokeMs;
    this.#waitMs = pokeMs;
    if (this.#looking === null && !isAboutToLook) this.#schedule(pokeMs);
  }

  #schedule(delayMs: number): void {
    if (!this.#isStarted) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#looking = this.#look().finally(() => {
        this.#looking = null;
      });
    }, delayMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    let hasWorked = false;
    this.#isPoked = false;
    try {
      hasWorked = await this.options.look();
    } catch (error) {
      this.options.onError(error);
    }
    if (hasWorked) this.#waitMs = pokeMs;
    else if (!this.#isPoked) this.#waitMs = Math.min(idleMsMax, this.#waitMs * 2);
    this.#schedule(hasWorked ? 0 : this.#waitMs);
  }
}

/** Runs work on every item, so many at a time, taken in order. After a failure none is taken; it is thrown when all have ended. */
export async function eachAtMost<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
