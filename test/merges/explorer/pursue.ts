import { ingestTransaction } from '../../../src/activity/ingest.service.js';
import { identityNodeId } from '../../../src/identities/identity.js';
import { identitiesOf } from '../../../src/identities/identity.loader.js';
import { addIdentity, removeIdentity } from '../../../src/identities/identity-change.service.js';
import { AppError, Refusal } from '../../../src/kernel/errors.js';
import type { LinkRow } from '../../../src/links/cross-brand-link.js';
import { liveOwner, takeSlot } from '../../../src/links/slot.service.js';
import { addAddress } from '../../../src/profiles/address.service.js';
import { viewProfile } from '../../../src/profiles/profile.service.js';
import { updateProfile } from '../../../src/profiles/profile-update.service.js';
import { profileId } from '../../support/factories/profile.js';
import { aSale } from '../../support/factories/transaction.js';
import { brandHandle } from './explorer-world.js';
import { holdPoints } from './points-hold.js';
import { pursueMerge, pursueUndo } from './pursue-merge.js';
import { readAll } from './pursue-read.js';
import { quietly, repeated } from './repeated.js';
import type { Means, Sent, Told, Wish, WishOf } from './wishes.js';

/** Carries out a wish as a well-behaved client does, and tells how it ended. Errors without a code escape. */
export async function pursue(wish: Wish, means: Means): Promise<Told> {
  const from = means.store.now;
  const last: Sent = {};
  const told = (end: Told['end'], codes: readonly string[], more: Partial<Told> = {}): Told => ({
    wish,
    end,
    codes,
    from,
    to: means.store.now,
    ...last,
    ...more,
  });
  try {
    return told('DONE', [], await carryOut(wish, means, last));
  } catch (error) {
    const codesOf = (refusal: Refusal): string[] => refusal.refusals.map(({ code }) => code);
    if (error instanceof Refusal) return told('REFUSED', codesOf(error));
    if (error instanceof AppError) return told('FAILED', [error.code]);
    throw error;
  }
}

function carryOut(wish: Wish, means: Means, last: Sent): Promise<Partial<Told>> {
  const { group, people } = means;
  switch (wish.kind) {
    case 'merge':
      return pursueMerge(wish, means, last);
    case 'undo':
      return pursueUndo(wish, means, last);
    case 'read':
      return repeated(() => readAll(wish, means));
    case 'add identity': {
      const identity = { handle: 'loyalty-card', identifier: wish.identifier };
      const input = { profileId: profileId(people[wish.of]), identity, idempotencyKey: `identity-${wish.identifier}` };
      return repeated(() => quietly(addIdentity(group.context(), input)));
    }
    case 'remove identity':
      return pursueRemoval(wish, means);
    case 'add address': {
      const address = { line1: `1 ${wish.of} Street`, city: 'Hobart', countryCode: 'AU' };
      const input = { profileId: profileId(people[wish.of]), address, idempotencyKey: `address-${wish.of}` };
      return repeated(() => quietly(addAddress(group.context(), input)));
    }
    case 'change e-mail':
    case 'tag': {
      const change = wish.kind === 'tag' ? { addTags: [wish.tag] } : { email: wish.email };
      const idempotencyKey = `change-${wish.of}-${JSON.stringify(change)}`;
      const input = { id: profileId(people[wish.of]), ...change, idempotencyKey };
      return repeated(() => quietly(updateProfile(group.context(), input)));
    }
    case 'hold': {
      const { key: idempotencyKey, points, first } = wish;
      const input = { profileId: people[wish.of]._id, points, first, idempotencyKey };
      return repeated(() => quietly(holdPoints(group.context(), group.entry(brandHandle), input)));
    }
    case 'slot':
      return pursueSlot(wish, means);
    case 'sale': {
      const identity = { handle: 'loyalty-card', identifier: `CARD-${wish.of}` };
      const customer = wish.by === 'id' ? { profileId: profileId(people[wish.of]) } : { identity };
      const sale = aSale(brandHandle, { externalId: wish.number, customer });
      return repeated(() => quietly(ingestTransaction(group.context(), sale)));
    }
  }
}

async function pursueRemoval({ of, key }: WishOf<'remove identity'>, { group, people }: Means): Promise<Partial<Told>> {
  const lookUp = async (): Promise<string | null> => {
    const context = group.context();
    const view = await viewProfile(context, group.entry(brandHandle), people[of]._id);
    if (view === null) return null;
    const found = (await identitiesOf(context, view)).find(({ identifier }) => identifier === `CARD-${of}`);
    return found === undefined ? null : identityNodeId(brandHandle, found);
  };
  let id: string | null = null;
  await repeated(async () => {
    id = await lookUp();
    return undefined;
  });
  if (id === null) return {};
  const input = { id, idempotencyKey: key ?? `remove-${of}` };
  return repeated(() => quietly(removeIdentity(group.context(), input)));
}

/** Takes the slot for another brand as an enrolment does. */
async function pursueSlot({ of, link }: WishOf<'slot'>, { group, people }: Means): Promise<Partial<Told>> {
  const { deadline } = group.context();
  const { database } = group.entry(brandHandle);
  const row = { _id: link, a: { brand: brandHandle }, b: { brand: 'hearth' } } as unknown as LinkRow;
  const find = () => liveOwner(database, people[of]._id, deadline);
  const outcome = await takeSlot({ brands: group.brands, brand: brandHandle, link: row, deadline, find });
  return { codes: [outcome.kind] };
}
