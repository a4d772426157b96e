import type { BrandHandle } from '../brands/brand.js';
import type { WebhookEvent } from '../brands/config.js';
import type { OutboxRow } from '../events/outbox.js';
import { formatNodeId, type NodeKind, type Uuid, uuidToBase62, uuidV5 } from '../kernel/ids.js';

/** A kind of fact as receivers get it. */
export interface WebhookEventKind {
  /** When it is sent, for the documentation. */
  readonly meaning: string;
  /** Fields of `data` besides `brand` and `n`. Ids, codes and names of fields only: what is not named here never leaves. */
  readonly fields: (brand: BrandHandle, row: OutboxRow) => Readonly<Record<string, unknown>>;
}

/** Namespace of event ids; never changes, as receivers remember the ids. */
const eventNamespace = '5f0c1f0e-6a0f-4d1c-9a55-2f1f6d0a7be1';

/** The id of a fact for receivers: the same on every delivery, to every endpoint, from every process. Says nothing of its subject. */
export function eventIdOf(owner: string, row: Pick<OutboxRow, '_id'>): string {
  return `evt_${uuidToBase62(uuidV5(eventNamespace, `${owner}:${row._id}`))}`;
}

function id(kind: NodeKind, brand: BrandHandle, ...uuids: unknown[]): string | null {
  return uuids.every((uuid) => typeof uuid === 'string') ? formatNodeId(kind, brand, ...(uuids as Uuid[])) : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function profile(brand: BrandHandle, row: OutboxRow): Readonly<Record<string, unknown>> {
  return { profileId: id('prof', brand, row.subject), profileLocalId: row.subject };
}

/** Identities keep their ids when they move in a merge. */
function identities(
  brand: BrandHandle,
  row: OutboxRow,
): { readonly id: string | null; readonly localId: string | null }[] {
  const list = row.payload['identities'];
  return (Array.isArray(list) ? list : []).map((each: Readonly<Record<string, unknown>>) => ({
    id: id('iden', brand, each['accountId'], each['publicId']),
    localId: text(each['publicId']),
  }));
}

function identity(brand: BrandHandle, row: OutboxRow): Readonly<Record<string, unknown>> {
  const [one] = identities(brand, row);
  return { ...profile(brand, row), identityId: one?.id ?? null, identityLocalId: one?.localId ?? null };
}

function link(_brand: BrandHandle, { subject, payload }: OutboxRow): Readonly<Record<string, unknown>> {
  const { from, to } = payload;
  return { linkId: id('link', '', subject), linkLocalId: subject, fromBrand: text(from), toBrand: text(to) };
}

/** A merge or its undoing: `otherId` names the loser in the payload and in the body. */
function mergeFact(
  brand: BrandHandle,
  row: OutboxRow,
  otherId: string,
  otherLocalId: string,
): Readonly<Record<string, unknown>> {
  const { mergeId, [otherId]: other } = row.payload;
  const moved = identities(brand, row);
  return {
    winnerId: id('prof', brand, row.subject),
    winnerLocalId: row.subject,
    [otherId]: id('prof', brand, other),
    [otherLocalId]: text(other),
    mergeId: id('merge', brand, mergeId),
    mergeLocalId: text(mergeId),
    identityIds: moved.map((each) => each.id),
    identityLocalIds: moved.map((each) => each.localId),
  };
}

/** Every kind that is published, with what its body holds. */
export const webhookEvents: Readonly<Record<WebhookEvent, WebhookEventKind>> = {
  'profile.created': { meaning: 'A profile is new', fields: profile },
  'profile.updated': {
    meaning: 'Fields of a profile changed; `fields` names them',
    fields: (brand, row) => ({ ...profile(brand, row), fields: texts(row.payload['fields']) }),
  },
  'profile.merged': {
    meaning: 'The former profile was merged into the winner, and these identities moved with it',
    fields: (brand, row) => mergeFact(brand, row, 'formerId', 'formerLocalId'),
  },
  'profile.unmerged': {
    meaning: 'A merge was undone: the restored profile has its id and these identities again',
    fields: (brand, row) => mergeFact(brand, row, 'restoredId', 'restoredLocalId'),
  },
  'identity.added': { meaning: 'A profile has an identity more', fields: identity },
  'identity.changed': { meaning: 'The identifier or a mark of an identity changed', fields: identity },
  'identity.removed': { meaning: 'A profile has an identity less', fields: identity },
  'transaction.ingested': {
    meaning: 'A sale or return was taken in; `profileId` is null for a guest',
    fields: (brand, { subject, payload: { accountId, profileId, type, routing } }) => ({
      transactionId: id('txn', brand, accountId, subject),
      transactionLocalId: subject,
      profileId: id('prof', brand, profileId),
      profileLocalId: text(profileId),
      transactionType: text(type),
      routing: text(routing),
    }),
  },
  'link.activated': {
    meaning: 'A customer confirmed a link; told to both brands',
    fields: link,
  },
  'link.withdrawn': {
    meaning: 'A customer took consent back: what was shared under it must not be used any more; told to both brands',
    fields: link,
  },
};

/** Whether a fact is of a kind that is published. */
export function isPublished(kind: string): kind is WebhookEvent {
  return Object.hasOwn(webhookEvents, kind);
}

/** The body of a fact for one brand's receivers; the same bytes whenever it is made. */
export function bodyOf(brand: BrandHandle, kind: WebhookEvent, row: OutboxRow): string {
  const data = { brand, n: row.n, ...webhookEvents[kind].fields(brand, row) };
  return JSON.stringify({ type: kind, timestamp: row.at.toISOString(), data });
}
