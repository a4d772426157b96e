import type { ClientSession } from 'mongoose';
import { type OperationContext, visibleBrand } from '../access/context.js';
import { World } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import { type AuditRow, auditRow } from '../events/audit.js';
import { commitOnce, type Decision } from '../events/commit-once.js';
import { insertAudit, insertOutbox } from '../events/event.store.js';
import type { OutboxRow } from '../events/outbox.js';
import type { IngestOutcome, InteractionErrorCode, InteractionIngestInput } from '../generated/resolvers-types.js';
import { AppError, refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import { type CustomerRoute, newCustomerFacts, routeToCustomer, writeRoute } from './customer-route.service.js';
import {
  type InteractionKeyRow,
  type InteractionRouting,
  type InteractionRow,
  type InteractionView,
  interactionHashOf,
  interactionIdOf,
  interactionKeyOf,
  interactionRow,
  interactionView,
} from './interaction.js';
import { findInteractionAt, findInteractionKey, insertInteraction } from './interaction.store.js';
import { readInteraction, type SentInteraction } from './interaction-form.js';
import { locationIdOfCode } from './location.service.js';

/** Name of the mutation, in audit rows. */
const action = 'interactionIngest';

/** What became of an interaction that was sent. */
export interface IngestedInteraction {
  readonly interaction: InteractionView;
  readonly outcome: IngestOutcome;
  readonly routing: InteractionRouting;
}

type InteractionResult = {
  readonly interactionId: Uuid;
  readonly accountId: Uuid;
  readonly outcome: IngestOutcome;
  readonly routing: InteractionRouting;
};

/** Everything one interaction writes, drawn before its transaction begins. */
interface InteractionPlan {
  readonly entry: BrandEntry;
  readonly row: InteractionRow;
  readonly route: CustomerRoute;
  readonly outbox: readonly OutboxRow[];
  readonly audit: readonly AuditRow[];
}

/**
 * Takes in an interaction, once: its brand, system and external id decide. It goes to its customer as a sale does. One
 * transaction holds the key (the check), the row, a profile made for an unknown identity, and the audit row. The same
 * content again is answered from what is stored, by whichever process.
 * @throws Refusal with an `InteractionErrorCode`; AppError `BAD_USER_INPUT`, `RETRY`, `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`.
 */
export async function ingestInteraction(
  context: OperationContext,
  input: InteractionIngestInput,
): Promise<IngestedInteraction> {
  const entry = visibleBrand(context, input.brand);
  if (entry === null) {
    refuse<InteractionErrorCode>('BRAND_UNKNOWN', 'This token has no brand of this handle', ['brand']);
  }
  const sent = readInteraction(entry.brand, input, context.clock.now());
  let stored: InteractionRow | null = null;
  const { result } = await commitOnce<InteractionResult>({
    context,
    database: entry.database,
    intent: null,
    decide: async () => {
      const decision = await decide(context, entry, sent);
      stored = decision.row;
      return decision;
    },
  });
  context.world = new World();
  const row = stored ?? (await readStored(context, entry, result));
  const { outcome, routing } = result;
  return { interaction: interactionView(row, entry.brand), outcome, routing };
}

async function readStored(
  context: OperationContext,
  { brand, database }: BrandEntry,
  { interactionId, accountId }: InteractionResult,
): Promise<InteractionRow> {
  const { deadline } = context;
  const row = await database.run(deadline, () =>
    findInteractionAt(database, { id: interactionId, accountId }, { deadline, isDeciding: true }),
  );
  if (row !== null) return row;
  // On a sharded cluster a commit can be seen on the key's shard before it is on the row's.
  throw new AppError('RETRY', 'The interaction is stored but cannot be read yet; send it again', {
    details: { brand: brand.handle },
  });
}

async function decide(
  context: OperationContext,
  entry: BrandEntry,
  { content, customer, meta }: SentInteraction,
): Promise<Decision<InteractionResult> & { readonly row: InteractionRow | null }> {
  const { deadline, actor } = context;
  const id = interactionIdOf(entry.brand.handle, content.system, content.externalId);
  const contentHash = interactionHashOf(content, customer);
  const key = await findInteractionKey(entry.database, id, { deadline });
  if (key !== null) return { result: replayOf(key, contentHash), write: null, row: null };

  const now = context.clock.now();
  const locationId = await locationIdOfCode(context, entry, content.locationCode);
  const route = await routeToCustomer({ entry, actor, customer, now, deadline });
  if (route === null) {
    refuse<InteractionErrorCode>(
      'IDENTITY_NOT_FOUND',
      'Nobody has this identity and no profile is made for it; add the identity first',
      ['customer', 'identity'],
    );
  }
  // Whoever waits may never come: what is told about them then goes with no account of nobody.
  const keptMeta = route.owner.state === 'ACTIVE' ? meta : null;
  const { accountId, routing } = route;
  const row = interactionRow(content, { id, accountId, locationId, meta: keptMeta, receivedAt: now, contentHash });
  // What may be personal must meet whoever erases its customer, whose first write is the profile's state.
  const isPersonal = keptMeta !== null && route.newProfile === null;
  const told = newCustomerFacts(context, route.newProfile, { action, at: now, cause: { interactionId: id } });
  const plan: InteractionPlan = {
    entry,
    row,
    route: { ...route, mustTouchOwner: route.mustTouchOwner || isPersonal },
    outbox: told.outbox,
    audit: [auditRow(context, action, id, now, { system: row.system, accountId, routing }), ...told.audit],
  };
  const result = { interactionId: id, accountId, outcome: 'RECORDED', routing } as const;
  return { result, row, write: (session) => writeInteraction(plan, session) };
}

function replayOf(key: InteractionKeyRow, contentHash: string): InteractionResult {
  if (key.contentHash !== contentHash) {
    refuse<InteractionErrorCode>(
      'INTERACTION_CONFLICT',
      'This number was recorded before with other content; send a new number',
      ['externalId'],
    );
  }
  return { interactionId: key._id, accountId: key.accountId, outcome: 'REPLAYED', routing: key.routing };
}

async function writeInteraction(plan: InteractionPlan, session: ClientSession): Promise<void> {
  const { row, route } = plan;
  const { database } = plan.entry;
  await insertInteraction(database, row, interactionKeyOf(row, route.routing), session);
  await writeRoute(database, route, session);
  await insertOutbox(database, plan.outbox, session);
  await insertAudit(database, plan.audit, session);
}
