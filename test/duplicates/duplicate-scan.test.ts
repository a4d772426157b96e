import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairId } from '../../src/duplicates/duplicate.js';
import {
  duplicateCollection,
  duplicateKeyCollection,
  duplicateScanCollection,
} from '../../src/duplicates/duplicate.model.js';
import { valueSharedMax } from '../../src/duplicates/duplicate-key.js';
import type { ScanRow } from '../../src/duplicates/duplicate-scan.js';
import { DuplicateSchedule } from '../../src/duplicates/duplicate-schedule.service.js';
import { LostScan } from '../../src/duplicates/scan-lease.service.js';
import { createLogger } from '../../src/kernel/logger.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { customers, scan, secret, storedPairs } from './scanning.js';

const later = (ms: number) => ({ now: () => new Date(Date.now() + ms) });
/** Longer than any lease. */
const muchLater = later(120_000);

describe('a scan', () => {
  let group: TestGroup;
  beforeAll(async () => {
    group = await openGroup();
  });
  afterAll(() => group.close());

  const collection = (brand: string, definition: Parameters<TestGroup['brands']['registry']['model']>[0]) =>
    group.entry(brand).database.model(definition as typeof duplicateKeyCollection).collection;
  const scanRow = async (brand: string): Promise<ScanRow> =>
    (await collection(brand, duplicateScanCollection as never).findOne({})) as unknown as ScanRow;
  const setScanRow = async (row: ScanRow): Promise<void> => {
    await collection('alder', duplicateScanCollection as never).replaceOne({ _id: row._id as never }, row as never);
  };

  it('finds the same person twice and tells families, namesakes and shared desks apart', async () => {
    const desk = { secondaryPhone: '03 9999 1234' };
    const [mei, twin] = await customers(group, 'wren', [
      { firstName: 'Mei', lastName: 'Tanaka', mobilePhone: '+61412345678' },
      { firstName: 'Mei', lastName: 'Tanaka', email: 'mei@example.org', secondaryPhone: '(0412) 345 678' },
      {
        firstName: 'Anna',
        lastName: 'Reid',
        email: 'anna@example.org',
        secondaryPhone: '0411 111 111',
        street: '1 High St',
      },
      {
        firstName: 'Tom',
        lastName: 'Reid',
        email: 'tom@example.org',
        secondaryPhone: '0411 111 111',
        street: '1 High Street',
      },
      ...Array.from({ length: valueSharedMax + 1 }, (_, n) => ({
        firstName: `Visitor${String.fromCharCode(97 + n)}`,
        lastName: `Number${String.fromCharCode(107 + n)}`,
        ...desk,
      })),
    ]);
    const { scan: ended } = await scan(group, 'wren');
    const pairs = await storedPairs(group, 'wren');
    expect(pairs).toMatchObject([
      {
        _id: pairId(mei as string, twin as string),
        score: 0.85,
        status: 'OPEN',
        signals: [
          { kind: 'SAME_MOBILE_PHONE', weight: 0.5 },
          { kind: 'SIMILAR_NAME', weight: 0.35 },
        ],
      },
    ]);
    expect(ended.counts).toMatchObject({
      profiles: 4 + valueSharedMax + 1,
      skippedBlocks: { mobile: 1 },
      skippedMembers: valueSharedMax + 1,
      found: 1,
      open: 1,
      likely: 1,
    });
  });

  it('keeps nothing of a customer, and no key once it has ended', async () => {
    const texts: string[] = [];
    await customers(group, 'wren', [{ firstName: 'Canary', lastName: 'Feather', email: 'canary+1@example.org' }]);
    await customers(group, 'wren', [{ firstName: 'Canary', lastName: 'Feather', email: 'canary@example.org' }]);
    await scan(group, 'wren', {
      onProgress: () => {
        texts.push('');
      },
      shouldStop: () => true,
    });
    texts.push(
      JSON.stringify(
        await collection('wren', duplicateKeyCollection as never)
          .find({})
          .toArray(),
      ),
    );
    expect(texts.join().length).toBeGreaterThan(1_000);
    await scan(group, 'wren');
    texts.push(JSON.stringify([await storedPairs(group, 'wren'), await scanRow('wren')]));
    expect(texts.join()).not.toMatch(/canary|feather|tanaka|412345678/i);
    expect(await storedPairs(group, 'wren')).toHaveLength(2);
    expect(await collection('wren', duplicateKeyCollection as never).countDocuments({})).toBe(0);
  });

  it('follows what has changed: new evidence, evidence that is gone, profiles that are gone', async () => {
    const [a, b, c, d] = await customers(group, 'hearth', [
      { firstName: 'Ravi', lastName: 'Sharma', email: 'ravi@example.org' },
      { firstName: 'Ravi', lastName: 'Sharma', email: 'ravi+a@example.org' },
      { firstName: 'Noor', lastName: 'Khan', email: 'noor@example.org' },
      { firstName: 'Noor', lastName: 'Khan', email: 'noor+a@example.org' },
    ]);
    await scan(group, 'hearth');
    expect((await storedPairs(group, 'hearth')).map(({ score }) => score)).toEqual([0.85, 0.85]);
    const profiles = group.entry('hearth').database.model(profileCollection).collection;
    await profiles.updateOne({ _id: b as never }, { $set: { email: 'other@example.org', firstName: 'Kim' } });
    await profiles.updateMany(
      { _id: { $in: [c, d] } as never },
      { $set: { birthDate: { day: 1, month: 2, year: 1990 } } },
    );
    await scan(group, 'hearth');
    expect(await storedPairs(group, 'hearth')).toMatchObject([
      { _id: pairId(c as string, d as string), score: 1, rev: 2 },
    ]);
    await profiles.updateOne({ _id: d as never }, { $set: { state: 'DELETED' } });
    const { scan: ended } = await scan(group, 'hearth');
    expect(await storedPairs(group, 'hearth')).toEqual([]);
    expect(ended).toMatchObject({ run: 3, phase: 'DONE', counts: { dropped: 1, open: 0 } });
    expect(a).toBeDefined();
  });

  it('goes on after a crash at any place, and comes to the same', async () => {
    await customers(
      group,
      'alder',
      Array.from({ length: 30 }, (_, n) => ({
        firstName: 'Ana',
        lastName: `Person${String.fromCharCode(97 + (n % 15))}`,
        email: `ana.${n % 15}+${n}@example.org`,
      })),
    );
    await scan(group, 'alder');
    const wanted = await storedPairs(group, 'alder');
    expect(wanted).toHaveLength(15);
    for (const phase of ['KEYS', 'COMMON', 'BLOCKS', 'SETTLE', 'CLEAN'] as const) {
      await collection('alder', duplicateCollection as never).deleteMany({});
      const killed = scan(group, 'alder', {
        onProgress: (progress) => {
          if (progress.phase === phase) throw new Error('killed');
        },
      });
      await expect(killed).rejects.toThrow('killed');
      // The batch had its effect; as if its position had not been written any more.
      const row = await scanRow('alder');
      await setScanRow({ ...row, phase, position: '', leaseUntil: new Date(0) });
      const { scan: ended } = await scan(group, 'alder');
      expect(ended.phase).toBe('DONE');
      const rows = await storedPairs(group, 'alder');
      expect(rows.map(({ _id, score }) => [_id, score]).sort()).toEqual(
        wanted.map(({ _id, score }) => [_id, score]).sort(),
      );
    }
  });

  it('begins anew where an earlier release left its keys in another form', async () => {
    const { partitions: _none, ...row } = await scanRow('alder');
    await setScanRow({ ...row, phase: 'BLOCKS', position: 'somewhere', leaseUntil: new Date(0) } as ScanRow);
    const { scan: ended } = await scan(group, 'alder');
    expect(ended).toMatchObject({ run: row.run + 1, phase: 'DONE', partitions: 1, counts: { open: 15 } });
  });

  it('is done by one process at a time, and taken over from one that fell silent', async () => {
    const first = scan(group, 'alder', { clock: later(2_000_000) });
    await expect(scan(group, 'alder', { clock: later(2_000_000) })).rejects.toMatchObject({ code: 'RETRY' });
    await first;
    let rival: Promise<unknown> | null = null;
    const slow = scan(group, 'alder', {
      clock: later(3_000_000),
      onProgress: () => {
        rival ??= scan(group, 'alder', { clock: later(3_100_000) });
      },
    });
    await expect(slow).rejects.toBeInstanceOf(LostScan);
    await rival;
    expect((await scanRow('alder')).phase).toBe('DONE');
    expect(await storedPairs(group, 'alder')).toHaveLength(15);
  });

  it('is begun by the schedule when it is due, and stopped with it', async () => {
    const schedule = (clock: { now(): Date }) =>
      new DuplicateSchedule({
        entries: [group.entry('wren')],
        clock,
        log: createLogger({ level: 'silent' }),
        secret,
        everyHours: 24,
      });
    const { run } = await scanRow('wren');
    await schedule(muchLater).look();
    expect((await scanRow('wren')).run).toBe(run);
    await schedule(later(25 * 3_600_000)).look();
    expect(await scanRow('wren')).toMatchObject({ run: run + 1, phase: 'DONE' });
    const stopped = schedule(later(75 * 3_600_000));
    await stopped.stop();
    await stopped.look();
    expect((await scanRow('wren')).run).toBe(run + 1);
  });
});
