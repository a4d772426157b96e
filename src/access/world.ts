/** Made by a room on first use inside one world. The key is the room's own object, so rooms cannot meet. */
export type MemoKey<T> = { readonly describe: string; readonly type?: T };

/** A key under which one room keeps one thing per world. */
export function memoKey<T>(describe: string): MemoKey<T> {
  return { describe };
}

/**
 * What one run of one operation has seen. Loaders and caches live here, so that every part of an answer stands on the
 * same documents; when two of them contradict each other, the world is marked as breached and the operation runs again
 * in a new one.
 */
export class World {
  readonly #memo = new Map<MemoKey<unknown>, unknown>();
  readonly #checks: (() => Promise<void>)[] = [];
  #breach: string | null = null;

  /** The thing a room keeps under its key; made by `create` when asked for first. */
  memo<T>(key: MemoKey<T>, create: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, create());
    return this.#memo.get(key) as T;
  }

  /** Says that what was read belongs to two moments that do not fit. The reason names the rule, no values. */
  breach(reason: string): void {
    this.#breach ??= reason;
  }

  /** Why the answer must not leave; null while all is well. */
  get breached(): string | null {
    return this.#breach;
  }

  /** Adds a last read to be made before the answer leaves, for example the confirmation of a consent's epoch. */
  beforeAnswer(check: () => Promise<void>): void {
    this.#checks.push(check);
  }

  /** Runs the last reads, those added meanwhile included. Afterwards `breached` tells. */
  async settle(): Promise<void> {
    while (this.#checks.length > 0) {
      const checks = this.#checks.splice(0);
      await Promise.all(checks.map((check) => check()));
    }
  }
}
