import { randomUUID } from 'node:crypto';
import {
  type InteractionContent,
  type InteractionRow,
  interactionHashOf,
  interactionIdOf,
  interactionRow,
} from '../../../src/activity/interaction.js';
import { addInteractions } from '../../../src/activity/interaction.service.js';
import type { InteractionCustomerInput, InteractionIngestInput } from '../../../src/generated/resolvers-types.js';
import type { TestGroup } from '../group.js';

/** A visit as a shop counts it, with a number of its own. */
export function anInteraction(
  brand: string,
  customer: InteractionCustomerInput,
  overrides: Partial<InteractionIngestInput> = {},
): InteractionIngestInput {
  return {
    brand,
    customer,
    system: 'pos',
    externalId: `visit-${randomUUID()}`,
    action: 'VISIT',
    channel: 'LOCATION',
    name: 'walk-in',
    namespace: 'store',
    interactedAt: new Date('2026-03-04T05:06:07.089Z'),
    ...overrides,
  };
}

/** An interaction's stored row on an account, made without asking a database. */
export function anInteractionRow(
  brand: string,
  accountId: string,
  overrides: Partial<InteractionContent> = {},
): InteractionRow {
  const content: InteractionContent = {
    system: 'pos',
    externalId: randomUUID(),
    action: 'VIEW',
    channel: 'WEBSITE',
    signal: 0,
    name: 'autumn-lookbook',
    namespace: 'campaign',
    locationCode: null,
    interactedAt: new Date('2026-03-04T05:06:07.089Z'),
    ...overrides,
  };
  return interactionRow(content, {
    id: interactionIdOf(brand, content.system, content.externalId),
    accountId,
    locationId: null,
    meta: null,
    receivedAt: content.interactedAt,
    contentHash: interactionHashOf(content, null),
  });
}

/** Stores an interaction on an account (a profile's own account has the profile's id) and gives its row. */
export async function aStoredInteraction(
  group: TestGroup,
  brand: string,
  accountId: string,
  overrides: Partial<InteractionContent> = {},
): Promise<InteractionRow> {
  const row = anInteractionRow(brand, accountId, overrides);
  await addInteractions(group.entry(brand), [row]);
  return row;
}
