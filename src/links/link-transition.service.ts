import type { ClientSession } from 'mongoose';
import type { Database } from '../brands/database.js';
import { type ConsentRecord, keptUntil } from '../consents/consent.js';
import { appendConsentEvent, changedConsent } from '../consents/consent.service.js';
import type { ConsentChange } from '../consents/consent-event.js';
import { StaleRead } from '../events/commit-once.js';
import type { Deadline } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { LinkRow, LinkState } from './cross-brand-link.js';
import { findLinks, updateLink } from './link.store.js';

/** A change of a link together with its consent: one is never without the other. */
export interface LinkTransition {
  readonly to: LinkState;
  readonly consent: ConsentChange;
  /** Further conditions of the write, for example the token's digest. */
  readonly where?: Readonly<Record<string, unknown>>;
  readonly set?: Readonly<Partial<LinkRow>>;
  /** The receipt that the customer gets for it. */
  readonly receiptId?: string;
}

/** A link read to decide by it; null when there is none. */
export async function readLink(registry: Database, id: Uuid, deadline: Deadline): Promise<LinkRow | null> {
  return registry.run(deadline, async () => (await findLinks(registry, [id], { deadline }))[0] ?? null);
}

/**
 * Moves a link that is as it was read into another state, with its consent and the event that proves it. What belongs to
 * pending links alone (token, message) goes.
 * @throws StaleRead when the link has moved on: nothing is written then.
 */
export async function moveLink(
  registry: Database,
  link: LinkRow,
  transition: LinkTransition,
  session: ClientSession,
): Promise<void> {
  const { record, event } = changedConsent(link._id, link.consent, transition.consent);
  const consent = transition.receiptId === undefined ? record : { ...record, receiptId: transition.receiptId };
  const isEnd = transition.to !== 'ACTIVE';
  const moved = await updateLink(
    registry,
    {
      _id: link._id,
      state: link.state,
      step: link.step,
      epoch: link.epoch,
      'b.profileId': link.b.profileId,
      ...transition.where,
    },
    {
      $set: {
        state: transition.to,
        consent,
        ...(isEnd ? endFields(record, transition) : {}),
        ...transition.set,
      },
      $unset: { open: '', tokenHash: '', message: '' },
    },
    session,
  );
  if (!moved) throw new StaleRead('The link');
  await appendConsentEvent(registry, event, session);
}

/** Runs a transaction that moves a link as it was read. Returns false when it has moved on meanwhile. */
export async function hasMoved(move: () => Promise<void>): Promise<boolean> {
  try {
    await move();
    return true;
  } catch (error) {
    if (error instanceof StaleRead) return false;
    throw error;
  }
}

/** A refusal is remembered as long as the customer asked to be left alone, and its evidence with it. */
function endFields(record: ConsentRecord, { consent, set }: LinkTransition): Partial<LinkRow> {
  const kept = keptUntil(record, consent.at);
  const quietUntil = set?.quietUntil ?? kept;
  return { endedAt: consent.at, keepUntil: quietUntil > kept ? quietUntil : kept };
}
