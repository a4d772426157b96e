import { type OperationContext, visibleBrand } from '../access/context.js';
import type { CountedPage } from '../access/page.js';
import type { BrandEntry } from '../brands/brands.js';
import type { NodeId, Uuid } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';
import { listActivity } from './activity-list.service.js';
import {
  type InteractionAction,
  type InteractionChannel,
  type InteractionConditions,
  type InteractionRow,
  type InteractionView,
  interactionKeyOf,
  interactionView,
} from './interaction.js';
import {
  countInteractionRows,
  findInteractionAt,
  insertInteractions,
  interactionList,
  interactionRowConditions,
} from './interaction.store.js';
import { interactionProjection } from './interaction-projection.js';
import { ownerOfAccount } from './transaction.service.js';

/** Interactions that a preview counts at the most: counting all would read a whole history. */
const countedMax = 10_000;

/** Filter of a list as clients give it. */
export interface InteractionListFilter {
  readonly from?: Date | null;
  readonly to?: Date | null;
  readonly actions?: readonly InteractionAction[] | null;
  readonly channels?: readonly InteractionChannel[] | null;
}

/** Which page of a profile's interactions is wanted. */
export interface InteractionListArgs {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: InteractionListFilter | null;
}

/**
 * A page of a profile's interactions, newest first; see {@link listActivity}.
 * @throws AppError `BAD_USER_INPUT`, `CURSOR_INVALID`, `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`.
 */
export async function interactionsOf(
  context: OperationContext,
  profile: ProfileView,
  args: InteractionListArgs,
): Promise<CountedPage<InteractionView>> {
  const conditions = conditionsOf(args.filter ?? null);
  return listActivity(context, profile, {
    list: interactionList,
    connection: 'InteractionConnection',
    args,
    conditions: interactionRowConditions(conditions),
    binding: conditions,
    projection: interactionProjection(context),
    viewOf: (row) => interactionView(row, profile.brand, profile),
  });
}

function conditionsOf(filter: InteractionListFilter | null): InteractionConditions {
  const actions = filter?.actions ?? null;
  const channels = filter?.channels ?? null;
  return {
    from: filter?.from ?? null,
    to: filter?.to ?? null,
    actions: actions === null ? null : [...new Set(actions)].sort(),
    channels: channels === null ? null : [...new Set(channels)].sort(),
  };
}

/** The interaction that a global id names; null alike when it is not there and when its brand is not the actor's. */
export async function loadInteractionNode(context: OperationContext, nodeId: NodeId): Promise<InteractionView | null> {
  const entry = visibleBrand(context, nodeId.brand);
  const [accountId, id] = nodeId.uuids;
  if (entry === null || accountId === undefined || id === undefined) return null;
  const { deadline } = context;
  const read = { deadline, projection: interactionProjection(context) };
  const row = await entry.database.run(deadline, () => findInteractionAt(entry.database, { id, accountId }, read));
  return row === null ? null : interactionView(row, entry.brand);
}

/** The live profile that an interaction belongs to in this operation's world; null while nobody in use has its account. */
export async function ownerOfInteraction(
  context: OperationContext,
  interaction: InteractionView,
): Promise<ProfileView | null> {
  if (interaction.owner !== undefined) return interaction.owner;
  return ownerOfAccount(context, context.brands.get(interaction.brand.handle), interaction.accountId);
}

/** Counts the interactions on some accounts in one command; stops counting at 10,000. */
export async function countInteractions(
  context: OperationContext,
  entry: BrandEntry,
  accountIds: readonly Uuid[],
  receivedBy?: Date,
): Promise<{ readonly count: number; readonly sums: null }> {
  const { deadline } = context;
  const count = await entry.database.run(deadline, () =>
    countInteractionRows(entry.database, accountIds, { deadline, rowsMax: countedMax, receivedBy }),
  );
  return { count, sums: null };
}

/** Fills a brand with interactions and their keys, a thousand per command and outside any transaction: for demo data and tests. */
export async function addInteractions(entry: BrandEntry, rows: readonly InteractionRow[]): Promise<void> {
  const keys = rows.map((row) => interactionKeyOf(row, 'MATCHED'));
  await insertInteractions(entry.database, rows, keys);
}
