import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emailClaimId } from '../../src/claims/claim.js';
import { Deadline } from '../../src/kernel/clock.js';
import { joinTarget } from '../../src/links/activation-join.service.js';
import { releaseAddress } from '../../src/links/address-release.service.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { aPerson, type LinkGroup, openLinkGroup, receiptTokenOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const soon = () => Deadline.after(10_000);
const collection = (name: string) => {
  const { db } = group.entry('hearth').database.connection;
  if (db === undefined) throw new Error('The database is not open');
  return db.collection<{ _id: string }>(name);
};

/** A customer invited to a brand that knows the address. */
async function invitedMember(): Promise<{ member: ProfileRow; link: LinkRow; token: string }> {
  const person = await group.customer('wren');
  const member = await group.customer('hearth', aPerson({ email: person.email ?? null }));
  return { member, ...(await group.enrol(person)) };
}

/** An activation that set the slot of whoever owned the address, and died. */
async function dieWithSlot(link: LinkRow): Promise<void> {
  const deadline = soon();
  expect(await joinTarget(group.deps.links, link, deadline)).toMatchObject({ kind: 'TAKEN' });
}

/** Lets something happen right after the invited brand has first given an answer, while work goes on. Returns whether it did. */
async function between(
  isAnswer: (answer: unknown) => boolean,
  happens: () => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<boolean> {
  const { database } = group.entry('hearth');
  const run = database.run.bind(database);
  let hasHappened = false;
  const spy = vi.spyOn(database, 'run').mockImplementation(async (deadline, ask) => {
    const answer = await run(deadline, ask);
    if (!hasHappened && isAnswer(answer)) {
      hasHappened = true;
      await happens();
    }
    return answer;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return hasHappened;
}

const slotOf = async (profile: ProfileRow) => (await group.profile('hearth', profile._id))?.linkSlots?.['wren'];

describe('a slot that an activation has set and died', () => {
  it('is cleared when another one makes a new member of the customer', async () => {
    const { member, link, token } = await invitedMember();
    await dieWithSlot(link);
    expect(await slotOf(member)).toBe(link._id);
    await collection('claims').deleteOne({ _id: emailClaimId(member.email ?? '') });
    await group.activate(token);
    await group.settle();
    expect(await group.link(link._id)).toMatchObject({ state: 'ACTIVE', mode: 'NEW' });
    expect(await slotOf(member)).toBeUndefined();
    const opened = await group.profile('hearth', link.b.profileId);
    expect(opened?.linkSlots).toEqual({ wren: link._id });
  });

  it('is the very one that another activation rests on, and stays', async () => {
    const { member, link, token } = await invitedMember();
    await dieWithSlot(link);
    const activated = await group.activate(token);
    await group.settle();
    expect(await slotOf(member)).toBe(link._id);
    await withdrawLink(group.context({ actor: null }), group.deps, {
      link: { receiptToken: receiptTokenOf(activated) },
    });
    await group.settle();
    expect(await slotOf(member)).toBeUndefined();
  });

  it('is not set any more once the address is forgotten: nobody would look after it', async () => {
    const { member, link } = await invitedMember();
    // Between reading the address and writing the slot somebody else forgets it.
    const isMember = (answer: unknown) => JSON.stringify(answer ?? null).includes(member._id);
    const isForgotten = await between(
      isMember,
      () => collection('linkDeliveries').deleteOne({ _id: link._id }),
      async () => expect(await joinTarget(group.deps.links, link, soon())).toEqual({ kind: 'NOBODY' }),
    );
    expect(isForgotten).toBe(true);
    expect(await slotOf(member)).toBeUndefined();
  });

  it('is found by whoever forgets the address, also when it is set in that very moment', async () => {
    const { member, link } = await invitedMember();
    const { db } = group.brands.registry.connection;
    await db?.collection<{ _id: string }>('links').updateOne({ _id: link._id }, { $set: { state: 'EXPIRED' } });
    // Between reading whose slots were set and forgetting the address one more is set.
    const isSet = await between(
      (answer) => (answer as { claimId?: string } | null)?.claimId !== undefined,
      () => dieWithSlot(link),
      () => releaseAddress(group.deps.links, link, soon()),
    );
    expect(isSet).toBe(true);
    expect(await slotOf(member)).toBeUndefined();
    expect(await collection('linkDeliveries').countDocuments({ _id: link._id })).toBe(0);
  });
});
