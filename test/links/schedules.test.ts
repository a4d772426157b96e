import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StaleRead } from '../../src/events/commit-once.js';
import type { JournalRunner } from '../../src/journal/journal-runner.js';
import { Deadline } from '../../src/kernel/clock.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { activateLink } from '../../src/links/activation.service.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import type { DeliveryRow } from '../../src/links/delivery.js';
import { keepDelivery } from '../../src/links/delivery.service.js';
import { endPending } from '../../src/links/expiry.service.js';
import { groupCustomerOf } from '../../src/links/group-customer.service.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { decideTarget, insertLive, planLinkedProfile } from '../../src/links/pending-profile.service.js';
import { addSharedIdentity } from '../../src/links/shared-identity.service.js';
import { takeSlot } from '../../src/links/slot.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aPerson, type LinkGroup, openLinkGroup, refusalOf, signerDuring } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const soon = () => Deadline.after(10_000);
/** Journals that nobody works on until the test says so. */
const nobody = { poke: async () => {} } as unknown as JournalRunner;

/** The address that a worker keeps for a link's messages, or finds kept. */
function addressOf(link: LinkRow, { email }: ProfileRow): Promise<DeliveryRow> {
  return keepDelivery(group.entry('hearth'), link, { channel: 'EMAIL', address: email ?? '' }, soon());
}

async function enrolOnly(person: ProfileRow): Promise<LinkRow> {
  const view = await enrolLink(group.staff('wren'), nobody, group.enrolInput(person));
  return group.link(view?.row._id as string);
}

function withdraw(link: LinkRow, copies: 'KEEP' | 'ERASE_UNTOUCHED' = 'KEEP') {
  const input = { link: { id: formatNodeId('link', '', link._id) }, copies };
  return withdrawLink(group.staff('wren'), { ...group.deps, journals: nobody }, input);
}

const planFor = (link: LinkRow, source: ProfileRow, state: 'PENDING' | 'ACTIVE') =>
  planLinkedProfile({
    target: group.entry('hearth'),
    rule: group.entry('wren').brand.sharingRules[0] ?? null,
    link,
    source,
    state,
    now: group.clock.now(),
    deadline: soon(),
  });

async function claimsOf(link: LinkRow, brand: string): Promise<number> {
  const { db } = group.entry(brand).database.connection;
  return (await db?.collection('claims').countDocuments({ linkId: link._id })) ?? -1;
}

describe('links under schedules that break simpler protocols', () => {
  it('SC26: an activation that read the consent before it was withdrawn commits nothing', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    const signer = signerDuring(group.deps.signer, () => withdraw(link));
    const activation = activateLink(
      group.context({ actor: null }),
      { ...group.deps, signer },
      { token, isAccepted: true },
    );
    expect(await refusalOf(activation)).toMatchObject([{ code: 'TOKEN_INVALID' }]);
    await group.settle();
    expect(await group.link(link._id)).toMatchObject({ state: 'WITHDRAWN', consent: { status: 'WITHDRAWN' } });
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
  });

  it('SC26: a withdrawal that read the link before it was activated goes by the activated one', async () => {
    const { link, token } = await group.enrol(await group.customer('wren'));
    const signer = signerDuring(group.deps.signer, () => group.activate(token));
    const input = { link: { id: formatNodeId('link', '', link._id) } };
    await withdrawLink(group.staff('wren'), { ...group.deps, signer, journals: nobody }, input);
    expect(await group.link(link._id)).toMatchObject({ state: 'WITHDRAWN', prior: 'ACTIVE', consent: { seq: 3 } });
  });

  it('SC27: a slot taken after the clean-up of a withdrawal is emptied again', async () => {
    const person = await group.customer('wren');
    const link = await enrolOnly(person);
    await withdraw(link);
    await group.settle();
    const outcome = await takeSlot({
      brands: group.brands,
      brand: 'wren',
      link,
      deadline: soon(),
      find: async () => group.profile('wren', person._id),
    });
    expect(outcome.kind).toBe('TAKEN');
    // The worker goes on with its next step, or another does after it died: a slot of an ended link holds nothing up.
    const again = await enrolOnly(person);
    await group.settle();
    expect((await group.profile('wren', person._id))?.linkSlots).toEqual({ hearth: again._id });
  });

  it('SC28: an expiry that read the link before it was activated purges nothing', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    const end = { to: 'EXPIRED' as const, status: 'LAPSED' as const, reason: 'EXPIRED' };
    expect(await endPending(group.deps.links, link, end, soon())).toBe(false);
    group.clock.forward(80 * 3_600_000);
    await group.settle();
    expect((await group.link(link._id)).state).toBe('ACTIVE');
    expect(await group.profile('hearth', link.b.profileId)).toMatchObject({ state: 'ACTIVE', email: person.email });
  });

  it('SC29: a pending profile inserted after the clean-up of a withdrawal meets its tombstone', async () => {
    const person = await group.customer('wren');
    const link = await enrolOnly(person);
    const planned = await planFor(link, person, 'PENDING');
    await withdraw(link);
    await group.settle();
    const delivery = await addressOf(link, person);
    await expect(decideTarget(group.entry('hearth'), link, delivery, planned, soon())).rejects.toThrow(/E11000/);
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
  });

  it('a worker who found nobody makes no profile once another has found an owner', async () => {
    const hearth = group.entry('hearth');
    const person = await group.customer('wren');
    const link = await enrolOnly(person);
    const seen = await addressOf(link, person);
    const planned = await planFor(link, person, 'PENDING');
    const member = await group.customer('hearth', aPerson({ email: person.email ?? null }));
    await group.settle();
    expect(await group.link(link._id)).toMatchObject({ step: 'READY', mode: 'JOIN' });
    await expect(decideTarget(hearth, link, seen, planned, soon())).rejects.toThrow(StaleRead);
    expect(await group.profile('hearth', link.b.profileId)).toBeNull();
    await group.activate(await group.tokenOf(link._id));
    await group.settle();
    expect((await group.profile('hearth', member._id))?.linkSlots).toEqual({ wren: link._id });
  });

  it('SC30: a copy and an identity made after the clean-up of a withdrawal find no slot', async () => {
    const person = await group.customer('wren');
    const member = await group.customer('hearth', aPerson({ email: person.email ?? null }));
    const { link, token } = await group.enrol(person);
    await activateLink(
      group.context({ actor: null }),
      { ...group.deps, journals: nobody },
      { token, isAccepted: true },
    );
    const active = await group.link(link._id);
    await withdraw(active, 'ERASE_UNTOUCHED');
    await group.settle();
    await addSharedIdentity(group.deps.links, active, 'hearth', member._id, soon());
    await addSharedIdentity(group.deps.links, active, 'wren', person._id, soon());
    expect(await claimsOf(link, 'hearth')).toBe(0);
    expect(await claimsOf(link, 'wren')).toBe(0);
  });

  it('SC30: values are not copied for a link that was withdrawn before they were', async () => {
    const person = await group.customer('wren');
    const owner = await group.customer('hearth', aPerson({ email: person.email ?? null }));
    const { link, token } = await group.enrol(person);
    const { database } = group.entry('hearth');
    await database.connection.db?.collection('claims').deleteMany({ profileId: owner._id });
    await activateLink(
      group.context({ actor: null }),
      { ...group.deps, journals: nobody },
      { token, isAccepted: true },
    );
    const active = await group.link(link._id);
    expect(active.mode).toBe('NEW');
    const planned = await planFor(active, person, 'ACTIVE');
    await withdraw(active);
    await group.settle();
    await expect(insertLive(group.deps.links, group.entry('hearth'), active, planned, soon())).rejects.toThrow();
    const made = await group.profile('hearth', active.b.accountId as string);
    expect(made?.state).toBe('VOID');
    expect(made?.email).toBeUndefined();
  });

  it('SC31: a member whose profile had not opened yet when consent was withdrawn is not purged', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await activateLink(
      group.context({ actor: null }),
      { ...group.deps, journals: nobody },
      { token, isAccepted: true },
    );
    await withdraw(await group.link(link._id));
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('PENDING');
    await group.settle();
    expect(await group.profile('hearth', link.b.profileId)).toMatchObject({
      state: 'ACTIVE',
      email: person.email,
      linkSlots: {},
    });
    expect(await claimsOf(link, 'hearth')).toBe(0);
  });

  it('SC34: an answer that was read by a link withdrawn meanwhile does not leave', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    await group.settle();
    const context = group.context();
    const view = (await viewProfile(context, group.entry('wren'), person._id)) as ProfileView;
    expect((await groupCustomerOf(context, view))?.members).toHaveLength(2);
    await withdraw(link);
    await context.world.settle();
    expect(context.world.breached).not.toBeNull();
  });

  it('SC44: of two activations, the one that comes late does not empty the slot of the first', async () => {
    const person = await group.customer('wren');
    const member = await group.customer('hearth', aPerson({ email: person.email ?? null }));
    const { link, token } = await group.enrol(person);
    const signer = signerDuring(group.deps.signer, () => group.activate(token));
    const late = activateLink(group.context({ actor: null }), { ...group.deps, signer }, { token, isAccepted: true });
    expect(await refusalOf(late)).toMatchObject([{ code: 'TOKEN_INVALID' }]);
    await group.settle();
    expect((await group.profile('hearth', member._id))?.linkSlots).toEqual({ wren: link._id });
    expect(await group.link(link._id)).toMatchObject({ state: 'ACTIVE', b: { accountId: member._id } });
  });

  it('SC45: emptying a slot raises the version by which a merge was planned', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    await group.settle();
    const before = [await group.profile('wren', person._id), await group.profile('hearth', link.b.profileId)];
    await withdraw(link);
    await group.settle();
    const after = [await group.profile('wren', person._id), await group.profile('hearth', link.b.profileId)];
    for (const [index, profile] of before.entries()) {
      expect(after[index]?.version).toBeGreaterThan(profile?.version ?? 0);
    }
  });

  it('goes on where a process died after any step of a withdrawal', async () => {
    for (const fatal of ['settle', 'release']) {
      const person = await group.customer('wren');
      const { link, token } = await group.enrol(person);
      await group.activate(token);
      await group.settle();
      await withdraw(link, 'ERASE_UNTOUCHED');
      const dying = group.runner({
        afterEffect: (_journal, step) => {
          if (step === fatal) throw new Error('killed');
        },
      });
      await dying.idle();
      group.clock.forward(30_000);
      await group.settle();
      const rest = await group.profile('hearth', link.b.profileId);
      expect(rest).toMatchObject({ state: 'ACTIVE', linkSlots: {} });
      expect(rest?.email).toBeUndefined();
      expect(await claimsOf(link, 'wren')).toBe(0);
    }
  });
});
