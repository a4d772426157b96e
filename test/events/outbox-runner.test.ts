import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/brands/database.js';
import { OutboxRunner, type OutboxRunnerOptions } from '../../src/events/outbox-runner.js';
import { createLogger } from '../../src/kernel/logger.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { until } from '../support/until.js';
import { aClock, aFact, aFollower, clearFacts, leaveFacts, storedFacts } from './facts.js';

let group: TestGroup;
let database: Database;
beforeAll(async () => {
  group = await openGroup({ isMonitored: true });
  database = group.entry('wren').database;
});
beforeEach(() => clearFacts(database));
afterAll(() => group.close());

const leaseMs = 30_000;
const silent = createLogger({ level: 'silent' });

function aRunner(overrides: Partial<OutboxRunnerOptions> = {}): OutboxRunner {
  return new OutboxRunner({ database, clock: aClock(), log: silent, leaseMs, followers: [], ...overrides });
}

/** A promise to be settled from outside. */
function aGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('facts', () => {
  it('are told once to each who follows their kind, and are then kept for thirty days', async () => {
    const clock = aClock();
    const [first, second] = [aFollower(), aFollower(() => {}, ['profile.created'])];
    const facts = [aFact(), aFact({ kind: 'profile.created' })];
    await leaveFacts(database, facts);
    const runner = aRunner({ clock, followers: [first, second] });
    await runner.idle();
    await runner.idle();
    expect(first.told.sort()).toEqual(facts.map((row) => row._id).sort());
    expect(second.told).toEqual([facts[1]?._id]);
    for (const row of (await storedFacts(database)).values()) {
      expect(row).not.toHaveProperty('pending');
      expect(row.expireAt?.getTime()).toBe(clock.now().getTime() + 30 * 86_400_000);
    }
  });

  it('that nobody follows are told as well: none is left pending, in one read and one write per two hundred', async () => {
    const runner = aRunner();
    await runner.idle();
    await leaveFacts(
      database,
      Array.from({ length: 150 }, () => aFact({ kind: 'ticket.tier' })),
    );
    const commands: string[] = [];
    const client = database.connection.getClient();
    const listen = ({ commandName }: { commandName: string }) => commands.push(commandName);
    client.on('commandStarted', listen);
    await runner.idle();
    client.off('commandStarted', listen);
    expect(commands.filter((name) => name !== 'hello')).toEqual(['find', 'update', 'find']);
    expect([...(await storedFacts(database)).values()].filter((row) => row.pending)).toEqual([]);
  });

  it('of one subject are told in the order of their versions, whatever the clocks of their writers said', async () => {
    const [subject, at] = [randomUUID(), Date.now()];
    const facts = [3, 1, 2].map((n) => aFact({ subject, n, at: new Date(at - n * 1_000) }));
    await leaveFacts(database, facts);
    const follower = aFollower();
    await aRunner({ followers: [follower] }).idle();
    expect(follower.told.map((id) => id.split(':')[1])).toEqual(['1', '2', '3']);
  });

  it('are told again, as the same facts, after a crash between telling and noting it', async () => {
    const clock = aClock();
    const follower = aFollower();
    const facts = [aFact(), aFact()];
    await leaveFacts(database, facts);
    const dying = aRunner({
      clock,
      followers: [follower],
      afterTold: () => {
        throw new Error('killed');
      },
    });
    await expect(dying.idle()).rejects.toThrow('killed');
    const other = aRunner({ clock, followers: [follower] });
    await other.idle();
    expect(follower.told).toHaveLength(2);
    clock.forward(leaseMs);
    await other.idle();
    expect(follower.told.slice(2).sort()).toEqual(follower.told.slice(0, 2).sort());
    expect([...(await storedFacts(database)).values()].filter((row) => row.pending)).toEqual([]);
  });

  it('are told soon after this process has written them, and when another has', async () => {
    const follower = aFollower();
    const runner = aRunner({ followers: [follower] });
    runner.start();
    const here = aFact();
    await leaveFacts(database, [here]);
    await until('the fact was told', () => follower.told.includes(here._id));
    const elsewhere = aFact();
    await database.connection.db?.collection('outbox').insertOne(elsewhere as never);
    await until('the other fact was told', () => follower.told.includes(elsewhere._id));
    await runner.stop();
  });
});

describe('a follower that fails for a fact', () => {
  it('holds back its subject alone, in order, until it succeeds', async () => {
    const clock = aClock();
    const lines: string[] = [];
    const log = createLogger({ level: 'warn', stream: { write: (line: string) => lines.push(line) } });
    const subject = randomUUID();
    let isPoison = true;
    const follower = aFollower((row) => {
      if (isPoison && row.subject === subject && row.n === 2) throw new Error('canary-name@example.org is no good');
    });
    const own = [1, 2, 3].map((n) => aFact({ subject, n }));
    const others = Array.from({ length: 5 }, () => aFact());
    await leaveFacts(database, [...own, ...others]);
    const runner = aRunner({ clock, log, followers: [follower] });
    await runner.idle();
    expect(follower.told).toHaveLength(6);
    expect(follower.told).not.toContain(own[2]?._id);
    expect(runner.heldSubjects).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ outbox_id: own[1]?._id, follower: 'test', attempts: 1 });
    expect(lines.join('')).not.toContain('canary');
    clock.forward(1_000);
    await runner.idle();
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ attempts: 2, wait_ms: 2_000 });
    isPoison = false;
    await runner.idle();
    expect(follower.told).toHaveLength(6);
    clock.forward(2_000);
    await runner.idle();
    expect(follower.told.slice(-2)).toEqual([own[1]?._id, own[2]?._id]);
    expect(runner.heldSubjects).toBe(0);
  });

  it('keeps no other subject waiting, even when more fail than one read brings', async () => {
    const poison = new Set<string>(Array.from({ length: 450 }, () => randomUUID()));
    const early = new Date(Date.now() - 60_000);
    await leaveFacts(
      database,
      [...poison].map((subject) => aFact({ subject, at: early })),
    );
    const follower = aFollower((row) => {
      if (poison.has(row.subject)) throw new Error('poison');
    });
    const good = aFact();
    await leaveFacts(database, [good]);
    const runner = aRunner({ followers: [follower] });
    await runner.idle();
    expect(follower.told).toEqual([good._id]);
    expect(runner.heldSubjects).toBe(450);
  });

  it('does not keep other followers from the fact', async () => {
    const broken = aFollower(() => {
      throw new Error('broken');
    });
    const good = aFollower();
    const fact = aFact();
    await leaveFacts(database, [fact]);
    await aRunner({ followers: [broken, good] }).idle();
    expect(good.told).toEqual([fact._id]);
    expect((await storedFacts(database)).get(fact._id)?.pending).toBe(true);
  });
});

describe('several processes', () => {
  it('tell each fact once', async () => {
    const clock = aClock();
    const followers = Array.from({ length: 3 }, () => aFollower());
    const runners = followers.map((follower) => aRunner({ clock, followers: [follower] }));
    const facts = Array.from({ length: 60 }, () => aFact());
    await leaveFacts(database, facts);
    await Promise.all(runners.map((runner) => runner.idle()));
    await Promise.all(runners.map((runner) => runner.idle()));
    const told = followers.flatMap((follower) => follower.told);
    expect(told.sort()).toEqual(facts.map((row) => row._id).sort());
  });

  it('take over at once from one that stops, and after its lease from one that dies', async () => {
    const clock = aClock();
    const [first, second, third] = [aFollower(), aFollower(), aFollower()];
    const stopping = aRunner({ clock, followers: [first] });
    const dying = aRunner({ clock, followers: [second] });
    const last = aRunner({ clock, followers: [third] });
    await stopping.idle();
    await leaveFacts(database, [aFact()]);
    await dying.idle();
    expect(second.told).toEqual([]);
    await stopping.stop();
    await dying.idle();
    expect(second.told).toHaveLength(1);
    await leaveFacts(database, [aFact()]);
    await last.idle();
    expect(third.told).toEqual([]);
    clock.forward(leaseMs);
    await last.idle();
    expect(third.told).toHaveLength(1);
    expect(first.told).toEqual([]);
  });

  it('leave the rest alone when they were asleep for longer than their lease', async () => {
    const clock = aClock();
    const subject = randomUUID();
    const [begun, asleep] = [aGate(), aGate()];
    const slow = aFollower(async () => {
      begun.open();
      await asleep.opened;
    });
    const quick = aFollower();
    const facts = [1, 2, 3].map((n) => aFact({ subject, n }));
    await leaveFacts(database, facts);
    const slowRun = aRunner({ clock, followers: [slow] }).idle();
    await begun.opened;
    clock.forward(leaseMs);
    await aRunner({ clock, followers: [quick] }).idle();
    asleep.open();
    await slowRun;
    expect(quick.told).toEqual(facts.map((row) => row._id));
    expect(slow.told).toEqual([facts[0]?._id]);
  });
});
