import { createServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { type CarrierOptions, readCarriers } from '../../src/messages/carriers.js';
import type { CarriedMessage, Carrier, Handover } from '../../src/messages/message.js';
import { readSmtpUrl } from '../../src/messages/smtp-carrier.js';
import { aSecret } from '../webhooks/endpoints.js';
import { openReceiver, type Receiver } from '../webhooks/receiver.js';
import { localhostTls } from './localhost-tls.js';
import { type MailServer, openMailServer } from './mail-server.js';
import { aMessage, bySmtp, configWithMessages, type MessagesInput } from './messages.js';

const now = new Date('2026-11-22T04:05:06.000Z');

function carrier(messages: MessagesInput, env: NodeJS.ProcessEnv, options: CarrierOptions = {}): Carrier {
  return readCarriers(configWithMessages(messages), env, options)('wren', 'EMAIL') as Carrier;
}

describe('a mail server', () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await openMailServer();
  });
  beforeEach(() => server.refuse(null));
  afterAll(() => server.close());

  const send = (message: CarriedMessage = aMessage(), url = server.url): Promise<Handover> =>
    carrier({ transport: bySmtp }, { WREN_SMTP_URL: url }).hand(message, now);

  it('gets the message with the id that all attempts bear, from the brand to nobody else', async () => {
    expect(await send()).toEqual({ isTaken: true, status: 250 });
    const mail = server.taken.at(-1);
    expect(mail).toMatchObject({ from: 'hello@wren.example', to: ['mei@example.org'], isEncrypted: false });
    expect(mail?.headers).toMatchObject({
      from: 'Wren <hello@wren.example>',
      to: 'mei@example.org',
      'message-id': '<f3b1c2d4-0000-4000-8000-000000000001.1@wren.example>',
      date: 'Sun, 22 Nov 2026 04:05:06 +0000',
      'auto-submitted': 'auto-generated',
      subject: expect.stringMatching(/^=\?UTF-8\?/),
    });
    expect(mail?.source).toContain('https://group.example/activate#T');
  });

  it('is given text and page together when the brand has both', async () => {
    const content = { ...aMessage().content, html: '<p>Hello <b>you</b></p>' };
    await send(aMessage({ content }));
    expect(server.taken.at(-1)?.headers['content-type']).toMatch(/^multipart\/alternative/);
    expect(server.taken.at(-1)?.source).toContain('<b>you</b>');
  });

  it('gets no header that words have smuggled in', async () => {
    const subject = 'Hi\r\nBcc: thief@example.net\r\n\r\nbody';
    await send(aMessage({ content: { to: 'mei@example.org', subject, text: 'x' } }));
    const mail = server.taken.at(-1);
    expect(mail?.to).toEqual(['mei@example.org']);
    expect(Object.keys(mail?.headers ?? {})).not.toContain('bcc');
  });

  it('reads no file and no address that words name', async () => {
    const text = { path: '/etc/hostname' } as unknown as string;
    const sent = await send(aMessage({ content: { to: 'mei@example.org', subject: 'x', text } }));
    expect(sent.isTaken).toBe(false);
  });

  it.each([
    ['RCPT', 450, { isFinal: false, error: 'REPLY' }],
    ['RCPT', 550, { isFinal: true, error: 'RECIPIENT_REFUSED' }],
    ['RCPT', 530, { isFinal: false, error: 'AUTH' }],
    ['DATA', 451, { isFinal: false, error: 'REPLY' }],
    ['DATA', 554, { isFinal: true, error: 'RECIPIENT_REFUSED' }],
    ['MAIL', 550, { isFinal: false, error: 'REPLY' }],
  ] as const)('that answers %s with %d', async (command, code, expected) => {
    server.refuse(command, code);
    expect(await send()).toEqual({ isTaken: false, status: code, ...expected });
  });

  it('that refuses the password is tried again: operators can mend it', async () => {
    const lenient = await openMailServer({ allowInsecureAuth: true });
    onTestFinished(() => lenient.close());
    const url = lenient.url.replace('//', '//wren%40example.com:p%2Fss@');
    expect(await send(aMessage(), url)).toEqual({ isTaken: true, status: 250 });
    lenient.refuse('AUTH', 535);
    expect(await send(aMessage(), url)).toEqual({ isTaken: false, isFinal: false, error: 'AUTH', status: 535 });
  });

  it('that is not there, or never says a word, is tried again', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const { port } = silent.address() as { port: number };
    const quick = carrier(
      { transport: bySmtp },
      { WREN_SMTP_URL: `smtp://127.0.0.1:${port}` },
      { smtp: { patienceMs: 50 } },
    );
    expect(await quick.hand(aMessage(), now)).toMatchObject({ isTaken: false, isFinal: false, error: 'TIMEOUT' });
    await new Promise((resolve) => {
      silent.close(resolve);
    });
    expect(await quick.hand(aMessage(), now)).toMatchObject({ isTaken: false, isFinal: false, error: 'CONNECTION' });
  });
});

describe('a mail server elsewhere', () => {
  const away = { isHere: () => false };
  const tls = { hideSTARTTLS: false, key: localhostTls.key, cert: localhostTls.cert };
  const hand = (server: MailServer, scheme: string, messages: object = {}, smtp: object = {}) =>
    carrier(
      { transport: { ...bySmtp, ...messages } },
      { WREN_SMTP_URL: `${scheme}://localhost:${server.port}` },
      { smtp: { ...away, ...smtp } },
    ).hand(aMessage(), now);

  it('is told nothing without TLS, unless the brand allows it', async () => {
    const server = await openMailServer();
    onTestFinished(() => server.close());
    expect(await hand(server, 'smtp')).toMatchObject({ isTaken: false, isFinal: false, error: 'TLS' });
    expect(server.asked).toEqual([]);
    expect(await hand(server, 'smtp', { allowPlain: true })).toMatchObject({ isTaken: true });
  });

  it.each(['smtp', 'smtps'])('must show a certificate that verifies, by %s', async (scheme) => {
    const server = await openMailServer({ ...tls, secure: scheme === 'smtps' });
    onTestFinished(() => server.close());
    expect(await hand(server, scheme)).toMatchObject({ isTaken: false, isFinal: false, error: 'TLS' });
    expect(server.asked).toEqual([]);
    expect(await hand(server, scheme, {}, { ca: localhostTls.cert })).toMatchObject({ isTaken: true });
    expect(server.taken.map((mail) => mail.isEncrypted)).toEqual([true]);
  });
});

describe("a brand's own platform", () => {
  let receiver: Receiver;
  const secret = aSecret();
  beforeAll(async () => {
    receiver = await openReceiver();
  });
  afterAll(() => receiver.close());

  const hand = (more: object = { allowPrivate: true }) => {
    const transport = {
      kind: 'webhook',
      url: receiver.url,
      secretEnv: 'SMS_SECRET',
      ...more,
    };
    return carrier({ transport }, { SMS_SECRET: secret }).hand(aMessage(), new Date());
  };

  it('gets every attempt signed, with the same id and the same bytes', async () => {
    receiver.answer(500);
    expect(await hand()).toEqual({ isTaken: false, isFinal: false, error: 'REPLY', status: 500 });
    receiver.answer(202);
    expect(await hand()).toEqual({ isTaken: true, status: 202 });
    const [first, second] = receiver.received;
    for (const each of [first, second]) {
      expect(new Webhook(secret).verify(each?.body ?? '', each?.headers ?? {})).toEqual({
        type: 'message.requested',
        timestamp: '2026-11-22T04:05:06.000Z',
        data: {
          brand: 'wren',
          purpose: 'activation',
          channel: 'EMAIL',
          ...aMessage().content,
          expiresAt: '2026-11-25T04:05:06.000Z',
        },
      });
    }
    expect(first?.headers['webhook-id']).toBe('msg_f3b1c2d4-0000-4000-8000-000000000001_1');
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
  });

  it('ends a message with 410, and is not reached in a private network unless that is allowed', async () => {
    receiver.answer(410);
    expect(await hand()).toEqual({ isTaken: false, isFinal: true, error: 'GONE', status: 410 });
    const count = receiver.received.length;
    const url = receiver.url.replace('http:', 'https:');
    expect(await hand({ url })).toMatchObject({ isTaken: false, isFinal: false, error: 'ADDRESS_REFUSED' });
    expect(receiver.received).toHaveLength(count);
  });
});

describe('passwords and secrets of carriers', () => {
  const mistakesOf = (messages: MessagesInput, env: NodeJS.ProcessEnv): unknown => {
    try {
      readCarriers(configWithMessages(messages), env);
      return [];
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toBe('CONFIG_INVALID');
      expect((error as AppError).message).not.toContain('hunter2');
      return (error as AppError).details['mistakes'];
    }
  };
  const hook = { kind: 'webhook', url: 'https://sms.example/send', secretEnv: 'SMS_SECRET' };

  it('come from the environment, and what is missing is named at its place', () => {
    expect(mistakesOf({ transport: bySmtp, sms: hook }, {})).toEqual([
      { path: 'brands[1].messages.transport.urlEnv', hint: expect.stringContaining('WREN_SMTP_URL, which is not set') },
      { path: 'brands[1].messages.sms.secretEnv', hint: expect.stringContaining('SMS_SECRET, which is not set') },
    ]);
    expect(mistakesOf({ transport: hook }, {})).toHaveLength(1);
    expect(mistakesOf({ email: bySmtp }, { WREN_SMTP_URL: 'https://u:hunter2@mail.example' })).toEqual([
      { path: 'brands[1].messages.email.urlEnv', hint: expect.stringContaining('must hold smtps://') },
    ]);
    expect(
      mistakesOf({ transport: { kind: 'none' }, email: bySmtp }, { WREN_SMTP_URL: 'smtps://mail.example' }),
    ).toEqual([]);
  });

  it('of a mail server stand in its URL', () => {
    expect(readSmtpUrl('smtps://wren%40mail:p%2Fss@mail.example')).toEqual({
      host: 'mail.example',
      port: 465,
      isSecure: true,
      auth: { user: 'wren@mail', pass: 'p/ss' },
    });
    expect(readSmtpUrl('smtp://[::1]:2525')).toMatchObject({ host: '::1', port: 2525, isSecure: false, auth: null });
    for (const text of ['mail.example', 'smtp://', 'smtp://a/b', 'smtp://a?x=1', 'smtp://%ff@a', 'http://a'])
      expect(readSmtpUrl(text), text).toBeNull();
  });
});
