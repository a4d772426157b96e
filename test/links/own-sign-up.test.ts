import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProfileCreateInput } from '../../src/generated/resolvers-types.js';
import type { JournalRunner } from '../../src/journal/journal-runner.js';
import { Deadline } from '../../src/kernel/clock.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { releasePending } from '../../src/links/pending-release.service.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { createProfile } from '../../src/profiles/profile-create.service.js';
import { aPerson, type LinkGroup, openLinkGroup, refusalOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const signUp = (input: Omit<ProfileCreateInput, 'brand'>) =>
  createProfile(group.staff('hearth'), { brand: 'hearth', ...input });

const expiryMs = 73 * 3_600_000;

async function expire(): Promise<void> {
  group.clock.forward(expiryMs);
  await group.settle();
}

/** A row without what differs between any two customers: names and times of its fields, and every other value. */
function shapeOf(row: ProfileRow | null): object {
  const own = ['_id', 'accounts', 'keys', 'firstName', 'lastName', 'email'];
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, own.includes(name) ? '' : value]));
}

describe('a sign-up in the invited brand that meets a profile waiting for the customer', () => {
  it('makes it its own, keeps only what was given, and cannot be told from any other', async () => {
    const person = await group.customer('wren', aPerson({ birthDate: { day: 1, month: 2, year: 1970 } }));
    const { link } = await group.enrol(person);
    const view = await signUp({ email: person.email ?? null, firstName: 'Own', lastName: 'Words' });
    const plain = await signUp({ ...aPerson(), firstName: 'Any', lastName: 'Body' } as ProfileCreateInput);
    expect(view?._id).toBe(link.b.profileId);
    const row = await group.profile('hearth', link.b.profileId);
    expect(row).toMatchObject({ state: 'ACTIVE', firstName: 'Own', lastName: 'Words', email: person.email });
    expect(row?.birthDate).toBeUndefined();
    expect(shapeOf(row)).toEqual(shapeOf(await group.profile('hearth', plain?._id as string)));
    expect(await group.link(link._id)).toMatchObject({ state: 'PENDING_ACTIVATION', mode: 'JOIN' });
    const claims = group.entry('hearth').database.connection.db?.collection('claims').find({ linkId: link._id });
    expect(await claims?.toArray()).toEqual([]);
  });

  it('SC32: is left alone when the link expires or is declined', async () => {
    const person = await group.customer('wren');
    const { link } = await group.enrol(person);
    await signUp({ email: person.email ?? null, firstName: 'Own', lastName: 'Words' });
    await expire();
    expect((await group.link(link._id)).state).toBe('EXPIRED');
    expect(await group.profile('hearth', link.b.profileId)).toMatchObject({ state: 'ACTIVE', email: person.email });
    expect((await group.profile('wren', person._id))?.linkSlots).toEqual({});
  });

  it('is joined when its customer activates after all', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    const own = await signUp({ email: person.email ?? null, firstName: 'Own', lastName: 'Words' });
    await group.activate(token);
    await group.settle();
    expect(await group.link(link._id)).toMatchObject({ state: 'ACTIVE', mode: 'JOIN', b: { accountId: own?._id } });
    expect(await group.profile('hearth', own?._id as string)).toMatchObject({
      firstName: 'Own',
      linkSlots: { wren: link._id },
    });
  });

  it('is not joined to somebody who only shares another value: the customer becomes a member of their own', async () => {
    const mobilePhone = '+61491570156';
    const config = structuredClone(group.config);
    const rule = config.sharing.find((each) => each.from === 'wren' && each.to === 'hearth');
    if (rule !== undefined) (rule.attributes as string[]).push('MOBILE_PHONE');
    const other = await openLinkGroup({ config: { ...config, registry: config.registry } });
    const person = await other.customer('wren', aPerson({ mobilePhone }));
    const { link, token } = await other.enrol(person);
    expect((await other.profile('hearth', link.b.profileId))?.mobilePhone).toBe(mobilePhone);
    const stranger = await createProfile(other.staff('hearth'), {
      brand: 'hearth',
      mobilePhone,
      firstName: 'Stranger',
    });
    expect(stranger?._id).toBe(link.b.profileId);
    await other.activate(token);
    await other.settle();
    const active = await other.link(link._id);
    expect(active.mode).toBe('NEW');
    expect(active.b.accountId).not.toBe(stranger?._id);
    expect(await other.profile('hearth', stranger?._id as string)).toMatchObject({ firstName: 'Stranger' });
    expect((await other.profile('hearth', stranger?._id as string))?.linkSlots).toBeUndefined();
    const made = await other.profile('hearth', active.b.accountId as string);
    expect(made).toMatchObject({ state: 'ACTIVE', email: person.email, linkSlots: { wren: link._id } });
    expect(made?.mobilePhone).toBeUndefined();
    await other.brands.close();
  });

  it('is refused as usual when the customer has accepted already', async () => {
    const person = await group.customer('wren');
    const { token } = await group.enrol(person);
    const nobody = { poke: async () => {} } as unknown as JournalRunner;
    const { activateLink } = await import('../../src/links/activation.service.js');
    await activateLink(
      group.context({ actor: null }),
      { ...group.deps, journals: nobody },
      { token, isAccepted: true },
    );
    expect(
      await refusalOf(signUp({ email: person.email ?? null, firstName: 'Late', lastName: 'Comer' })),
    ).toMatchObject([{ code: 'EMAIL_TAKEN' }]);
    await group.settle();
  });

  it('leaves nothing behind when it dies between letting go and taking over', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    const pending = (await group.profile('hearth', link.b.profileId)) as ProfileRow;
    await releasePending(group.context({ deadline: Deadline.after(10_000) }), pending);
    await group.activate(token);
    await group.settle();
    const active = await group.link(link._id);
    expect(active.b.accountId).not.toBe(pending._id);
    expect((await group.profile('hearth', pending._id))?.state).toBe('VOID');
    expect(await group.profile('hearth', active.b.accountId as string)).toMatchObject({
      state: 'ACTIVE',
      email: person.email,
    });
  });

  it('meets an enrolment halfway, which goes on by what it finds', async () => {
    const person = await group.customer('wren');
    const dying = group.runner({
      afterEffect: (_journal, step) => {
        if (step === 'slot') throw new Error('killed');
      },
    });
    const view = await enrolLink(group.staff('wren'), dying, group.enrolInput(person));
    await dying.idle();
    const own = await signUp({ email: person.email ?? null, firstName: 'First', lastName: 'Here' });
    group.clock.forward(30_000);
    await group.settle();
    const link = await group.link(view?.row._id as string);
    expect(link).toMatchObject({ mode: 'JOIN', step: 'READY' });
    await group.activate(await group.tokenOf(link._id));
    expect((await group.link(link._id)).b.accountId).toBe(own?._id);
  });
});
