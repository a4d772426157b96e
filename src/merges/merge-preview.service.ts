import Big from 'big.js';
import { isSelected, type OperationContext, requireActor } from '../access/context.js';
import { hasScope } from '../access/scopes.js';
import type { BrandEntry } from '../brands/brands.js';
import type { MergePreviewInput } from '../generated/resolvers-types.js';
import { accountsOf, type ProfileRow, type ProfileView } from '../profiles/profile.js';
import { readProfile } from '../profiles/profile.service.js';
import { lookUpProfile } from '../profiles/profile-lookup.service.js';
import { balancesOf } from '../wallet/wallet.service.js';
import { adviseWinner, warningsOf } from './merge-advice.js';
import { type Belongings, historyOf, kindCounts, readBelongings } from './merge-history.service.js';
import { checkTakeFromLoser } from './merge-input.js';
import { staleLinksOf } from './merge-links.service.js';
import { type BalanceChange, type MergePlan, planMerge } from './merge-plan.js';
import { readable } from './merge-readable.js';

/** One of the two profiles under review: as the operation shows it, and as a whole for the plan. */
interface Reviewed {
  readonly entry: BrandEntry;
  readonly view: ProfileView;
  readonly row: ProfileRow;
  readonly belongings: Belongings;
}

/**
 * What merging two profiles would do, as they are now. Writes nothing. Null when either is not there or not the actor's.
 * Counts and balances are as of now and not part of the hash.
 * @throws AppError `BAD_USER_INPUT` for a malformed look-up or choice.
 */
export async function previewMerge(context: OperationContext, input: MergePreviewInput): Promise<MergePlan | null> {
  const takeFromLoser = checkTakeFromLoser(input.takeFromLoser);
  const [loser, winner] = await Promise.all([
    lookUpProfile(context, input.loser, ['input', 'loser']).then((view) => review(context, view)),
    lookUpProfile(context, input.winner, ['input', 'winner']).then((view) => review(context, view)),
  ]);
  if (loser === null || winner === null) return null;
  const decisions = planMerge({
    winner: { brand: winner.entry.brand, row: winner.row },
    loser: { brand: loser.entry.brand, row: loser.row },
    takeFromLoser,
    addressCount: winner.belongings.addresses.length + loser.belongings.addresses.length,
    mayGrantStatuses: hasScope(requireActor(context), 'grant-statuses'),
    staleLinks: await staleLinksOf(context, winner.entry, winner.row, loser.row),
  });
  const { brand } = winner.entry;
  const known = { winner: await knownOf(context, winner), loser: await knownOf(context, loser) };
  return {
    __typename: 'MergePlan',
    hash: decisions.hash,
    brand,
    winner: winner.view,
    loser: loser.view,
    isMergeable: decisions.blockers.length === 0,
    blockers: decisions.blockers,
    warnings: warningsOf(known.winner, known.loser, brand, context.clock.now()),
    suggestion: adviseWinner(known.winner, known.loser, brand),
    counts: kindCounts(loser.belongings),
    fields: decisions.fields.map((decision) => readable(decision, winner.belongings, loser.belongings)),
    comms: decisions.comms,
    balances: isSelected(context, 'MergePlan', 'balances') ? await balanceChanges(context, winner, loser) : [],
  };
}

async function review(context: OperationContext, view: ProfileView | null): Promise<Reviewed | null> {
  if (view === null) return null;
  const entry = context.brands.get(view.brand.handle);
  // The view holds what the document selects; a plan needs the whole profile.
  const row = await entry.database.run(context.deadline, () =>
    readProfile(entry.database, view._id, { deadline: context.deadline }),
  );
  if (row === null || row.version !== view.version)
    context.world.breach('a profile changed while its merge was reviewed');
  if (row === null) return null;
  return { entry, view, row, belongings: await readBelongings(context, entry, row) };
}

async function knownOf(
  context: OperationContext,
  { view, row, belongings }: Reviewed,
): Promise<{ row: ProfileRow; history: Awaited<ReturnType<typeof historyOf>> }> {
  const isWanted = isSelected(context, 'MergePlan', 'warnings') || isSelected(context, 'MergePlan', 'suggestion');
  const unread = { lastUsedAt: null, rowCount: 0, handles: [] };
  return { row, history: isWanted ? await historyOf(context, view, belongings) : unread };
}

/** Balances of both before and after, for every unit in which one of them holds something. */
async function balanceChanges(context: OperationContext, winner: Reviewed, loser: Reviewed): Promise<BalanceChange[]> {
  const [own, others] = await Promise.all([
    balancesOf(context, winner.entry, accountsOf(winner.row)),
    balancesOf(context, loser.entry, accountsOf(loser.row)),
  ]);
  return own
    .map(({ unit, amount }): BalanceChange => {
      const loserBefore = others.find((figure) => figure.unit === unit)?.amount ?? '0';
      return { unit, winnerBefore: amount, loserBefore, after: addDecimals(amount, loserBefore) };
    })
    .filter(({ winnerBefore, loserBefore }) => [winnerBefore, loserBefore].some((amount) => !new Big(amount).eq(0)));
}

/** The exact sum, with as many places as the longer of both has. */
function addDecimals(a: string, b: string): string {
  const places = Math.max(...[a, b].map((text) => text.split('.')[1]?.length ?? 0));
  return new Big(a).plus(b).toFixed(places);
}
