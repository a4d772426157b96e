import type { ClientSession } from 'mongoose';
import { type OperationContext, visibleBrand } from '../access/context.js';
import { World } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import { type AuditRow, auditRow } from '../events/audit.js';
import { commitOnce, type Decision, StaleRead } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import { type OutboxRow, outboxRow } from '../events/outbox.js';
import type { IngestOutcome, TransactionErrorCode, TransactionIngestInput } from '../generated/resolvers-types.js';
import { AppError, refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { type GuestAdoption, planGuestAdoption } from './awaited-return.service.js';
import { newCustomerFacts, writeRoute } from './customer-route.service.js';
import { locationIdOfCode } from './location.service.js';
import { readSale, type Sale } from './sale.js';
import { routeSale, type SaleRoute } from './sale-route.service.js';
import {
  contentHashOf,
  type IngestRouting,
  keyRowOf,
  returnsMax,
  type TransactionKeyRow,
  type TransactionRow,
  type TransactionView,
  transactionIdOf,
  transactionRow,
  transactionView,
} from './transaction.js';
import {
  addReturnToKey,
  findTransactionKeys,
  findTransactionsAt,
  fulfilTransactionKey,
  insertTransaction,
  insertTransactionKey,
} from './transaction.store.js';

/** What became of a transaction that was sent. */
export interface IngestedTransaction {
  readonly transaction: TransactionView;
  readonly outcome: IngestOutcome;
  readonly routing: IngestRouting;
}

type IngestResult = {
  readonly transactionId: Uuid;
  readonly accountId: Uuid;
  readonly outcome: IngestOutcome;
  readonly routing: IngestRouting;
};

/** Everything one sale writes, drawn before its transaction begins. */
interface IngestPlan {
  readonly entry: BrandEntry;
  readonly row: TransactionRow;
  readonly key: TransactionKeyRow;
  /** What stands under the sale's own key: null, or that a return awaits it. */
  readonly ownKey: TransactionKeyRow | null;
  readonly originalId: Uuid | null;
  readonly originalKey: TransactionKeyRow | null;
  readonly route: SaleRoute;
  readonly adoption: GuestAdoption | null;
  readonly outbox: readonly OutboxRow[];
  readonly audit: readonly AuditRow[];
}

/**
 * Takes in a completed sale or return, once: its brand, system and external id decide. One transaction holds the key (the
 * check), the row, a profile made for an unknown identity, the purchase's key of a return, the event and the audit row.
 * The same content again is answered from what is stored, by whichever process.
 * @throws Refusal with a `TransactionErrorCode`; AppError `BAD_USER_INPUT`, `RETRY`, `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`.
 */
export async function ingestTransaction(
  context: OperationContext,
  input: TransactionIngestInput,
): Promise<IngestedTransaction> {
  const entry = visibleBrand(context, input.brand);
  if (entry === null) {
    refuse<TransactionErrorCode>('BRAND_UNKNOWN', 'This token has no brand of this handle', ['brand']);
  }
  const sale = readSale(entry.brand, input, context.clock.now());
  let stored: TransactionRow | null = null;
  const { result } = await commitOnce<IngestResult>({
    context,
    database: entry.database,
    intent: null,
    decide: async (): Promise<Decision<IngestResult>> => {
      const decision = await decide(context, entry, sale);
      stored = decision.row;
      return decision;
    },
  });
  context.world = new World();
  const row = stored ?? (await readStored(context, entry, result));
  return {
    transaction: transactionView(row, entry.brand),
    outcome: result.outcome,
    routing: result.routing,
  };
}

async function readStored(context: OperationContext, entry: BrandEntry, result: IngestResult): Promise<TransactionRow> {
  const { deadline } = context;
  const place = { id: result.transactionId, accountId: result.accountId };
  const [row] = await entry.database.run(deadline, () =>
    findTransactionsAt(entry.database, [place], { deadline, isDeciding: true }),
  );
  if (row !== undefined) return row;
  // On a sharded cluster a commit can be seen on the key's shard before it is on the row's.
  throw new AppError('RETRY', 'The transaction is stored but cannot be read yet; send it again', {
    details: { brand: entry.brand.handle },
  });
}

async function decide(
  context: OperationContext,
  entry: BrandEntry,
  sale: Sale,
): Promise<Decision<IngestResult> & { readonly row: TransactionRow | null }> {
  const { content, customer } = sale;
  const { deadline } = context;
  const { handle } = entry.brand;
  const id = transactionIdOf(handle, content.system, content.externalId);
  const originalId =
    content.returnOfExternalId === null ? null : transactionIdOf(handle, content.system, content.returnOfExternalId);
  const ids = originalId === null ? [id] : [id, originalId];
  const keys = await findTransactionKeys(entry.database, ids, { deadline, isDeciding: true });
  const ownKey = keys.get(id) ?? null;
  const contentHash = contentHashOf(content, customer);
  if (ownKey?.state === 'DONE') return { result: replayOf(ownKey, contentHash), write: null, row: null };

  const originalKey = originalId === null ? null : (keys.get(originalId) ?? null);
  if ((originalKey?.returns.length ?? 0) >= returnsMax) {
    refuse<TransactionErrorCode>('TOO_MANY', `A purchase has at most ${returnsMax} returns`, ['returnOfExternalId']);
  }
  const now = context.clock.now();
  const locationId = await locationIdOfCode(context, entry, content.locationCode);
  const route = await routeSale({
    entry,
    actor: context.actor,
    transactionId: id,
    customer,
    original: originalKey?.state === 'DONE' ? originalKey : null,
    now,
    deadline,
  });
  const adoption =
    ownKey === null || route.owner === null
      ? null
      : await planGuestAdoption(entry, ownKey, route.owner, { now, deadline });
  const row = transactionRow(content, {
    id,
    accountId: route.accountId,
    locationId,
    returnOf: originalId,
    receivedAt: now,
    contentHash,
  });
  const key = { ...keyRowOf(row, route.routing), returns: ownKey?.returns ?? [] };
  const told = tell(context, row, route, adoption);
  const plan: IngestPlan = { entry, row, key, ownKey, originalId, originalKey, route, adoption, ...told };
  const result = { transactionId: id, accountId: row.accountId, outcome: 'RECORDED', routing: route.routing } as const;
  return { result, row, write: (session) => writeIngest(plan, session) };
}

function replayOf(key: TransactionKeyRow, contentHash: string): IngestResult {
  if (key.contentHash !== contentHash) {
    refuse<TransactionErrorCode>(
      'TRANSACTION_CONFLICT',
      'This number was recorded before with other content; send a return or a new number',
      ['externalId'],
    );
  }
  return {
    transactionId: key._id,
    accountId: key.accountId ?? key._id,
    outcome: 'REPLAYED',
    routing: key.routing ?? 'GUEST',
  };
}

/** The event and audit rows of a sale. Ids and codes only. */
function tell(
  context: OperationContext,
  row: TransactionRow,
  route: SaleRoute,
  adoption: GuestAdoption | null,
): { outbox: OutboxRow[]; audit: AuditRow[] } {
  const at = row.receivedAt;
  const action = 'transactionIngest';
  const made = newCustomerFacts(context, route.newProfile, { action, at, cause: { transactionId: row._id } });
  const outbox = [
    outboxRow('transaction.ingested', row._id, 1, at, {
      accountId: row.accountId,
      profileId: route.owner?._id ?? null,
      type: row.type,
      routing: route.routing,
    }),
    ...made.outbox,
    ...(adoption?.events ?? []),
  ];
  const audit = [
    auditRow(context, action, row._id, at, { system: row.system, accountId: row.accountId, routing: route.routing }),
    ...made.audit,
  ];
  return { outbox, audit };
}

async function writeIngest(plan: IngestPlan, session: ClientSession): Promise<void> {
  const { database } = plan.entry;
  await writeKeys(plan, session);
  await insertTransaction(database, plan.row, session);
  // A state other than ACTIVE decided that nothing is earned yet.
  await writeRoute(database, plan.route, session);
  await plan.adoption?.write(session);
  await insertOutbox(database, plan.outbox, session);
  await insertAudit(database, plan.audit, session);
}

/** First the keys: rivals with the same number, and a purchase and its returns, meet here. */
async function writeKeys(plan: IngestPlan, session: ClientSession): Promise<void> {
  const { entry, key, ownKey, originalId, originalKey } = plan;
  if (ownKey === null) await insertTransactionKey(entry.database, key, session);
  else if (!(await fulfilTransactionKey(entry.database, key, session))) throw new StaleRead('The awaited purchase');
  if (originalId === null) return;
  if (originalKey === null) {
    const awaited: TransactionKeyRow = {
      _id: originalId,
      state: 'AWAITED',
      returns: [key._id],
      pendingAt: plan.row.receivedAt,
    };
    await insertTransactionKey(entry.database, awaited, session);
  } else if (!(await addReturnToKey(entry.database, originalKey, key._id, session))) {
    throw new StaleRead('The purchase of the return');
  }
}
