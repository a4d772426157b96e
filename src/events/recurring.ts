/** Work that has its turn now and then until it is stopped. */
export interface Recurring {
  /** Lets the turn under way end; no other follows. */
  stop(): Promise<void>;
}

/** What {@link startRecurring} goes by. */
export interface RecurringOptions {
  /** Wait before the first turn: a start has better things to do. */
  readonly firstMs: number;
  /** Wait after each turn. */
  readonly everyMs: number;
  /** One turn; asks now and then whether it should end early. Must not reject. */
  readonly turn: (isStopping: () => boolean) => Promise<void>;
}

/** Gives work its turns as long as the process lives. Processes that started together do not have them together. */
export function startRecurring({ firstMs, everyMs, turn }: RecurringOptions): Recurring {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let isStopping = false;
  const schedule = (ms: number): void => {
    if (isStopping) return;
    timer = setTimeout(
      () => {
        running = turn(() => isStopping).then(() => schedule(everyMs));
      },
      ms * (0.5 + Math.random()),
    );
    timer.unref();
  };
  schedule(firstMs);
  return {
    stop: async () => {
      isStopping = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
