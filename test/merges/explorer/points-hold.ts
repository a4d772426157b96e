import { Schema } from 'mongoose';
import type { OperationContext } from '../../../src/access/context.js';
import type { BrandEntry } from '../../../src/brands/brands.js';
import { defineCollection } from '../../../src/brands/collection.js';
import { commitOnce, type Decision, StaleRead } from '../../../src/events/commit-once.js';
import { Refusal } from '../../../src/kernel/errors.js';
import type { Uuid } from '../../../src/kernel/ids.js';
import { liveOwner } from '../../../src/links/slot.service.js';
import type { MergeKindDefinition } from '../../../src/merges/merge-kind.js';
import { mergeKinds } from '../../../src/merges/merge-kind.service.js';
import { accountsOf, type ProfileRow } from '../../../src/profiles/profile.js';
import { changeProfile, readProfile } from '../../../src/profiles/profile.service.js';
import { mutationIntent } from '../../../src/profiles/profile-target.service.js';
import type { PointHolding, WalletRow } from '../../../src/wallet/wallet.js';
import { walletCollection } from '../../../src/wallet/wallet.model.js';

/** Points set aside for a redemption, as stored. */
export interface HoldRow {
  readonly _id: string;
  /** Every account whose points and debts allowed it, not only those that gave points. */
  readonly accounts: readonly Uuid[];
  /** Points taken, by account. */
  readonly parts: Readonly<Record<Uuid, number>>;
  readonly at: Date;
}

/** Holds of a brand; their ids are the keys they were asked for with. */
export const holdCollection = defineCollection<HoldRow>('holds', {
  accounts: [String],
  parts: Schema.Types.Mixed,
  at: Date,
});

/** What is asked for. */
export interface HoldInput {
  /** Whose points; ids merged earlier stand for whoever they lead to. */
  readonly profileId: Uuid;
  readonly points: number;
  /** Which account gives first. */
  readonly first: 'oldest' | 'newest';
  readonly idempotencyKey: string;
}

/**
 * Sets points of a profile aside, as a service that spends points has to: decided outside, then one transaction that
 * touches the profile, which must still be what was read, and changes wallets in the revision that was read. A merge, an
 * undo or another hold that was faster makes it decide again.
 * @throws Refusal `INSUFFICIENT_POINTS`; nothing was written.
 */
export async function holdPoints(context: OperationContext, entry: BrandEntry, input: HoldInput): Promise<void> {
  const intent = mutationIntent(context, 'pointsHold', input);
  await commitOnce({ context, database: entry.database, intent, decide: () => decideHold(context, entry, input) });
}

async function decideHold(
  context: OperationContext,
  { database }: BrandEntry,
  { profileId, points, first, idempotencyKey }: HoldInput,
): Promise<Decision<{ readonly holdId: string }>> {
  const { deadline } = context;
  const owner = await liveOwner(database, profileId, deadline);
  const accounts = owner === null ? [] : accountsOf(owner);
  const wallets = await readWallets(context, { database }, accounts);
  const parts =
    owner === null ? null : partsOf(wallets, first === 'oldest' ? accounts : [...accounts].reverse(), points);
  if (owner === null || parts === null) {
    throw new Refusal([{ code: 'INSUFFICIENT_POINTS', message: 'There are not as many points', field: null }]);
  }
  const row: HoldRow = { _id: idempotencyKey, accounts, parts, at: context.clock.now() };
  return {
    result: { holdId: row._id },
    write: async (session) => {
      const now = await readProfile(database, owner._id, { deadline, session });
      // To touch it is not enough: the driver runs this again after a conflict, on what another has changed meanwhile.
      const isSame = now?.state === 'ACTIVE' && now.version === owner.version && now.touch === owner.touch;
      if (!isSame) throw new StaleRead('The profile');
      await touch(database, owner, session);
      for (const wallet of wallets) {
        const taken = parts[wallet._id];
        if (taken !== undefined) await take(database, wallet, taken, session);
      }
      await database.model(holdCollection).collection.insertOne(row as never, { session });
    },
  };
}

type Session = Parameters<NonNullable<Decision<{ readonly holdId: string }>['write']>>[0];

/** Every merge and undo of the profile meets this. */
async function touch(database: BrandEntry['database'], owner: ProfileRow, session: Session): Promise<void> {
  const filter = { _id: owner._id, state: 'ACTIVE' };
  if (!(await changeProfile(database, filter, { $inc: { touch: 1 } }, session))) throw new StaleRead('The profile');
}

async function take(
  database: BrandEntry['database'],
  wallet: WalletRow,
  taken: number,
  session: Session,
): Promise<void> {
  const [own, ...others] = wallet.points as [PointHolding, ...PointHolding[]];
  const points = [{ ...own, available: own.available - taken, held: own.held + taken }, ...others];
  const { collection } = database.model(walletCollection);
  const filter = { _id: wallet._id, rev: wallet.rev };
  const change = { $set: { points }, $inc: { rev: 1 } };
  const { matchedCount } = await collection.updateOne(filter as never, change as never, { session });
  if (matchedCount === 0) throw new StaleRead('A wallet');
}

async function readWallets(
  { deadline }: OperationContext,
  { database }: Pick<BrandEntry, 'database'>,
  accounts: readonly Uuid[],
): Promise<WalletRow[]> {
  return (await database.run(deadline, () =>
    database.model(walletCollection).find({ _id: { $in: [...accounts] } }, null, { lean: true }),
  )) as unknown as WalletRow[];
}

/** Points to take from each account; null when debts leave less than is wanted. */
function partsOf(wallets: readonly WalletRow[], order: readonly Uuid[], wanted: number): Record<Uuid, number> | null {
  if (spendableOf(wallets) < wanted) return null;
  const parts: Record<Uuid, number> = {};
  let rest = wanted;
  for (const account of order) {
    const available = wallets.find(({ _id }) => _id === account)?.points[0]?.available ?? 0;
    const taken = Math.min(rest, available);
    if (taken > 0) parts[account] = taken;
    rest -= taken;
  }
  return parts;
}

/** Points of all accounts together that are not owed. */
export function spendableOf(wallets: readonly WalletRow[]): number {
  return wallets.flatMap(({ points }) => points).reduce((sum, { available, debt }) => sum + available - debt, 0);
}

/** What a service that spends points adds to the kinds: nobody's points are taken back from a hold that rests on them. */
export const kindsWithHolds: readonly MergeKindDefinition[] = [
  ...mergeKinds,
  {
    kind: null,
    collections: ['holds'],
    rule: 'Stays with the accounts it rests on, which stay with one profile',
    undoBlockers: async ({ context, entry, loserAccounts, winnerAccounts }) => {
      const { database } = entry;
      const rows = (await database.run(context.deadline, () =>
        database.model(holdCollection).find({ accounts: { $in: [...loserAccounts] } }, null, { lean: true }),
      )) as unknown as HoldRow[];
      return rows
        .filter(({ accounts }) => accounts.some((account) => winnerAccounts.includes(account)))
        .map(() => 'Points of both were set aside together; end that first');
    },
  },
];
