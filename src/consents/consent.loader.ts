import DataLoader from 'dataloader';
import type { OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { Uuid } from '../kernel/ids.js';
import { findConsentEvents, findNotices, findReceipts } from './consent.store.js';
import { type ConsentEventRow, consentEventId } from './consent-event.js';
import type { NoticeRow } from './notice.js';
import type { ReceiptRow } from './receipt.js';

/** The whole chain of one consent: ids are known from its last number, so no index is needed. */
export interface ChainKey {
  readonly linkId: Uuid;
  readonly seq: number;
}

const schedule = { batchScheduleFn: (callback: () => void) => setImmediate(callback) };
const eventsKey = memoKey<DataLoader<ChainKey, ConsentEventRow[], string>>('consent events');
const noticesKey = memoKey<DataLoader<string, NoticeRow | null>>('consent notices');
const receiptsKey = memoKey<DataLoader<string, ReceiptRow | null>>('consent receipts');

/** Chains of consents, oldest event first, one command for all of a batch. */
export function consentEventLoader(context: OperationContext): DataLoader<ChainKey, ConsentEventRow[], string> {
  return context.world.memo(
    eventsKey,
    () =>
      new DataLoader<ChainKey, ConsentEventRow[], string>(
        async (keys) => {
          const ids = keys.flatMap((key) => idsOf(key));
          const { registry } = context.brands;
          const rows = await registry.run(context.deadline, () => findConsentEvents(registry, ids, context.deadline));
          const byId = new Map(rows.map((row) => [row._id, row]));
          return keys.map((key) => idsOf(key).flatMap((id) => byId.get(id) ?? []));
        },
        { ...schedule, maxBatchSize: 100, cacheKeyFn: (key) => consentEventId(key.linkId, key.seq) },
      ),
  );
}

function idsOf(key: ChainKey): string[] {
  return Array.from({ length: key.seq }, (_, index) => consentEventId(key.linkId, index + 1));
}

/** Wordings that are no longer configured. */
export function noticeLoader(context: OperationContext): DataLoader<string, NoticeRow | null> {
  return context.world.memo(
    noticesKey,
    () =>
      new DataLoader<string, NoticeRow | null>(
        async (ids) => {
          const { registry } = context.brands;
          const rows = await registry.run(context.deadline, () => findNotices(registry, ids, context.deadline));
          const byId = new Map(rows.map((row) => [row._id, row]));
          return ids.map((id) => byId.get(id) ?? null);
        },
        { ...schedule, maxBatchSize: 1_000 },
      ),
  );
}

/** Receipts by id. */
export function receiptLoader(context: OperationContext): DataLoader<string, ReceiptRow | null> {
  return context.world.memo(
    receiptsKey,
    () =>
      new DataLoader<string, ReceiptRow | null>(
        async (ids) => {
          const { registry } = context.brands;
          const rows = await registry.run(context.deadline, () => findReceipts(registry, ids, context.deadline));
          const byId = new Map(rows.map((row) => [row._id, row]));
          return ids.map((id) => byId.get(id) ?? null);
        },
        { ...schedule, maxBatchSize: 1_000 },
      ),
  );
}
