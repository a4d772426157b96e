import { runSeed } from '../rows.js';
import { type Found, type Searched, search } from './random-history.js';

/** Workers that search side by side, each in a test file of its own. */
const workers = 2;
/** Far more than one run gets through: workers that are given one seed never go through the same histories. */
const seedsApart = 500_000_000;
const progressMs = 30_000;

const wanted = Number(process.env['MERGE_HISTORIES']) || null;
/** Time of a worker when no number is asked for; how many histories that makes is printed, and the machine's business. */
const budgetMs = Number(process.env['MERGE_MINUTES'] ?? 3) * 60_000;
/** Fewer, even on a busy machine, would prove less than the short run. */
const historiesMin = 5_000;
const seed = Number(process.env['MERGE_SEED']) || runSeed();

/** Time that a test of a long search is given, in milliseconds; a number that was asked for takes as long as it takes. */
export const longSearchMaxMs = wanted === null ? 1_200_000 : 24 * 60 * 60_000;

/** First seed of a worker. */
export function seedOf(worker: number): number {
  return seed + worker * seedsApart;
}

/**
 * The part of one worker in a long search. `MERGE_HISTORIES` asks for exactly so many histories of all workers together,
 * however long they take; otherwise each goes on for `MERGE_MINUTES`. Progress is printed.
 */
export async function longSearch(worker: number): Promise<Found> {
  const startedAtMs = Date.now();
  const own = wanted === null ? null : Math.floor((wanted + worker) / workers);
  let toldAtMs = startedAtMs;
  const tell = (searched: Searched): void => {
    toldAtMs = Date.now();
    const { histories, commands, merges, faults } = searched;
    const perSecond = (histories / Math.max(1, toldAtMs - startedAtMs)) * 1_000;
    process.stdout.write(
      `worker ${worker}, MERGE_SEED=${seed}, ${Math.round((toldAtMs - startedAtMs) / 1_000)} s: ${histories} histories, ` +
        `${commands} commands, ${merges} merges, ${faults} faults, ${perSecond.toFixed(1)} histories/s\n`,
    );
  };
  const found = await search(seedOf(worker), (histories, searched) => {
    if (Date.now() - toldAtMs > progressMs) tell(searched);
    if (own !== null) return histories >= own;
    return histories >= historiesMin && Date.now() - startedAtMs > budgetMs;
  });
  tell(found);
  return found;
}
