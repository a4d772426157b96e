import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNodeId } from '../../src/kernel/ids.js';
import { newActivationToken } from '../../src/links/activation-token.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { createLinkResolvers } from '../../src/links/cross-brand-link.resolvers.js';
import { declineLink } from '../../src/links/link-decline.service.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { linkOptionsOf } from '../../src/links/link-option.service.js';
import { resendMessage } from '../../src/links/link-resend.service.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { aPerson, dump, type LinkGroup, openLinkGroup, refusalOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const decline = (token: string, quietDays?: number) =>
  declineLink(group.context({ actor: null }), group.deps, { token, ...(quietDays === undefined ? {} : { quietDays }) });

async function optionOf(person: ProfileRow): Promise<{ state: string; unavailableReason: string | null } | undefined> {
  const context = group.context();
  const view = (await viewProfile(context, group.entry('wren'), person._id)) as ProfileView;
  return (await linkOptionsOf(context, view)).find((option) => option.brand.handle === 'hearth');
}

describe('a customer who declines', () => {
  it('is left alone for as long as asked, and nothing stays in the other brand', async () => {
    const person = await group.customer('wren', aPerson({ firstName: 'Balthasara' }));
    const { link, token } = await group.enrol(person);
    const { quietUntil } = await decline(token, 10);
    expect(quietUntil).toEqual(new Date(group.clock.now().getTime() + 10 * 86_400_000));
    await group.settle();
    expect(await group.link(link._id)).toMatchObject({
      state: 'DECLINED',
      consent: { status: 'REFUSED', seq: 2 },
      quietUntil,
    });
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
    expect(await dump(group.entry('hearth').database)).not.toContain('Balthasara');
    expect((await group.profile('wren', person._id))?.linkSlots).toEqual({});
    expect(await optionOf(person)).toMatchObject({ state: 'UNAVAILABLE', unavailableReason: 'DECLINED_RECENTLY' });
    group.clock.forward(10 * 86_400_000);
    expect(await optionOf(person)).toMatchObject({ state: 'INVITABLE' });
  });

  it('uses the token up, and is refused alike with every token that does not work', async () => {
    const { token } = await group.enrol(await group.customer('wren'));
    await decline(token);
    const answers = await Promise.all(
      [token, newActivationToken(), ''].flatMap((each) => [refusalOf(decline(each)), refusalOf(group.activate(each))]),
    );
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it('and accepts at the same time has done one of both', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { link, token } = await group.enrol(await group.customer('wren'));
      const [yes, no] = await Promise.allSettled([group.activate(token), decline(token)]);
      await group.settle();
      expect([yes.status, no.status].sort()).toEqual(['fulfilled', 'rejected']);
      expect((await group.link(link._id)).state).toBe(yes.status === 'fulfilled' ? 'ACTIVE' : 'DECLINED');
    }
  });

  it('cannot ask for an impossible number of days', async () => {
    for (const days of [0, 3_651]) {
      await expect(decline('x', days)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });
});

describe('an activation message that is sent again', () => {
  const resend = (link: LinkRow, context = group.staff('wren'), idempotencyKey?: string) =>
    resendMessage(context, group.journals, {
      id: formatNodeId('link', '', link._id),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });

  async function newestToken(link: LinkRow): Promise<string> {
    await group.settle();
    const messages = await listMessages(group.entry('wren').database, { limit: 1_000 });
    const mine = messages.filter((each) => each.linkId === link._id);
    const newest = mine.sort((x, y) => (x._id < y._id ? 1 : -1))[0];
    return /activate#([\w-]{43})\n/.exec(newest?.text ?? '')?.[1] ?? '';
  }

  it('brings a new token, and the one before works no more', async () => {
    const { link, token } = await group.enrol(await group.customer('wren'));
    await resend(link);
    const second = await newestToken(link);
    expect(second).not.toBe(token);
    expect(await refusalOf(group.activate(token))).toMatchObject([{ code: 'TOKEN_INVALID' }]);
    await group.activate(second);
    expect((await group.link(link._id)).state).toBe('ACTIVE');
  });

  it('can be asked for three times, and once for each key', async () => {
    const { link } = await group.enrol(await group.customer('wren'));
    await resend(link, group.staff('wren'), 'till-7-resend');
    await resend(link, group.staff('wren'), 'till-7-resend');
    await resend(link);
    await resend(link);
    expect(await refusalOf(resend(link))).toMatchObject([{ code: 'RESEND_LIMIT_REACHED' }]);
    await group.settle();
    const messages = await listMessages(group.entry('wren').database, { limit: 1_000 });
    expect(messages.filter((each) => each.linkId === link._id).length).toBeLessThanOrEqual(4);
    expect((await group.link(link._id)).message).toMatchObject({ status: 'SENT', sends: 4, wanted: 4 });
  });

  it('gives the same answer whether the other brand knows the customer, does not, or is down', async () => {
    const answers = [];
    const { activation } = createLinkResolvers(group.deps).CrossBrandLink as unknown as {
      activation: (view: unknown) => object;
    };
    for (const kind of ['unknown', 'known', 'down']) {
      const person = await group.customer('wren', aPerson({ email: `mei.${kind}.${Date.now()}@example.org` }));
      if (kind === 'known') await group.customer('hearth', aPerson({ email: person.email ?? null }));
      const restore = kind === 'down' ? group.cutOff('hearth') : () => {};
      const enrolled = await enrolLink(group.staff('wren'), group.journals, group.enrolInput(person));
      await group.settle();
      const view = await resend(enrolled?.row as LinkRow);
      answers.push({ ...activation(view), sentAt: null });
      restore();
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 'QUEUED', resendsLeft: 2 });
  });

  it('is sent once the other brand is back, and only the last one', async () => {
    const person = await group.customer('wren');
    const restore = group.cutOff('hearth');
    const view = await enrolLink(group.staff('wren'), group.journals, group.enrolInput(person));
    await group.settle();
    const link = view?.row as LinkRow;
    await resend(link);
    restore();
    group.clock.forward(60_000);
    await group.activate(await newestToken(link));
    const messages = await listMessages(group.entry('wren').database, { limit: 1_000 });
    const sent = messages.filter((each) => each.linkId === link._id && each.purpose === 'activation');
    expect(sent).toHaveLength(1);
  });

  it('is refused for a link that is not pending and one that is not to be seen', async () => {
    const { link, token } = await group.enrol(await group.customer('wren'));
    expect(await refusalOf(resend(link, group.staff('hearth')))).toMatchObject([{ code: 'NOT_FOUND' }]);
    await group.activate(token);
    expect(await refusalOf(resend(link))).toMatchObject([{ code: 'STATE_NOT_ALLOWED' }]);
  });
});
