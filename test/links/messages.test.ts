import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatNodeId } from '../../src/kernel/ids.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { resendMessage } from '../../src/links/link-resend.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import type { Carriers } from '../../src/messages/carriers.js';
import { listOutgoing } from '../../src/messages/message.service.js';
import { type MailServer, openMailServer } from '../messages/mail-server.js';
import { bySmtp } from '../messages/messages.js';
import { aSecret } from '../webhooks/endpoints.js';
import { openReceiver, type Receiver } from '../webhooks/receiver.js';
import { aPerson, dump, refusalOf } from './link-group.js';
import { type MailGroup, openMailGroup, tokenIn } from './mail-group.js';

let server: MailServer;
let receiver: Receiver;
let group: MailGroup;
const smsSecret = aSecret();
/** What a test does between a message's being taken and that being noted. */
let afterHand: (() => Promise<void>) | null = null;

/** Something to wait for that a test brings about. */
function aGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const pausing =
  (carriers: Carriers): Carriers =>
  (brand, channel) => {
    const carrier = carriers(brand, channel);
    if (carrier === null || carrier === 'mailbox') return carrier;
    return {
      kind: carrier.kind,
      hand: async (message, now) => {
        const handover = await carrier.hand(message, now);
        await afterHand?.();
        return handover;
      },
    };
  };

beforeAll(async () => {
  server = await openMailServer();
  receiver = await openReceiver();
  const sms = { kind: 'webhook', url: receiver.url, secretEnv: 'SMS_SECRET', allowPrivate: true };
  const env = { WREN_SMTP_URL: server.url, SMS_SECRET: smsSecret };
  group = await openMailGroup({ transport: bySmtp, sms }, env, pausing);
});
afterEach(() => {
  server.refuse(null);
  afterHand = null;
});
afterAll(async () => {
  await group.close();
  await server.close();
  await receiver.close();
});

/** Enrols a new customer and does the work that follows. */
async function invite(values = aPerson()): Promise<{ link: LinkRow; to: string }> {
  const person = await group.customer('wren', values);
  const { link } = await group.enrol(person);
  return { link, to: person.email ?? '' };
}

const mailTo = (to: string) => server.taken.filter((mail) => mail.to.includes(to));
const globalId = (link: LinkRow) => formatNodeId('link', '', link._id);
const resend = (link: LinkRow) => resendMessage(group.staff('wren'), group.journals, { id: globalId(link) });

describe('an activation message by mail', () => {
  it('reaches the customer, whose token in it works; nothing it says is kept', async () => {
    const { link, to } = await invite();
    expect(link.message).toMatchObject({ status: 'SENT', sentAt: group.clock.now(), sends: 1 });
    const [mail, ...more] = mailTo(to);
    expect(more).toEqual([]);
    expect(mail?.headers).toMatchObject({
      'message-id': `<${link._id}.1@wren.example>`,
      subject: 'Wren invites you to Hearth',
    });
    expect(mail?.source).toMatch(/until Wednesday,? 25 November 2026\D*0?3:05/);
    const token = tokenIn(mail?.source);
    const kept = [
      JSON.stringify(await group.outgoing(link)),
      await dump(group.brands.registry),
      await dump(group.entry('hearth').database),
      group.lines.join('\n'),
    ].join('\n');
    expect(kept).not.toContain(token);
    expect([JSON.stringify(await group.outgoing(link)), group.lines.join('\n')].join('\n')).not.toContain(to);
    expect(await group.outgoing(link)).toEqual([
      expect.objectContaining({ state: 'SENT', attempts: 1, carrier: 'smtp', lastStatus: 250 }),
    ]);
    expect((await group.outgoing(link))[0]?.sealed).toBeUndefined();
    expect(await listMessages(group.entry('wren').database)).toEqual([]);
    await group.activate(token);
    expect((await group.link(link._id)).state).toBe('ACTIVE');
  });

  it('that is not taken for now is tried again with the same id, and arrives once', async () => {
    server.refuse('RCPT', 451);
    const { link, to } = await invite();
    expect(link.message?.status).toBe('QUEUED');
    const [row] = await group.outgoing(link);
    expect(row).toMatchObject({ state: 'QUEUED', attempts: 1, lastError: 'REPLY', lastStatus: 451 });
    expect(row?.sealed).toEqual(expect.any(String));
    await group.settle();
    expect((await group.outgoing(link))[0]?.attempts).toBe(1);
    server.refuse('DATA', 451);
    group.clock.forward(6_000);
    await group.settle();
    expect((await group.outgoing(link))[0]).toMatchObject({ state: 'QUEUED', attempts: 2 });
    server.refuse(null);
    group.clock.forward(6 * 60_000);
    await group.settle();
    expect((await group.link(link._id)).message?.status).toBe('SENT');
    expect((await group.outgoing(link))[0]).toMatchObject({ state: 'SENT', attempts: 3 });
    expect((await group.outgoing(link))[0]?.lastError).toBeUndefined();
    expect(mailTo(to).map((mail) => mail.headers['message-id'])).toEqual([`<${link._id}.1@wren.example>`]);
  });

  it('goes out again, as the same, when the process dies before it has noted that it was taken', async () => {
    const gate = aGate();
    const stuck = aGate();
    afterHand = () => {
      stuck.open();
      return gate.opened;
    };
    const person = await group.customer('wren');
    const view = await enrolLink(group.staff('wren'), group.journals, group.enrolInput(person));
    const link = { _id: view?.row._id as string };
    const dying = group.settle();
    await stuck.opened;
    afterHand = null;
    expect((await group.link(link._id)).message?.status).toBe('QUEUED');
    group.clock.forward(31_000);
    await group.runner().idle();
    expect((await group.link(link._id)).message).toMatchObject({ status: 'SENT', sends: 1 });
    const ids = mailTo(person.email ?? '').map((mail) => mail.headers['message-id']);
    expect(ids).toEqual([`<${link._id}.1@wren.example>`, `<${link._id}.1@wren.example>`]);
    // The first was not dead but slow: what it has to say is of no interest.
    gate.open();
    await dying;
    expect((await group.outgoing(link))[0]).toMatchObject({ state: 'SENT', attempts: 2 });
  });

  it('that is refused for good has failed, which staff see and no copy mends', async () => {
    server.refuse('RCPT', 550);
    const { link } = await invite();
    expect(link.message).toMatchObject({ status: 'FAILED', sends: 0 });
    const [row] = await group.outgoing(link);
    expect(row).toMatchObject({ state: 'FAILED', attempts: 1, lastError: 'RECIPIENT_REFUSED', lastStatus: 550 });
    expect(row?.sealed).toBeUndefined();
    expect((await refusalOf(resend(link)))[0]?.code).toBe('STATE_NOT_ALLOWED');
  });

  it('that is asked for again takes the place of the one that waits', async () => {
    server.refuse('RCPT', 451);
    const { link, to } = await invite();
    await resend(link);
    server.refuse(null);
    await group.settle();
    group.clock.forward(6_000);
    await group.settle();
    const rows = await group.outgoing(link);
    expect(rows.map((row) => row.state)).toEqual(['DROPPED', 'SENT']);
    expect(rows.some((row) => row.sealed !== undefined)).toBe(false);
    expect(mailTo(to).map((mail) => mail.headers['message-id'])).toEqual([`<${link._id}.2@wren.example>`]);
    await group.activate(tokenIn(mailTo(to)[0]?.source));
    expect((await group.link(link._id)).state).toBe('ACTIVE');
  });

  it('is tried no more once the link has ended or the invitation has run out', async () => {
    server.refuse('RCPT', 451);
    const ended = await invite();
    const expired = await invite();
    await withdrawLink(group.staff('wren'), group.deps, { link: { id: globalId(ended.link) } });
    await group.settle();
    expect(await group.outgoing(ended.link)).toMatchObject([{ state: 'DROPPED', attempts: 1 }]);
    const wait = expired.link.activateBy.getTime() - group.clock.now().getTime();
    group.clock.forward(wait);
    await group.settle();
    expect(await group.outgoing(expired.link)).toMatchObject([{ state: 'DROPPED', attempts: 1 }]);
    server.refuse(null);
    group.clock.forward(48 * 3_600_000);
    await group.settle();
    for (const { link, to } of [ended, expired]) {
      expect((await group.outgoing(link))[0]?.sealed).toBeUndefined();
      expect(mailTo(to)).toEqual([]);
    }
  });

  it('changes nothing about the answer of an enrolment, however slow its carrier is', async () => {
    const gate = aGate();
    const shapes: string[] = [];
    for (const hold of [null, () => gate.opened]) {
      afterHand = hold;
      const view = await enrolLink(group.staff('wren'), group.journals, group.enrolInput(await group.customer('wren')));
      shapes.push(JSON.stringify({ ...view?.row.message, maskedAddress: '' }));
    }
    gate.open();
    await group.settle();
    expect(new Set(shapes)).toEqual(
      new Set(['{"channel":"EMAIL","maskedAddress":"","status":"QUEUED","sends":0,"wanted":1}']),
    );
  });

  it('is listed for operators by its state, without whom it is for', async () => {
    server.refuse('RCPT', 451);
    const { link, to } = await invite();
    const listed = await listOutgoing(group.entry('wren').database, 100);
    expect(listed.find((each) => each._id === `${link._id}:1`)).toMatchObject({ state: 'QUEUED', lastError: 'REPLY' });
    expect(JSON.stringify(listed)).not.toContain(to);
    for (const each of listed) expect(Object.keys(each)).not.toContain('sealed');
  });
});

describe('an activation message by SMS', () => {
  it("goes to the brand's own platform, again with the same id until that takes it", async () => {
    const person = await group.customer('wren', aPerson({ email: null, mobilePhone: '+61491570156' }));
    receiver.answer(503);
    const { link } = await group.enrol(person);
    expect(link.message).toMatchObject({ channel: 'SMS', status: 'QUEUED' });
    receiver.answer(200);
    group.clock.forward(6_000);
    await group.settle();
    expect((await group.link(link._id)).message?.status).toBe('SENT');
    expect(await group.outgoing(link)).toMatchObject([{ state: 'SENT', carrier: 'webhook', attempts: 2 }]);
    expect(receiver.received.map((each) => each.headers['webhook-id'])).toEqual([
      `msg_${link._id}_1`,
      `msg_${link._id}_1`,
    ]);
    const [, { body = '', headers = {}, message } = {}] = receiver.received;
    // Signed at the moment of the attempt, which by the group's clock is not now.
    const signedAt = new Date(Number(headers['webhook-timestamp']) * 1_000);
    const signature = new Webhook(smsSecret).sign(headers['webhook-id'] ?? '', signedAt, body);
    expect(headers['webhook-signature']).toBe(signature);
    expect(message?.data).toMatchObject({ channel: 'SMS', to: '+61491570156', brand: 'wren' });
    await group.activate(tokenIn(String(message?.data['text'])));
    expect((await group.link(link._id)).state).toBe('ACTIVE');
  });
});
