import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import { identityClaimId } from '../../src/claims/claim.js';
import { findClaims } from '../../src/claims/claim.store.js';
import { createConsentResolvers } from '../../src/consents/consent.resolvers.js';
import { Deadline } from '../../src/kernel/clock.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import type { LinkView } from '../../src/links/cross-brand-link.js';
import { createLinkResolvers } from '../../src/links/cross-brand-link.resolvers.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { anActor } from '../support/group.js';
import { aPerson, type LinkGroup, openLinkGroup, refusalOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

type AnyResolver = (parent: unknown, args: object, context: OperationContext) => unknown;

/** What a client gets who selects everything about a link but its ids and times. */
async function answerOf(view: LinkView | null, context: OperationContext): Promise<string> {
  const resolvers = { ...createLinkResolvers(group.deps), ...createConsentResolvers(group.deps) };
  const link = resolvers.CrossBrandLink as unknown as Record<string, AnyResolver>;
  const end = resolvers.CrossBrandLinkEnd as unknown as Record<string, AnyResolver>;
  const ask = (of: Record<string, AnyResolver>, field: string, parent: unknown) => of[field]?.(parent, {}, context);
  const answer: Record<string, unknown> = {};
  for (const field of Object.keys(link)) {
    if (['id', 'createdAt', 'sharedIdentifier', 'source', 'target', 'consent'].includes(field)) continue;
    answer[field] = await ask(link, field, view);
  }
  for (const side of ['source', 'target']) {
    const value = ask(link, side, view);
    answer[side] = [await ask(end, 'state', value), await ask(end, 'profile', value)];
  }
  const consent = (await ask(link, 'consent', view)) as { record: object; epoch: number };
  answer['consent'] = { ...consent.record, head: null, epoch: consent.epoch };
  return JSON.stringify(answer);
}

async function enrolAs(context: OperationContext, profile: ProfileRow): Promise<string> {
  const view = await enrolLink(context, group.journals, group.enrolInput(profile));
  return answerOf(view, context);
}

describe('the answer to an enrolment', () => {
  it('has the same bytes whether the other brand knows the person, does not, or is down', async () => {
    const names = { firstName: 'Same', lastName: 'Person' };
    const unknown = await group.customer('wren', aPerson(names));
    const known = await group.customer('wren', aPerson(names));
    await group.customer('hearth', aPerson({ email: known.email ?? null }));
    const forDown = await group.customer('wren', aPerson(names));
    const answers = [await enrolAs(group.staff('wren'), unknown), await enrolAs(group.staff('wren'), known)];
    const restore = group.cutOff('hearth');
    answers.push(await enrolAs(group.staff('wren'), forDown));
    restore();
    expect(new Set(answers).size).toBe(1);
    await group.settle();
  });

  it('stays the same for staff until the customer acts, whichever it is', async () => {
    const names = { firstName: 'Same', lastName: 'Person' };
    const unknown = await group.customer('wren', aPerson(names));
    const known = await group.customer('wren', aPerson(names));
    await group.customer('hearth', aPerson({ email: known.email ?? null }));
    const links = [(await group.enrol(unknown)).link, (await group.enrol(known)).link];
    expect(links.map((link) => link.mode)).toEqual(['NEW', 'JOIN']);
    const views = links.map((row) => ({
      __typename: 'CrossBrandLink' as const,
      row,
      from: 'a' as const,
      fromBrand: group.entry('wren').brand,
      toBrand: group.entry('hearth').brand,
    }));
    const context = group.staff('wren');
    const [first, second] = await Promise.all(views.map((view) => answerOf(view, context)));
    expect(second).toBe(first);
    for (const [index, profile] of [unknown, known].entries()) {
      const id = identityClaimId('group-member', links[index]?.sharedIdentifier ?? '');
      const claims = await findClaims(group.entry('wren').database, [id], { deadline: Deadline.after(5_000) });
      expect(claims.get(id)?.accountId).toBe(profile._id);
    }
  });

  it('is the first one again for the same key, and a refusal for another body', async () => {
    const person = await group.customer('wren');
    const input = group.enrolInput(person);
    const first = await enrolLink(group.staff('wren'), group.journals, input);
    const again = await enrolLink(group.staff('wren'), group.journals, input);
    expect(again?.row._id).toBe(first?.row._id);
    const other = { ...input, channel: 'EMAIL' as const };
    expect(await refusalOf(enrolLink(group.staff('wren'), group.journals, other))).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED' },
    ]);
    await group.settle();
  });
});

describe('an enrolment is refused', () => {
  async function refused(
    change: (input: ReturnType<LinkGroup['enrolInput']>) => object,
    context = group.staff('wren'),
  ) {
    const person = await group.customer('wren', aPerson({ mobilePhone: null }));
    const input = group.enrolInput(person);
    const [refusal] = await refusalOf(
      enrolLink(context, group.journals, { ...input, ...change(input) } as typeof input),
    );
    return refusal;
  }
  const consent = (more: object) => (input: ReturnType<LinkGroup['enrolInput']>) => ({
    consent: { ...input.consent, ...more },
  });

  it('for a profile that is not there, and alike for one of another brand', async () => {
    const elsewhere = await group.customer('alder');
    const nobody = await refused(() => ({ profileId: formatNodeId('prof', 'wren', newUuid()) }));
    const foreign = await refused(() => ({ profileId: formatNodeId('prof', 'alder', elsewhere._id) }));
    expect(nobody).toMatchObject({ code: 'NOT_FOUND', field: ['input', 'profileId'] });
    expect(foreign).toEqual(nobody);
  });

  it('into the same brand, or where no rule allows it', async () => {
    expect(await refused(() => ({ toBrand: 'wren' }))).toMatchObject({ code: 'SAME_BRAND' });
    expect(await refused(() => ({ toBrand: 'alder' }))).toMatchObject({
      code: 'NOT_SHAREABLE',
      field: ['input', 'toBrand'],
    });
    expect(await refused(() => ({ toBrand: 'nowhere' }))).toMatchObject({ code: 'NOT_SHAREABLE' });
  });

  it('without a yes, to an old wording, or at a time that cannot be', async () => {
    expect(await refused(consent({ isConfirmed: false }))).toMatchObject({ code: 'CONSENT_REQUIRED' });
    expect(await refused(consent({ noticeId: 'notice_old' }))).toMatchObject({
      code: 'NOTICE_OUTDATED',
      field: ['input', 'consent', 'noticeId'],
    });
    const at = (ms: number) => new Date(group.clock.now().getTime() + ms);
    for (const givenAt of [at(1), at(-15 * 60_000 - 1)]) {
      expect(await refused(consent({ givenAt }))).toMatchObject({ code: 'CONSENT_TIME_INVALID' });
    }
  });

  it('for an attribute that the rule or the profile does not have, naming its place', async () => {
    expect(await refused(consent({ attributes: ['MOBILE_PHONE'] }))).toMatchObject({
      code: 'ATTRIBUTE_NOT_SHAREABLE',
      field: ['input', 'consent', 'attributes', '0'],
    });
    expect(await refused(consent({ attributes: ['EMAIL', 'BIRTH_DATE'] }))).toMatchObject({
      field: ['input', 'consent', 'attributes', '1'],
    });
  });

  it('when staff name somebody else, or a system names nobody or spells a name', async () => {
    const machine = group.staff('wren', {
      actor: anActor({ kind: 'MACHINE', brandHandles: new Set(['wren']), isGroup: false }),
    });
    const code = 'STAFF_REFERENCE_INVALID';
    expect(await refused(consent({ staffReference: 'till-7' }))).toMatchObject({ code });
    expect(await refused(() => ({}), machine)).toMatchObject({ code });
    expect(await refused(consent({ staffReference: 'Jo Smith' }), machine)).toMatchObject({ code });
    const person = await group.customer('wren');
    const input = group.enrolInput(person);
    const view = await enrolLink(machine, group.journals, {
      ...input,
      consent: { ...input.consent, staffReference: 'staff_19' },
    });
    expect(view?.row.consent.recordedBy).toEqual({ kind: 'STAFF', reference: 'staff_19' });
    expect(view?.row.actor.kind).toBe('MACHINE');
    await group.settle();
  });

  it('without an address on the channel asked for', async () => {
    for (const channel of ['SMS', 'POST']) {
      expect(await refused(() => ({ channel }))).toMatchObject({
        code: 'NO_CONFIRMED_CONTACT',
        field: ['input', 'channel'],
      });
    }
  });

  it('while a link to that brand is pending or active', async () => {
    const person = await group.customer('wren');
    const { token } = await group.enrol(person);
    const again = () => refusalOf(enrolLink(group.staff('wren'), group.journals, group.enrolInput(person)));
    expect(await again()).toMatchObject([{ code: 'ALREADY_LINKED' }]);
    await group.activate(token);
    expect(await again()).toMatchObject([{ code: 'ALREADY_LINKED' }]);
  });

  it('for ids and keys of the wrong form, as bad input', async () => {
    const person = await group.customer('wren');
    const enrol = (overrides: object) =>
      enrolLink(group.staff('wren'), group.journals, group.enrolInput(person, overrides));
    await expect(enrol({ profileId: 'x' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(enrol({ idempotencyKey: 'short' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('the work after an enrolment', () => {
  it('waits for a brand that is down, and is done once it is back', async () => {
    const person = await group.customer('wren');
    const restore = group.cutOff('hearth');
    const view = await enrolLink(group.staff('wren'), group.journals, group.enrolInput(person));
    const linkId = view?.row._id as string;
    await group.settle();
    expect(await group.link(linkId)).toMatchObject({ state: 'PENDING_ACTIVATION', step: 'ENROLLING' });
    expect(await group.tokenOf(linkId)).toBe('');
    restore();
    group.clock.forward(60_000);
    await group.settle();
    expect(await group.link(linkId)).toMatchObject({ step: 'READY', mode: 'NEW', message: { status: 'SENT' } });
    await group.activate(await group.tokenOf(linkId));
    expect((await group.link(linkId)).state).toBe('ACTIVE');
  });

  it.each(['slot', 'target', 'source', 'invite'])(
    'leaves one profile, one slot and one message when the process dies after "%s"',
    async (fatal) => {
      const person = await group.customer('wren');
      const before = (await group.profiles('hearth')).length;
      const dying = group.runner({
        afterEffect: (_journal, step) => {
          if (step === fatal) throw new Error('killed');
        },
      });
      const view = await enrolLink(group.staff('wren'), dying, group.enrolInput(person));
      const linkId = view?.row._id as string;
      await dying.idle();
      group.clock.forward(30_000);
      await group.settle();
      const link = await group.link(linkId);
      expect(link).toMatchObject({ step: 'READY', mode: 'NEW', message: { status: 'SENT', sends: 1 } });
      expect(await group.profiles('hearth')).toHaveLength(before + 1);
      expect((await group.profile('wren', person._id))?.linkSlots).toEqual({ hearth: linkId });
      expect((await group.profile('hearth', link.b.profileId))?.linkSlots).toEqual({ wren: linkId });
      const messages = await listMessages(group.entry('wren').database, { limit: 1_000 });
      expect(messages.filter((message) => message.linkId === linkId)).toHaveLength(1);
      await group.activate(await group.tokenOf(linkId));
      expect((await group.profile('hearth', link.b.profileId))?.state).toBe('ACTIVE');
    },
  );

  it('copies only what was agreed to, and not what somebody there owns already', async () => {
    const mobilePhone = '+61491570158';
    await group.customer('hearth', aPerson({ mobilePhone }));
    const values = aPerson({ birthDate: { day: 3, month: 4, year: 1990 }, mobilePhone });
    const person = await group.customer('wren', values);
    const input = group.enrolInput(person);
    const { link } = await group.enrol(person, { consent: { ...input.consent, attributes: ['FIRST_NAME', 'EMAIL'] } });
    const made = await group.profile('hearth', link.b.profileId);
    expect(made).toMatchObject({ firstName: values.firstName, email: values.email });
    for (const name of ['lastName', 'birthDate', 'mobilePhone'] as const) expect(made?.[name]).toBeUndefined();
  });

  it('leaves out a mobile of another customer there, and does not join by it', async () => {
    const config = structuredClone((await import('../support/group.js')).groupConfig());
    const rule = config.sharing[0] as (typeof config.sharing)[0];
    rule.attributes = ['FIRST_NAME', 'EMAIL', 'MOBILE_PHONE'];
    const own = await openLinkGroup({ config });
    const mobilePhone = '+61491570159';
    const other = await own.customer('hearth', aPerson({ mobilePhone }));
    const person = await own.customer('wren', aPerson({ mobilePhone }));
    const { link, token } = await own.enrol(person);
    expect(link.mode).toBe('NEW');
    await own.activate(token);
    expect((await own.profile('hearth', link.b.profileId))?.mobilePhone).toBeUndefined();
    expect((await own.profile('hearth', other._id))?.linkSlots).toBeUndefined();
    await own.close();
  });

  it('ends the later of two links that were enrolled at once', async () => {
    const person = await group.customer('wren');
    const [first, second] = await Promise.all(
      [1, 2].map(() => enrolLink(group.staff('wren'), group.journals, group.enrolInput(person))),
    );
    await group.settle();
    const links = await Promise.all([first, second].map((view) => group.link(view?.row._id as string)));
    expect(links.map((link) => link.state).sort()).toEqual(['ENDED', 'PENDING_ACTIVATION']);
    const ended = links.find((link) => link.state === 'ENDED');
    expect(ended).toMatchObject({ consent: { status: 'SUPERSEDED' }, prior: 'PENDING_ACTIVATION' });
    const live = links.find((link) => link.state !== 'ENDED');
    expect((await group.profile('wren', person._id))?.linkSlots).toEqual({ hearth: live?._id });
    expect(await group.tokenOf(ended?._id as string)).toBe('');
  });
});
