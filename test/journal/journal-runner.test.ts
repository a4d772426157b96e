import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTransaction } from '../../src/brands/transaction.js';
import { backoffMs, type JournalRow, type JournalStep, journalRow } from '../../src/journal/journal.js';
import { findJournal, insertJournals } from '../../src/journal/journal.store.js';
import { JournalRunner, type JournalRunnerOptions } from '../../src/journal/journal-runner.js';
import { Deadline } from '../../src/kernel/clock.js';
import { AppError } from '../../src/kernel/errors.js';
import { createLogger } from '../../src/kernel/logger.js';
import { openGroup, type TestGroup } from '../support/group.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

/** A clock that stands still until it is told otherwise. */
function aClock() {
  let nowMs = Date.parse('2026-11-22T04:00:00.000Z');
  return {
    now: () => new Date(nowMs),
    forward: (ms: number) => {
      nowMs += ms;
    },
  };
}

const leaseMs = 30_000;

/** A step that does something and goes on. */
function aStep(name: string, effect: (journal: JournalRow) => unknown = () => {}): JournalStep {
  return {
    name,
    run: async ({ journal }) => {
      await effect(journal);
      return 'next';
    },
  };
}

function aRunner(clock: { now(): Date }, overrides: Partial<JournalRunnerOptions> = {}): JournalRunner {
  const log = createLogger({ level: 'silent' });
  return new JournalRunner({ database: group.brands.registry, clock, log, leaseMs, ...overrides });
}

async function aJournal(kind: string, at: Date, notBefore?: Date): Promise<string> {
  const id = randomUUID();
  const row = journalRow({ id, kind, data: { subject: id }, at, ...(notBefore === undefined ? {} : { notBefore }) });
  await runTransaction(group.brands.registry, Deadline.after(5_000), (session) =>
    insertJournals(group.brands.registry, [row], session),
  );
  return id;
}

async function read(id: string): Promise<JournalRow> {
  return (await findJournal(group.brands.registry, id, Deadline.after(5_000))) as JournalRow;
}

describe('a journal', () => {
  it('is worked on step by step right after it was poked, and then closed', async () => {
    const clock = aClock();
    const done: string[] = [];
    const runner = aRunner(clock);
    const kind = `k${randomUUID()}`;
    runner.register(kind, [
      aStep('one', (journal) => done.push(`one ${journal.data['subject']}`)),
      aStep('two', () => done.push('two')),
    ]);
    const id = await aJournal(kind, clock.now());
    await runner.poke(id);
    expect(done).toEqual([`one ${id}`, 'two']);
    expect(await read(id)).toMatchObject({ endedAt: clock.now(), step: 'two' });
    expect((await read(id)).open).toBeUndefined();
    await runner.poke(id);
    expect(done).toHaveLength(2);
  });

  it('does not begin before its time', async () => {
    const clock = aClock();
    const runner = aRunner(clock);
    const kind = `k${randomUUID()}`;
    let runs = 0;
    const count = () => {
      runs += 1;
    };
    runner.register(kind, [aStep('one', count)]);
    const id = await aJournal(kind, clock.now(), new Date(clock.now().getTime() + 60_000));
    await runner.poke(id);
    await runner.idle();
    expect(runs).toBe(0);
    clock.forward(60_000);
    await runner.idle();
    expect(runs).toBe(1);
  });

  it('is carried on by another process after the step whose end was recorded last', async () => {
    const clock = aClock();
    const kind = `k${randomUUID()}`;
    const done: string[] = [];
    const steps = ['one', 'two', 'three'].map((name) => aStep(name, () => done.push(name)));
    const dying = aRunner(clock, {
      afterEffect: (_journal, step) => {
        if (step === 'two') throw new Error('killed');
      },
    });
    dying.register(kind, steps);
    const id = await aJournal(kind, clock.now());
    await dying.poke(id);
    const other = aRunner(clock);
    other.register(kind, steps);
    await other.idle();
    expect(done).toEqual(['one', 'two']);
    clock.forward(leaseMs);
    await other.idle();
    expect(done).toEqual(['one', 'two', 'two', 'three']);
    expect((await read(id)).fence).toBe(2);
  });

  it('waits longer after every failure, and is never given up', async () => {
    const clock = aClock();
    const kind = `k${randomUUID()}`;
    let left = 5;
    const runner = aRunner(clock);
    runner.register(kind, [
      {
        name: 'one',
        run: async () => {
          left -= 1;
          if (left > 0) throw new AppError('BRAND_UNAVAILABLE', 'down');
          return 'next';
        },
      },
    ]);
    const id = await aJournal(kind, clock.now());
    await runner.idle();
    expect(await read(id)).toMatchObject({ attempts: 1, lastError: 'BRAND_UNAVAILABLE', open: true });
    for (let failure = 1; failure < 5; failure += 1) {
      clock.forward(backoffMs(failure, 1));
      await runner.idle();
    }
    expect(left).toBe(0);
    expect((await read(id)).open).toBeUndefined();
    expect((await read(id)).lastError).toBeUndefined();
  });

  it('comes again at the moment that a step asks for', async () => {
    const clock = aClock();
    const kind = `k${randomUUID()}`;
    const later = new Date(clock.now().getTime() + 3_600_000);
    const seen: Date[] = [];
    const runner = aRunner(clock);
    runner.register(kind, [
      {
        name: 'one',
        run: async () => {
          seen.push(clock.now());
          return clock.now() < later ? { again: later } : 'end';
        },
      },
      {
        name: 'never',
        run: async () => {
          throw new Error('reached');
        },
      },
    ]);
    await aJournal(kind, clock.now());
    await runner.idle();
    clock.forward(3_600_000);
    await runner.idle();
    expect(seen.map((at) => at.getTime())).toEqual([later.getTime() - 3_600_000, later.getTime()]);
  });

  it('is taken by one of many processes only', async () => {
    const clock = aClock();
    const kind = `k${randomUUID()}`;
    let runs = 0;
    const count = () => {
      runs += 1;
    };
    const runners = Array.from({ length: 5 }, () => {
      const runner = aRunner(clock);
      runner.register(kind, [aStep('one', count)]);
      return runner;
    });
    const ids = await Promise.all(Array.from({ length: 10 }, () => aJournal(kind, clock.now())));
    await Promise.all(runners.map((runner) => runner.idle()));
    expect(runs).toBe(ids.length);
  });

  it('records nothing for a process that has lost its lease', async () => {
    const clock = aClock();
    const kind = `k${randomUUID()}`;
    let release: () => void = () => {};
    const paused = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isBegun: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      isBegun = resolve;
    });
    const done: string[] = [];
    const slow = aRunner(clock);
    slow.register(kind, [
      aStep('one', () => {
        isBegun();
        return paused;
      }),
      aStep('two', () => done.push('slow')),
    ]);
    const quick = aRunner(clock);
    quick.register(kind, [aStep('one'), aStep('two', () => done.push('quick'))]);
    const id = await aJournal(kind, clock.now());
    const slowRun = slow.poke(id);
    await begun;
    clock.forward(leaseMs);
    await quick.idle();
    release();
    await slowRun;
    expect(done).toEqual(['quick']);
  });

  it('is given back at once by a process that stops', async () => {
    const clock = aClock();
    const kind = `k${randomUUID()}`;
    const done: string[] = [];
    const stopping = aRunner(clock);
    let stopped: Promise<void> = Promise.resolve();
    stopping.register(kind, [
      {
        name: 'one',
        run: async () => {
          stopped = stopping.stop();
          done.push('one');
          return 'next';
        },
      },
      aStep('two', () => done.push('too late')),
    ]);
    const id = await aJournal(kind, clock.now());
    await stopping.poke(id);
    await stopped;
    const other = aRunner(clock);
    other.register(kind, [aStep('one', () => done.push('again')), aStep('two', () => done.push('two'))]);
    await other.idle();
    expect(done).toEqual(['one', 'two']);
  });

  it('is found by a started runner without being poked', async () => {
    const clock = aClock();
    const kind = `k${randomUUID()}`;
    const runner = aRunner(clock, { pollMs: 5 });
    const ran = new Promise<void>((resolve) => {
      runner.register(kind, [aStep('one', () => resolve())]);
    });
    runner.start();
    await aJournal(kind, clock.now());
    await ran;
    await runner.stop();
  });

  it('of a kind that this process does not know is left to others', async () => {
    const clock = aClock();
    const id = await aJournal(`k${randomUUID()}`, clock.now());
    const runner = aRunner(clock);
    await runner.poke(id);
    await runner.idle();
    expect(await read(id)).toMatchObject({ open: true, fence: 0 });
  });
});

describe('the wait after failures', () => {
  it('doubles up to half a minute and is spread', () => {
    expect([0, 1, 2, 3].map((attempts) => backoffMs(attempts, 1))).toEqual([500, 1_000, 2_000, 4_000]);
    expect(backoffMs(50, 1)).toBe(30_000);
    expect(backoffMs(3, 0)).toBe(2_000);
  });
});
