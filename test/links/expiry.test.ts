import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTransaction } from '../../src/brands/transaction.js';
import { identityClaimId } from '../../src/claims/claim.js';
import { findClaims } from '../../src/claims/claim.store.js';
import { Deadline } from '../../src/kernel/clock.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { changeProfile } from '../../src/profiles/profile.service.js';
import { aPerson, dump, type LinkGroup, openLinkGroup, refusalOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const activationMs = 72 * 3_600_000;

async function expire(): Promise<void> {
  group.clock.forward(activationMs);
  await group.settle();
}

describe('a link that nobody activates in time', () => {
  it('expires, and the waiting profile loses everything that was copied', async () => {
    const values = aPerson({ firstName: 'Zephyrine', birthDate: { day: 5, month: 6, year: 1967 } });
    const person = await group.customer('wren', values);
    const { link, token } = await group.enrol(person);
    expect(await dump(group.entry('hearth').database)).toContain('Zephyrine');
    await expire();
    expect(await group.link(link._id)).toMatchObject({
      state: 'EXPIRED',
      consent: { status: 'LAPSED', seq: 2 },
      prior: 'PENDING_ACTIVATION',
      endedAt: group.clock.now(),
    });
    const rest = await group.profile('hearth', link.b.profileId);
    expect(Object.keys(rest as ProfileRow).sort()).toEqual(
      ['_id', 'state', 'version', 'type', 'link', 'createdAt', 'updatedAt'].sort(),
    );
    expect(rest?.state).toBe('VOID');
    const text = await dump(group.entry('hearth').database);
    expect(text).not.toContain('Zephyrine');
    expect(text).not.toContain(values.email);
    expect((await group.profile('wren', person._id))?.linkSlots).toEqual({});
    for (const brand of ['wren', 'hearth']) {
      const id = identityClaimId('group-member', link.sharedIdentifier);
      const claims = await findClaims(group.entry(brand).database, [id], { deadline: Deadline.after(5_000) });
      expect(claims.size).toBe(0);
    }
    expect(await refusalOf(group.activate(token))).toMatchObject([{ code: 'TOKEN_INVALID' }]);
  });

  it('frees the customer to be invited again', async () => {
    const person = await group.customer('wren');
    const first = await group.enrol(person);
    await expire();
    const second = await group.enrol(person);
    expect(second.link._id).not.toBe(first.link._id);
    await group.activate(second.token);
    expect((await group.profile('wren', person._id))?.linkSlots).toEqual({ hearth: second.link._id });
  });

  it('leaves active links and their profiles alone', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    await expire();
    expect((await group.link(link._id)).state).toBe('ACTIVE');
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('ACTIVE');
  });

  it('leaves a profile alone that the brand has opened by itself meanwhile', async () => {
    const person = await group.customer('wren');
    const { link } = await group.enrol(person);
    const { database } = group.entry('hearth');
    await runTransaction(database, Deadline.after(5_000), (session) =>
      changeProfile(
        database,
        { _id: link.b.profileId, state: 'PENDING' },
        { $set: { state: 'ACTIVE', live: true }, $unset: { link: '' }, $inc: { version: 1 } },
        session,
      ),
    );
    await expire();
    expect(await group.profile('hearth', link.b.profileId)).toMatchObject({ state: 'ACTIVE', email: person.email });
  });

  it('takes the id of a profile that was never made, so that a late worker makes none', async () => {
    const person = await group.customer('wren');
    const restore = group.cutOff('hearth');
    const view = await enrolLink(group.staff('wren'), group.journals, group.enrolInput(person));
    await group.settle();
    const link = await group.link(view?.row._id as string);
    restore();
    await expire();
    expect((await group.link(link._id)).state).toBe('EXPIRED');
    expect(await group.profile('hearth', link.b.profileId)).toMatchObject({ state: 'VOID' });
    expect(await group.tokenOf(link._id)).toBe('');
    expect((await group.profile('wren', person._id))?.linkSlots ?? {}).toEqual({});
  });

  it('leaves the profile that would have been joined as it was', async () => {
    const person = await group.customer('wren');
    const member = await group.customer('hearth', aPerson({ email: person.email ?? null }));
    const { link } = await group.enrol(person);
    expect(link.mode).toBe('JOIN');
    await expire();
    expect(await group.profile('hearth', member._id)).toEqual(member);
  });

  it('is cleaned up by another process when the one that expired it dies', async () => {
    const person = await group.customer('wren');
    const { link } = await group.enrol(person);
    group.clock.forward(activationMs);
    const dying = group.runner({
      afterEffect: (_journal, step) => {
        if (step === 'expire') throw new Error('killed');
      },
    });
    await dying.idle();
    expect((await group.link(link._id)).state).toBe('EXPIRED');
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('PENDING');
    group.clock.forward(30_000);
    await group.settle();
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
  });
});
