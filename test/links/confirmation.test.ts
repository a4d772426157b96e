import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatNodeId } from '../../src/kernel/ids.js';
import { activateLink } from '../../src/links/activation.service.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { declineLink } from '../../src/links/link-decline.service.js';
import { linkOfReceipt, withdrawLink } from '../../src/links/link-withdraw.service.js';
import { type MailServer, openMailServer } from '../messages/mail-server.js';
import { bySmtp } from '../messages/messages.js';
import { aPerson, dump, receiptTokenOf } from './link-group.js';
import { type MailGroup, openMailGroup, tokenIn } from './mail-group.js';

let server: MailServer;
let group: MailGroup;
beforeAll(async () => {
  server = await openMailServer();
  group = await openMailGroup({ transport: bySmtp }, { WREN_SMTP_URL: server.url });
});
afterEach(() => server.refuse(null));
afterAll(async () => {
  await group.close();
  await server.close();
});

interface Invited {
  readonly link: LinkRow;
  readonly to: string;
  readonly token: string;
}

/** Somebody who has the invitation; a member of hearth already, when that is said. */
async function invited(isMember = false): Promise<Invited> {
  const values = aPerson({ firstName: 'Mei', lastName: 'Tanaka' });
  if (isMember) await group.customer('hearth', aPerson({ email: values.email ?? null }));
  const { link } = await group.enrol(await group.customer('wren', values));
  const to = values.email ?? '';
  return { link, to, token: tokenIn(mailsTo(to)[0]?.source) };
}

const mailsTo = (to: string) => server.taken.filter((mail) => mail.to.includes(to));
/** The code in the address at which consent is taken back. */
const codeIn = (source: string | undefined) => /withdraw#([\w-]{43})/.exec(source ?? '')?.[1] ?? '';
const anonymous = () => group.context({ actor: null });

async function accepted(isMember = false): Promise<Invited> {
  const customer = await invited(isMember);
  await group.activate(customer.token);
  await group.settle();
  return { ...customer, link: await group.link(customer.link._id) };
}

describe('the confirmation of an activation', () => {
  it('reaches the customer where the invitation did, with an address at which consent is taken back', async () => {
    const { link, to } = await accepted();
    const [, mail, ...more] = mailsTo(to);
    expect(more).toEqual([]);
    expect(mail?.headers).toMatchObject({
      'message-id': `<${link._id}.confirmed@wren.example>`,
      subject: 'You are a member of Hearth now',
    });
    const code = codeIn(mail?.source);
    expect((await linkOfReceipt(anonymous(), code))?._id).toBe(link._id);
    await withdrawLink(anonymous(), group.deps, { link: { receiptToken: code } });
    expect((await group.link(link._id)).state).toBe('WITHDRAWN');
    // It goes on leading to the link, which has been withdrawn.
    const again = await withdrawLink(anonymous(), group.deps, { link: { receiptToken: code } });
    expect(again.withdrawnAt).toEqual((await group.link(link._id)).endedAt);
  });

  it('is theirs also when the answer to the activation was lost, and the receipt has an address of its own', async () => {
    const { link, to, token } = await invited();
    const answer = await activateLink(anonymous(), group.deps, { token, isAccepted: true });
    await group.settle();
    const codes = [receiptTokenOf(answer), codeIn(mailsTo(to)[1]?.source)];
    expect(new Set(codes).size).toBe(2);
    for (const code of codes) expect((await linkOfReceipt(anonymous(), code))?._id).toBe(link._id);
  });

  it('says the same to somebody new and to a member', async () => {
    const texts = [];
    for (const isMember of [false, true]) {
      const { link, to } = await accepted(isMember);
      expect(link.mode).toBe(isMember ? 'JOIN' : 'NEW');
      const source = mailsTo(to)[1]?.source ?? '';
      texts.push(source.replaceAll(codeIn(source), 'CODE').replaceAll(to, 'TO').replaceAll(link._id, 'LINK'));
    }
    expect(texts[0]).toContain('withdraw#CODE');
    expect(texts[1]).toBe(texts[0]);
  });

  it('leaves nothing of what it said, and no address', async () => {
    const { link, to } = await accepted();
    const code = codeIn(mailsTo(to)[1]?.source);
    const [, row] = await group.outgoing(link);
    expect(row).toMatchObject({ purpose: 'confirmation', state: 'SENT', attempts: 1 });
    expect(row?.sealed).toBeUndefined();
    const databases = [group.brands.registry, ...group.brands.all().map(({ database }) => database)];
    const kept = [...(await Promise.all(databases.map(dump))), ...group.lines].join('\n');
    expect(kept).not.toContain(code);
    expect(await dump(group.brands.registry)).not.toContain(to);
    const { db } = group.entry('hearth').database.connection;
    expect(await db?.collection('linkDeliveries').countDocuments({ _id: link._id as never })).toBe(0);
  });

  it('is tried again while its carrier takes nothing, for seven days', async () => {
    const { link, to, token } = await invited();
    server.refuse('RCPT', 451);
    await group.activate(token);
    await group.settle();
    expect((await group.outgoing(link))[1]).toMatchObject({ state: 'QUEUED', attempts: 1 });
    server.refuse(null);
    group.clock.forward(6_000);
    await group.settle();
    expect(mailsTo(to).map((mail) => mail.headers['message-id'])).toEqual([
      `<${link._id}.1@wren.example>`,
      `<${link._id}.confirmed@wren.example>`,
    ]);

    const late = await invited();
    server.refuse('RCPT', 451);
    await group.activate(late.token);
    await group.settle();
    group.clock.forward(7 * 86_400_000);
    await group.settle();
    const [, row] = await group.outgoing(late.link);
    expect(row?.state).toBe('DROPPED');
    expect(row?.sealed).toBeUndefined();
  });

  it('is wanted no more once the link has been withdrawn', async () => {
    const { link, to, token } = await invited();
    server.refuse('RCPT', 451);
    await group.activate(token);
    await group.settle();
    const id = formatNodeId('link', '', link._id);
    await withdrawLink(group.staff('wren'), group.deps, { link: { id } });
    await group.settle();
    server.refuse(null);
    group.clock.forward(60_000);
    await group.settle();
    const [, row] = await group.outgoing(link);
    expect(row?.state).toBe('DROPPED');
    expect(row?.sealed).toBeUndefined();
    expect(mailsTo(to)).toHaveLength(1);
  });

  it('goes to nobody who has declined', async () => {
    const { link, to, token } = await invited();
    await declineLink(anonymous(), group.deps, { token });
    await group.settle();
    expect(mailsTo(to)).toHaveLength(1);
    expect(await group.outgoing(link)).toHaveLength(1);
  });
});
