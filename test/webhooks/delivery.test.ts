import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attemptsMax, retryWaitMs } from '../../src/webhooks/delivery.js';
import { DeliveryDesk } from '../../src/webhooks/delivery-desk.service.js';
import { DeliveryRunner } from '../../src/webhooks/delivery-runner.js';
import type { Endpoint } from '../../src/webhooks/endpoint.js';
import { createSend } from '../../src/webhooks/send.js';
import { aFact, leaveFacts } from '../events/facts.js';
import { until } from '../support/until.js';
import { openPublishing, type PublishingGroup } from './publishing.js';

let world: PublishingGroup;
beforeAll(async () => {
  world = await openPublishing({ events: ['profile.merged', 'profile.updated'] });
});
beforeEach(() => world.clear());
afterAll(() => world.close());

const day = 86_400_000;
const merged = (n = 1, subject = randomUUID()) => aFact({ kind: 'profile.merged', n, subject });
const idsReceived = () => world.receiver.received.map(({ headers }) => headers['webhook-id']);
const onlyDelivery = async () => (await world.deliveries())[0];
const desk = () => new DeliveryDesk(world.group.brands, world.endpoints);

/** Makes every attempt that is left, however long the waits. */
async function tryToTheEnd(): Promise<void> {
  const publisher = world.publisher();
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    await publisher.idle();
    world.clock.forward(2 * day);
  }
  await publisher.stop();
}

describe('a delivery', () => {
  it('reaches the receiver once, verifiably, and is then kept for thirty days', async () => {
    await leaveFacts(world.wren, [merged()]);
    const publisher = world.publisher();
    await publisher.idle();
    await publisher.idle();
    expect(world.receiver.received).toHaveLength(1);
    const delivery = await onlyDelivery();
    expect(delivery).toMatchObject({ state: 'DELIVERED', attempts: 1, lastStatus: 204 });
    expect(delivery?._id).toBe(`${idsReceived()[0]}:wren/crm`);
    expect(delivery?.expireAt?.getTime()).toBe(world.clock.now().getTime() + 30 * day);
    expect(delivery).not.toHaveProperty('open');
  });

  it('that fails is repeated with the same id and body, signed anew, ever more rarely', async () => {
    await leaveFacts(world.wren, [merged()]);
    const publisher = world.publisher();
    const waits: number[] = [];
    for (const status of [500, 404, 302]) {
      world.receiver.answer(status);
      await publisher.idle();
      const { nextAt } = (await onlyDelivery()) ?? {};
      waits.push((nextAt?.getTime() ?? 0) - world.clock.now().getTime());
      await publisher.idle();
      world.clock.forward(waits.at(-1) ?? 0);
    }
    world.receiver.answer(200);
    await publisher.idle();
    expect(world.receiver.received).toHaveLength(4);
    expect(new Set(idsReceived()).size).toBe(1);
    expect(new Set(world.receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(world.receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(4);
    for (const [index, wait] of [5_000, 300_000, 1_800_000].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(wait);
      expect(waits[index]).toBeLessThanOrEqual(wait * 1.1);
    }
    expect(await onlyDelivery()).toMatchObject({ state: 'DELIVERED', attempts: 4 });
  });

  it('that is never taken is given up after three days, kept, and can be replayed', async () => {
    world.receiver.answer(503);
    await leaveFacts(world.wren, [merged()]);
    await tryToTheEnd();
    expect(world.receiver.received).toHaveLength(attemptsMax);
    const dead = await onlyDelivery();
    expect(dead).toMatchObject({ state: 'DEAD', attempts: attemptsMax, lastStatus: 503, lastError: 'STATUS' });
    expect(dead).not.toHaveProperty('expireAt');
    expect(await desk().list({ state: 'DEAD' }, 10)).toMatchObject([{ id: dead?._id, lastStatus: 503, nextAt: null }]);
    world.receiver.answer(200);
    expect(await desk().replayDead({}, world.clock.now())).toBe(1);
    await world.publisher().idle();
    expect(await onlyDelivery()).toMatchObject({ state: 'DELIVERED', attempts: 1 });
    expect(await onlyDelivery()).not.toHaveProperty('deadAt');
    expect(new Set(idsReceived()).size).toBe(1);
    expect(await desk().replayDead({}, world.clock.now())).toBe(0);
  });

  it('is sent again, with the same id, after a crash between sending and noting it', async () => {
    await leaveFacts(world.wren, [merged()]);
    const dying = world.publisher({
      send: async (...words) => {
        await createSend()(...words);
        throw new Error('killed');
      },
    });
    await expect(dying.idle()).rejects.toThrow('killed');
    const other = world.publisher();
    await other.idle();
    expect(world.receiver.received).toHaveLength(1);
    world.clock.forward(30_000);
    await other.idle();
    expect(idsReceived()).toHaveLength(2);
    expect(new Set(idsReceived()).size).toBe(1);
    expect(await onlyDelivery()).toMatchObject({ state: 'DELIVERED', attempts: 2 });
  });

  it('is written once when its fact is told again', async () => {
    const fact = merged();
    await leaveFacts(world.wren, [fact]);
    await world.publisher().idle();
    await world.wren.connection.db
      ?.collection('outbox')
      .updateOne({ _id: fact._id } as never, { $set: { pending: true } });
    world.clock.forward(30_000);
    await world.publisher().idle();
    expect(await world.deliveries()).toHaveLength(1);
    expect(world.receiver.received).toHaveLength(1);
  });

  it('waits for a slow receiver no longer than its time', async () => {
    world.receiver.answer(() => {});
    await leaveFacts(world.wren, [merged()]);
    await world.publisher({ send: createSend({ timeoutMs: 50 }) }).idle();
    expect(await onlyDelivery()).toMatchObject({ state: 'PENDING', attempts: 1, lastError: 'TIMEOUT' });
  });

  it('is sent by a started server soon after the change, without a push from outside', async () => {
    const publisher = world.publisher();
    publisher.start();
    await leaveFacts(world.wren, [merged()]);
    await until('the receiver was told', () => world.receiver.received.length > 0);
    await publisher.stop();
  });
});

describe('several processes', () => {
  it('send each delivery once', async () => {
    await leaveFacts(
      world.wren,
      Array.from({ length: 20 }, () => merged()),
    );
    const publishers = Array.from({ length: 3 }, () => world.publisher());
    await Promise.all(publishers.map((publisher) => publisher.idle()));
    await Promise.all(publishers.map((publisher) => publisher.idle()));
    expect(world.receiver.received).toHaveLength(20);
    expect(new Set(idsReceived()).size).toBe(20);
  });
});

describe('deliveries of one subject', () => {
  it('arrive in the order of their versions, the later ones behind one that is tried again', async () => {
    const subject = randomUUID();
    const order = () => world.receiver.received.map(({ message }) => message.data['n']);
    world.receiver.answer((response, { message }) => response.writeHead(message.data['n'] === 1 ? 500 : 200).end());
    await leaveFacts(world.wren, [merged(3, subject), merged(1, subject), merged(2, subject), merged(9)]);
    const publisher = world.publisher();
    await publisher.idle();
    expect(order().sort()).toEqual([1, 9]);
    world.clock.forward(6_000);
    world.receiver.answer(200);
    await publisher.idle();
    world.clock.forward(60_000);
    await publisher.idle();
    expect(order().slice(2)).toEqual([1, 2, 3]);
  });

  it('do not wait for ever: half an hour later the others go out ahead, and say by n that they are later', async () => {
    const subject = randomUUID();
    world.receiver.answer((response, { message }) => response.writeHead(message.data['n'] === 1 ? 500 : 200).end());
    await leaveFacts(world.wren, [merged(1, subject), merged(2, subject)]);
    const publisher = world.publisher();
    for (const minutes of [0, 1, 6, 34, 1]) {
      world.clock.forward(minutes * 60_000);
      await publisher.idle();
    }
    const states = (await world.deliveries()).map(({ n, state, attempts }) => [n, state, attempts]);
    expect(states.sort()).toEqual([
      [1, 'PENDING', 4],
      [2, 'DELIVERED', 1],
    ]);
  });
});

describe('an endpoint that answers 410', () => {
  it('is sent nothing more, loses nothing, and is tried again after a replay', async () => {
    world.receiver.answer(410);
    await leaveFacts(world.wren, [merged()]);
    const publisher = world.publisher();
    await publisher.idle();
    await leaveFacts(world.wren, [merged(), merged()]);
    await publisher.idle();
    expect(world.receiver.received).toHaveLength(1);
    const states = (await world.deliveries()).map(({ state, lastError }) => [state, lastError]);
    expect(states).toEqual(Array.from({ length: 3 }, () => ['DEAD', 'ENDPOINT_GONE']));
    world.receiver.answer(200);
    expect(await desk().replayDead({ endpoint: 'crm' }, world.clock.now())).toBe(3);
    await publisher.idle();
    expect(world.receiver.received).toHaveLength(4);
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
  });

  it('is another endpoint under another address', async () => {
    world.receiver.answer(410);
    await leaveFacts(world.wren, [merged()]);
    await world.publisher().idle();
    world.receiver.answer(200);
    await leaveFacts(world.wren, [merged()]);
    const [endpoint] = world.endpoints as [Endpoint];
    const moved = { ...endpoint, url: `${endpoint.url}/new`, urlDigest: 'another' };
    world.clock.forward(30_000);
    await world.publisher({ endpoints: [moved] }).idle();
    expect(world.receiver.received).toHaveLength(2);
  });
});

describe('a process that has lost a delivery', () => {
  it('notes nothing about it', async () => {
    await leaveFacts(world.wren, [merged()]);
    await world.publisher({ endpoints: world.endpoints, send: async () => ({ status: 500 }) }).idle();
    const [endpoint] = world.endpoints as [Endpoint];
    world.clock.forward(10_000);
    const options = { database: world.wren, endpoint, clock: world.clock, log: world.group.context().log };
    const slow = new DeliveryRunner({
      ...options,
      send: async () => ({ status: 500 }),
      afterSend: async () => {
        world.clock.forward(30_000);
        await new DeliveryRunner({ ...options, send: createSend() }).idle();
      },
    });
    await slow.idle();
    expect(await onlyDelivery()).toMatchObject({ state: 'DELIVERED', attempts: 3 });
  });
});

describe('the schedule of attempts', () => {
  it('grows to a day and ends after about three days, spread by up to a tenth', () => {
    const waits = Array.from({ length: attemptsMax }, (_, index) => retryWaitMs(index + 1, 0));
    expect(waits.at(-1)).toBeNull();
    const total = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0);
    expect(total / day).toBeGreaterThan(3);
    expect(total / day).toBeLessThan(3.5);
    expect(retryWaitMs(1, 1)).toBe(5_500);
  });
});

describe('the signature', () => {
  it('is verified by the library that receivers use', async () => {
    await leaveFacts(world.wren, [merged()]);
    await world.publisher().idle();
    const [{ headers, body, message }] = world.receiver.received as [PublishingGroup['receiver']['received'][0]];
    expect(new Webhook(world.secret).verify(body, headers)).toEqual(message);
  });
});
