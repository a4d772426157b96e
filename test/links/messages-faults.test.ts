import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { seededRandom } from '../../src/kernel/random.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import type { Carriers } from '../../src/messages/carriers.js';
import { type MailServer, openMailServer } from '../messages/mail-server.js';
import { bySmtp } from '../messages/messages.js';
import { unreliable } from '../support/unreliable.js';
import { dump } from './link-group.js';
import { type MailGroup, openMailGroup, tokenIn } from './mail-group.js';

let server: MailServer;
let group: MailGroup;
/** What carries mail in place of the mail server, as after a change of the configuration. */
let instead: ReturnType<Carriers> | undefined;

beforeAll(async () => {
  server = await openMailServer();
  const wrap =
    (carriers: Carriers): Carriers =>
    (brand, channel) =>
      instead === undefined ? carriers(brand, channel) : instead;
  group = await openMailGroup({ transport: bySmtp }, { WREN_SMTP_URL: server.url }, wrap);
});
afterEach(() => {
  vi.restoreAllMocks();
  server.refuse(null);
  instead = undefined;
});
afterAll(async () => {
  await group.close();
  await server.close();
});

const seed = Math.floor(Math.random() * 2 ** 31);

/** Makes every database fail now and then: before it was asked, or after it has done what it was asked. */
function makeUnreliable(): void {
  const random = seededRandom(seed);
  for (const database of [group.brands.registry, ...['wren', 'hearth'].map((brand) => group.entry(brand).database)]) {
    unreliable(database, random);
  }
}

async function openWork(): Promise<number> {
  const open = group.brands.registry.connection.db?.collection('journals').find({ open: true });
  return ((await open?.toArray()) ?? []).filter((journal) => journal['kind'] !== 'link.expire').length;
}

async function settleWhatever(): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    group.clock.forward(60_000);
    try {
      await group.settle();
      if ((await openWork()) === 0) return;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  throw new Error('Work was left after 200 rounds');
}

describe('messages by mail', () => {
  it(`arrive, each under one id and with one token, whatever fails on the way (seed ${seed})`, async () => {
    const invited: { id: string; to: string }[] = [];
    for (let index = 0; index < 3; index += 1) {
      const person = await group.customer('wren');
      const view = await enrolLink(group.staff('wren'), group.journals, group.enrolInput(person));
      invited.push({ id: view?.row._id as string, to: person.email ?? '' });
    }
    makeUnreliable();
    await settleWhatever();
    vi.restoreAllMocks();
    const kept = [
      await dump(group.entry('wren').database),
      await dump(group.brands.registry),
      group.lines.join('\n'),
    ].join('\n');
    for (const { id, to } of invited) {
      expect((await group.link(id)).message).toMatchObject({ status: 'SENT', sends: 1 });
      const mails = server.taken.filter((mail) => mail.to.includes(to));
      expect(new Set(mails.map((mail) => mail.headers['message-id']))).toEqual(new Set([`<${id}.1@wren.example>`]));
      const [token, ...others] = new Set(mails.map((mail) => tokenIn(mail.source)));
      expect(others).toEqual([]);
      expect(kept).not.toContain(token);
      expect(group.lines.join('\n')).not.toContain(to);
      expect(await group.outgoing({ _id: id })).toMatchObject([{ state: 'SENT' }]);
      await group.activate(token ?? '');
    }
    expect(kept).not.toContain('activate#');
    expect(group.lines.length).toBeGreaterThan(0);
  });

  it('is written once and sent once when the process dies between the two', async () => {
    const person = await group.customer('wren');
    const dead = group.runner({
      afterEffect: (_journal, step) => {
        if (step === 'invite') throw new Error('dead');
      },
    });
    const view = await enrolLink(group.staff('wren'), dead, group.enrolInput(person));
    await dead.idle();
    group.clock.forward(31_000);
    await group.settle();
    expect((await group.link(view?.row._id as string)).message?.status).toBe('SENT');
    expect(server.taken.filter((mail) => mail.to.includes(person.email ?? ''))).toHaveLength(1);
  });
});

describe('messages that wait while the configuration changes', () => {
  async function waiting(): Promise<LinkRow> {
    server.refuse('RCPT', 451);
    const { link } = await group.enrol(await group.customer('wren'));
    expect(link.message?.status).toBe('QUEUED');
    group.clock.forward(6_000);
    return link;
  }

  it('go by what carries the channel now', async () => {
    const link = await waiting();
    instead = 'mailbox';
    await group.settle();
    expect((await group.link(link._id)).message?.status).toBe('SENT');
    const left = await listMessages(group.entry('wren').database);
    expect(left.map((message) => message.linkId)).toEqual([link._id]);
    await group.activate(await group.tokenOf(link._id));
  });

  it('fail when nothing does any more, whether they are written or not', async () => {
    const link = await waiting();
    instead = null;
    await group.settle();
    expect((await group.link(link._id)).message?.status).toBe('FAILED');
    expect(await group.outgoing(link)).toMatchObject([{ state: 'FAILED', lastError: 'NO_TRANSPORT' }]);
    const later = await group.enrol(await group.customer('wren'));
    expect(later.link.message?.status).toBe('FAILED');
    expect(await group.outgoing(later.link)).toEqual([]);
  });
});
