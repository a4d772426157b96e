import type { ProfileMergeInput } from '../../../src/generated/resolvers-types.js';
import { Refusal } from '../../../src/kernel/errors.js';
import { formatNodeId } from '../../../src/kernel/ids.js';
import { undoMerge } from '../../../src/merges/merge-undo.service.js';
import { mergeProfiles } from '../../../src/merges/profile-merge.service.js';
import { mergeInput, review } from '../merging.js';
import { brandHandle } from './explorer-world.js';
import { kindsWithHolds } from './points-hold.js';
import { quietly, repeated } from './repeated.js';
import type { Means, Sent, Told, WishOf } from './wishes.js';

/** Reviews of a merge that others keep making stale. */
const reviewsMax = 3;

/** Reviewed aside, as people do; whoever finds the plan stale looks again and asks anew. */
export async function pursueMerge(wish: WishOf<'merge'>, means: Means, last: Sent): Promise<Partial<Told>> {
  const { group, aside, reviewed } = means;
  for (let round = 1; ; round += 1) {
    const idempotencyKey = `${wish.key}-review-${round}`;
    last.sent = idempotencyKey;
    const look = () => reviewedInput(wish, means, idempotencyKey);
    const reviewing = reviewed.get(idempotencyKey) ?? aside(look);
    reviewed.set(idempotencyKey, reviewing);
    const input = await reviewing;
    try {
      return await repeated(async () => {
        const { merge } = await mergeProfiles(group.context(), input);
        return { mergeId: merge?._id };
      });
    } catch (error) {
      const isStale = error instanceof Refusal && error.refusals.some(({ code }) => code === 'PLAN_STALE');
      if (!isStale || round === reviewsMax) throw error;
    }
  }
}

/** What is sent after a look at the plan's hash and nothing else of it. */
async function reviewedInput(wish: WishOf<'merge'>, means: Means, idempotencyKey: string): Promise<ProfileMergeInput> {
  const { group, people } = means;
  const [loser, winner] = [people[wish.loser], people[wish.winner]];
  return mergeInput(group, loser, winner, { idempotencyKey, planHash: await planHashOf(wish, means) });
}

/** Reads rows that are the same in every history as long as nothing was written: then one look is enough for all. */
async function planHashOf({ loser, winner }: WishOf<'merge'>, means: Means): Promise<string> {
  const { group, people, firstPlans } = means;
  // Made in any case: requests are numbered, and the number is written down.
  const context = group.context({ selection: new Map() });
  const pair = `${loser}${winner}`;
  const known = means.isUntouched() ? firstPlans.get(pair) : undefined;
  if (known !== undefined) return known;
  const { hash } = await review(group, people[loser], people[winner], [], context);
  // Still untouched, so nothing was written while it read.
  if (means.isUntouched()) firstPlans.set(pair, hash);
  return hash;
}

/** Takes back the last merge of a profile that has not been taken back; does nothing when there is none. */
export async function pursueUndo(
  { of, key }: WishOf<'undo'>,
  { group, people, store }: Means,
  last: Sent,
): Promise<Partial<Told>> {
  const isWanted = (row: Readonly<Record<string, unknown>>): boolean =>
    row['loserId'] === people[of]._id && row['undoneAt'] === undefined;
  const merge = store.all('merges').findLast(isWanted);
  if (merge === undefined) return {};
  last.sent = key;
  const input = { mergeId: formatNodeId('merge', brandHandle, merge._id), idempotencyKey: key };
  return repeated(() => quietly(undoMerge(group.context(), input, kindsWithHolds)));
}
