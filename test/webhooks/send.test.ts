import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { createSend, type SendOptions, type SendOutcome } from '../../src/webhooks/send.js';
import { anEndpoint, aSecret, type WebhookInput } from './endpoints.js';
import { openReceiver, type Receiver } from './receiver.js';
import { receiverTls } from './receiver-tls.js';

const open: Receiver[] = [];
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close();
});

async function aReceiver(secure?: typeof receiverTls): Promise<Receiver> {
  const receiver = await openReceiver(secure);
  open.push(receiver);
  return receiver;
}

const message = { id: 'evt_test', body: JSON.stringify({ type: 'profile.merged', data: { n: 1 } }) };

function send(endpoint: WebhookInput, options: SendOptions = {}, secrets?: string): Promise<SendOutcome> {
  return createSend(options)(anEndpoint(endpoint, secrets), message, new Date());
}

describe('a message', () => {
  it('is signed so that the receiver can verify it, and carries the configured headers', async () => {
    const receiver = await aReceiver();
    const secret = aSecret();
    expect(await send({ url: receiver.url, headers: { 'x-gateway': 'open' } }, {}, secret)).toEqual({ status: 204 });
    const [{ headers, body }] = receiver.received as [Receiver['received'][0]];
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(message.body));
    expect(headers).toMatchObject({
      'webhook-id': 'evt_test',
      'content-type': 'application/json',
      'x-gateway': 'open',
    });
    expect(() => new Webhook(aSecret()).verify(body, headers)).toThrow();
    expect(() => new Webhook(secret).verify(body.replace('1', '2'), headers)).toThrow();
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'evt_other' })).toThrow();
  });

  it('is signed with both secrets while one is being changed', async () => {
    const receiver = await aReceiver();
    const [next, old] = [aSecret(), aSecret()];
    await send({ url: receiver.url }, {}, `${next} ${old}`);
    const [{ headers, body }] = receiver.received as [Receiver['received'][0]];
    for (const secret of [next, old]) new Webhook(secret).verify(body, headers);
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  });

  it('does not follow a redirect, wherever it leads', async () => {
    const [receiver, other] = [await aReceiver(), await aReceiver()];
    receiver.answer((response) => response.writeHead(307, { location: other.url }).end());
    expect(await send({ url: receiver.url })).toEqual({ status: 307 });
    expect(other.connections()).toBe(0);
  });

  it('is given up when no answer comes in time, also while the name is still being looked up', async () => {
    const receiver = await aReceiver();
    receiver.answer(() => {});
    expect(await send({ url: receiver.url }, { timeoutMs: 60 })).toEqual({ error: 'TIMEOUT' });
    const resolve = () => new Promise<never>(() => {});
    expect(await send({ url: 'https://slow.example/' }, { timeoutMs: 20, resolve })).toEqual({ error: 'TIMEOUT' });
  });

  it('cuts off a receiver that answers without end; its status counts', async () => {
    const receiver = await aReceiver();
    const isCutOff = new Promise<number>((resolve) => {
      receiver.answer((response) => {
        response.writeHead(200);
        let written = 0;
        const write = (): void => {
          while (!response.destroyed && response.write('x'.repeat(8_192))) written += 8_192;
        };
        response.on('drain', write).on('close', () => resolve(written));
        write();
      });
    });
    expect(await send({ url: receiver.url })).toEqual({ status: 200 });
    expect(await isCutOff).toBeGreaterThan(0);
  });

  it('goes nowhere when nobody listens, or when the name is unknown', async () => {
    const receiver = await openReceiver();
    await receiver.close();
    expect(await send({ url: receiver.url })).toEqual({ error: 'CONNECTION' });
    const resolve = async () => {
      throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
    };
    expect(await send({ url: 'https://nowhere.example/' }, { resolve })).toEqual({ error: 'DNS' });
  });
});

describe('an address', () => {
  it('off the internet is never connected to, whatever its name', async () => {
    const receiver = await aReceiver();
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]']) {
      const url = `https://${host}:${receiver.port}/`;
      expect(await send({ url, allowPrivate: false }), host).toEqual({ error: 'ADDRESS_REFUSED' });
    }
    expect(receiver.connections()).toBe(0);
  });

  it('is looked up once: a name that leads elsewhere a moment later changes nothing', async () => {
    const receiver = await aReceiver(receiverTls);
    const answers = ['127.0.0.1', '169.254.169.254'];
    let asked = 0;
    const resolve = async () => [{ address: answers[asked++] ?? '', family: 4 as const }];
    const url = `https://receiver.example:${receiver.port}/`;
    expect(await send({ url }, { resolve, ca: receiverTls.cert })).toEqual({ status: 204 });
    expect(asked).toBe(1);
    expect(receiver.received[0]?.headers.host).toBe(`receiver.example:${receiver.port}`);
  });

  it('must show a certificate for the name, not for the address', async () => {
    const receiver = await aReceiver(receiverTls);
    const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }];
    const to = (host: string) => ({ url: `https://${host}:${receiver.port}/` });
    expect(await send(to('other.example'), { resolve, ca: receiverTls.cert })).toEqual({ error: 'TLS' });
    expect(await send(to('receiver.example'), { resolve })).toEqual({ error: 'TLS' });
    expect(receiver.received).toEqual([]);
  });
});
