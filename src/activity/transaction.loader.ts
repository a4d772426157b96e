import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { ClaimRow } from '../claims/claim.js';
import { findClaims } from '../claims/claim.store.js';
import type { Uuid } from '../kernel/ids.js';
import { madeOnce, nextTurn } from './activity-list.loader.js';
import { guestClaimId, type TransactionRow } from './transaction.js';
import { findTransactionKeys, findTransactionsAt } from './transaction.store.js';
import { transactionProjection } from './transaction-projection.js';

const byIdKey = memoKey<Map<string, DataLoader<Uuid, TransactionRow | null>>>('transactions by id');
const guestClaimKey = memoKey<Map<string, DataLoader<Uuid, ClaimRow | null>>>('claims of guest sales');

/** A transaction by id alone: its key says where it stands. Two commands per brand for all ids of one turn. */
export function loadTransaction(
  context: OperationContext,
  entry: BrandEntry,
  id: Uuid,
): Promise<TransactionRow | null> {
  const loaders = context.world.memo(byIdKey, () => new Map());
  const loader = madeOnce(
    loaders,
    entry.brand.handle,
    () =>
      new DataLoader<Uuid, TransactionRow | null>(async (ids) => {
        const { deadline } = context;
        const rows = await entry.database.run(deadline, async () => {
          const keys = await findTransactionKeys(entry.database, ids, { deadline });
          const places = [...keys.values()].flatMap((key) =>
            key.accountId === undefined ? [] : [{ id: key._id, accountId: key.accountId }],
          );
          return findTransactionsAt(entry.database, places, {
            deadline,
            projection: transactionProjection(context),
          });
        });
        const byId = new Map(rows.map((row) => [row._id, row]));
        return ids.map((each) => byId.get(each) ?? null);
      }, nextTurn),
  );
  return loader.load(id);
}

/** The claim by which a profile took over a guest account; null while nobody has. */
export function loadGuestClaim(
  context: OperationContext,
  entry: BrandEntry,
  accountId: Uuid,
): Promise<ClaimRow | null> {
  const loaders = context.world.memo(guestClaimKey, () => new Map());
  const loader = madeOnce(
    loaders,
    entry.brand.handle,
    () =>
      new DataLoader<Uuid, ClaimRow | null>(async (accounts) => {
        const ids = accounts.map(guestClaimId);
        const found = await entry.database.run(context.deadline, () =>
          findClaims(entry.database, ids, { deadline: context.deadline }),
        );
        return ids.map((id) => found.get(id) ?? null);
      }, nextTurn),
  );
  return loader.load(accountId);
}
