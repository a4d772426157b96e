import type { Brand } from '../brands/brand.js';
import { contentDigest } from '../kernel/digest.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import type { NamedCustomer } from './ingest-form.js';
import { naturalIds } from './natural-id.js';

/** What happened. */
export type InteractionAction =
  | 'BROADCAST'
  | 'DISCLOSE'
  | 'FEEDBACK'
  | 'PRODUCT'
  | 'REACH'
  | 'REFER'
  | 'SERVICE'
  | 'VISIT'
  | 'VIEW';

/** Where it happened. */
export type InteractionChannel = 'APP' | 'EMAIL' | 'LOCATION' | 'PUSH' | 'SMS' | 'SOCIAL' | 'SUPPORT' | 'WEBSITE';

/** What an interaction is, without what is only told beside it: two equal ones under one number are the same, sent twice. */
export interface InteractionContent {
  readonly system: string;
  readonly externalId: string;
  readonly action: InteractionAction;
  readonly channel: InteractionChannel;
  readonly signal: -1 | 0 | 1;
  readonly name: string;
  readonly namespace: string;
  readonly locationCode: string | null;
  readonly interactedAt: Date;
}

/** An interaction, as stored. Never changed after its insert. */
export interface InteractionRow {
  /** Derived from brand, system and external id. */
  readonly _id: Uuid;
  readonly accountId: Uuid;
  readonly system: string;
  readonly externalId: string;
  readonly action: InteractionAction;
  readonly channel: InteractionChannel;
  readonly signal: -1 | 0 | 1;
  readonly name: string;
  readonly namespace: string;
  readonly locationId?: Uuid;
  /** JSON text of an object: its keys are a client's, and no field of ours is named by a client. */
  readonly meta?: string;
  readonly interactedAt: Date;
  readonly receivedAt: Date;
  readonly contentHash: string;
}

/** How the customer of an interaction was found. */
export type InteractionRouting = 'MATCHED' | 'PROFILE_CREATED';

/** The check that an interaction is taken in once; says where its row stands. */
export interface InteractionKeyRow {
  /** Id of the interaction. */
  readonly _id: Uuid;
  readonly accountId: Uuid;
  readonly contentHash: string;
  readonly routing: InteractionRouting;
}

/** An interaction of a brand the actor may see. */
export interface InteractionView extends InteractionRow {
  readonly __typename: 'Interaction';
  readonly brand: Brand;
  /** Its profile, where it was reached through it; undefined when that was not looked up yet. */
  readonly owner?: ProfileView;
}

/** The id of a system's interaction in a brand. Its namespace is any fixed UUID, another than that of transactions. */
export const interactionIdOf = naturalIds('b2c8f6a4-7d15-4e0b-8c39-51a7e2d90f64');

/** Digest of what a system sent, whom it named included. What is told beside it is left out. */
export function interactionHashOf(content: InteractionContent, customer: NamedCustomer | null): string {
  return contentDigest({ content, customer });
}

/** Where an interaction goes and what the brand's own records add to it. */
export interface InteractionPlacement {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly locationId: Uuid | null;
  /** JSON text. */
  readonly meta: string | null;
  readonly receivedAt: Date;
  readonly contentHash: string;
}

/** The row of an interaction. Absent values are left out. */
export function interactionRow(content: InteractionContent, placement: InteractionPlacement): InteractionRow {
  const { locationCode: _, ...stored } = content;
  const { id, accountId, locationId, meta, receivedAt, contentHash } = placement;
  return {
    _id: id,
    accountId,
    ...stored,
    ...(locationId === null ? {} : { locationId }),
    ...(meta === null ? {} : { meta }),
    receivedAt,
    contentHash,
  };
}

/** The key row that goes with a stored interaction. */
export function interactionKeyOf(row: InteractionRow, routing: InteractionRouting): InteractionKeyRow {
  return { _id: row._id, accountId: row.accountId, contentHash: row.contentHash, routing };
}

/** Makes a freshly read row a view, in place: rows are many and the reader owns them. */
export function interactionView(row: InteractionRow, brand: Brand, owner?: ProfileView): InteractionView {
  const view = row as InteractionRow & { __typename?: 'Interaction'; brand?: Brand; owner?: ProfileView };
  view.__typename = 'Interaction';
  view.brand = brand;
  if (owner !== undefined) view.owner = owner;
  return view as InteractionView;
}

/** Which interactions of a profile to list, in stored terms. All conditions must hold. */
export interface InteractionConditions {
  readonly from: Date | null;
  readonly to: Date | null;
  readonly actions: readonly InteractionAction[] | null;
  readonly channels: readonly InteractionChannel[] | null;
}
