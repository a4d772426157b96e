import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { DeliveryView } from '../../src/webhooks/delivery-desk.service.js';
import { aFact, leaveFacts } from '../events/facts.js';
import { dropFolder, jsonLines, newFolder } from '../support/kindred-command.js';
import { type Printed, runHere } from '../support/run-here.js';
import { openPublishing, type PublishingGroup } from '../webhooks/publishing.js';

const folder = newFolder();
let world: PublishingGroup;
let configFile: string;

beforeAll(async () => {
  world = await openPublishing({ events: ['profile.merged', 'link.activated'] });
  const { config } = world.group;
  const server = inject('databaseServer');
  const placed = <T extends { database: { name: string } }>(owner: T) => ({
    ...owner,
    database: { name: owner.database.name, uri: server.uri.replace('__database__', owner.database.name) },
  });
  const file = { ...config, brands: config.brands.map(placed), registry: placed(config.registry) };
  configFile = join(folder, 'brands.config.json');
  await writeFile(configFile, JSON.stringify(file));
});
beforeEach(() => world.clear());
afterAll(async () => {
  await world.close();
  await dropFolder(folder);
});

/** Runs `kindred events …` beside the publisher of the test. */
function events(words: readonly string[], secret = world.secret): Promise<Printed> {
  vi.stubEnv('CRM_SECRET', secret);
  const env = { KINDRED_SECRET: Buffer.alloc(32, 1).toString('base64'), KINDRED_CONFIG: configFile };
  return runHere(['events', ...words], env);
}

/** One delivery that was taken and one that its receiver says it never wants. */
async function oneOfEach(): Promise<void> {
  await leaveFacts(world.wren, [aFact({ kind: 'profile.merged' })]);
  const publisher = world.publisher();
  await publisher.idle();
  world.receiver.answer(410);
  await leaveFacts(world.group.brands.registry, [
    aFact({ kind: 'link.activated', payload: { from: 'wren', to: 'hearth' } }),
  ]);
  await publisher.idle();
}

describe('kindred events', () => {
  it('lists deliveries of a brand and of its links, by state, without what was sent', async () => {
    await oneOfEach();
    const all = await events(['list', '--json']);
    const rows = jsonLines<DeliveryView>(all.stdout);
    expect(rows.map(({ kind, state, attempts, lastStatus }) => [kind, state, attempts, lastStatus]).sort()).toEqual([
      ['link.activated', 'DEAD', 1, 410],
      ['profile.merged', 'DELIVERED', 1, 204],
    ]);
    expect(all.stdout).not.toMatch(/whsec|body|LocalId/);
    const dead = await events(['list', '--state', 'dead', '--endpoint', 'crm', '--brand', 'wren']);
    expect(dead).toMatchObject({ code: 0 });
    expect(dead.stdout).toMatch(/^DEAD {7}link\.activated {8}1 attempts {2}410 .* evt_\w{22}:wren\/crm\n$/);
    expect((await events(['list', '--state', 'pending'])).stdout).toBe('');
  });

  it('sends dead letters again, all of them or one by its id', async () => {
    await oneOfEach();
    world.receiver.answer(200);
    expect(await events(['retry', '--dead', '--json'])).toMatchObject({ code: 0, stdout: '{"replayed":1}\n' });
    // Commands go by the real clock.
    world.clock.forward(60_000);
    await world.publisher().idle();
    expect(world.receiver.received).toHaveLength(3);
    const id = world.receiver.received[0]?.headers['webhook-id'] ?? '';
    expect(await events(['retry', id, '--json'])).toMatchObject({ code: 0, stdout: '{"replayed":1}\n' });
    world.clock.forward(60_000);
    await world.publisher().idle();
    expect(
      world.receiver.received.map(({ headers }) => headers['webhook-id']).filter((each) => each === id),
    ).toHaveLength(2);
  });

  it('sends a signed ping, and fails when it is not taken', async () => {
    const good = await events(['test', '--endpoint', 'crm', '--json']);
    expect(good.code).toBe(0);
    expect(jsonLines(good.stdout)).toMatchObject([{ endpoint: 'wren/crm', status: 204 }]);
    const [{ body, headers }] = world.receiver.received as [PublishingGroup['receiver']['received'][0]];
    expect(new Webhook(world.secret).verify(body, headers)).toMatchObject({ type: 'kindred.ping' });
    world.receiver.answer(500);
    expect(await events(['test'])).toMatchObject({ code: 1, stdout: expect.stringContaining('500') });
    expect(await world.deliveries()).toEqual([]);
  });

  it('says what is wrong with its words', async () => {
    const wrong: [string[], RegExp][] = [
      [['list', '--endpoint', 'nobody'], /known: wren\/crm/],
      [['list', '--brand', 'nobody'], /not a configured brand/],
      [['list', '--state', 'lost'], /pending, delivered, dead/],
      [['retry'], /or --dead/],
      [['retry', 'evt_1', '--dead'], /or --dead/],
      [['retry', 'evt_1'], /no delivery of that id/],
    ];
    for (const [words, message] of wrong) {
      const { code, stdout, stderr } = await events(words);
      expect({ code, stdout }, words.join(' ')).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/USAGE/);
      expect(stderr).toMatch(message);
    }
  });

  it('needs the secret only to sign', async () => {
    expect((await events(['list'], '')).code).toBe(0);
    const { code, stderr } = await events(['test'], '');
    expect(code).toBe(1);
    expect(stderr).toMatch(/CONFIG_INVALID.*\n.*brands\[1\]\.webhooks\[0\]\.secretEnv.*CRM_SECRET/);
  });
});
