import type { Database } from '../brands/database.js';

/** Who wants to know that this process has written facts to a database. Goes with the database. */
const listeners = new WeakMap<Database, Set<() => void>>();

/** Calls back whenever this process writes facts to the database. Returns how to end that. */
export function onOutboxWrite(database: Database, listener: () => void): () => void {
  const known = listeners.get(database) ?? new Set();
  listeners.set(database, known.add(listener));
  return () => known.delete(listener);
}

/** Says that facts are being written. Their commit is still to come: listeners look a little later, and again. */
export function pokeOutbox(database: Database): void {
  for (const listener of listeners.get(database) ?? []) listener();
}
