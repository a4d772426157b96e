import { describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseFolder } from '../../src/embedded/store/database-folder.js';
import { Overlay } from '../../src/embedded/store/overlay.js';
import { type Entry, iterate, type View } from '../../src/embedded/store/view.js';
import { makeFolder, seeded } from './start-test-engine.js';

const SEED = 4_711;
const RANGE = { lower: Buffer.from([20]), upper: Buffer.from([90]) };

async function makeDatabase() {
  const databases = new DatabaseFolder(await makeFolder(), 'relaxed');
  onTestFinished(() => databases.close());
  return databases.need('shop');
}

function read(view: View, range: { lower: Buffer; upper: Buffer }, isReverse: boolean): string[] {
  return [...iterate(view, range, isReverse)].map(({ key, value }) => `${key.toString('hex')}=${value}`);
}

describe('layers of changes over a snapshot', () => {
  it(`read like one sorted map, in both directions (seed ${SEED})`, async () => {
    const random = seeded(SEED);
    const pick = (n: number): number => Math.floor(random() * n);
    const key = (): Buffer => Buffer.from(Array.from({ length: 1 + pick(2) }, () => 10 + pick(100)));
    const database = await makeDatabase();
    const model = new Map<string, string>();
    const change = (put: (key: Buffer, value: Buffer) => void, remove: (key: Buffer) => void, times: number): void => {
      for (let n = 0; n < times; n++) {
        const where = key();
        if (random() < 0.4) {
          remove(where);
          model.delete(where.toString('hex'));
        } else {
          const value = String(pick(1000));
          put(where, Buffer.from(value));
          model.set(where.toString('hex'), value);
        }
      }
    };
    for (let round = 0; round < 40; round++) {
      await database.write((scope) => {
        change(
          (k, v) => scope.overlay.put(k, v),
          (k) => scope.overlay.remove(k),
          60,
        );
      });
      const committed = new Map(model);
      const snapshot = database.openSnapshot();
      const lower = new Overlay(snapshot);
      const upper = new Overlay(lower);
      change(
        (k, v) => lower.put(k, v),
        (k) => lower.remove(k),
        30,
      );
      change(
        (k, v) => upper.put(k, v),
        (k) => upper.remove(k),
        30,
      );
      const low = key();
      const bounds = [low, key()].sort((a, b) => a.compare(b)) as [Buffer, Buffer];
      for (const range of [RANGE, { lower: bounds[0], upper: bounds[1] }]) {
        const within = [...model]
          .filter(([hex]) => Buffer.from(hex, 'hex').compare(range.lower) >= 0)
          .filter(([hex]) => Buffer.from(hex, 'hex').compare(range.upper) < 0)
          .map(([hex, value]) => `${hex}=${value}`)
          .sort((a, b) => (a.split('=')[0] as string).localeCompare(b.split('=')[0] as string, 'en'));
        expect(read(upper, range, false)).toEqual(within);
        expect(read(upper, range, true)).toEqual([...within].reverse());
      }
      snapshot.release();
      model.clear();
      for (const [hex, value] of committed) model.set(hex, value);
    }
  });

  it('go on behind the last key when the state moves on in the middle', async () => {
    const database = await makeDatabase();
    const put = (bytes: number[]): Promise<void> =>
      database.write((scope) => {
        for (const byte of bytes) scope.overlay.put(Buffer.from([byte]), Buffer.from('x'));
      });
    await put([30, 40, 50]);
    const snapshot = database.openSnapshot();
    const seen: number[] = [];
    const note = (entry: Entry): number => seen.push(entry.key[0] as number);
    for (const entry of iterate(snapshot, RANGE, false)) {
      note(entry);
      if (seen.length > 1) continue;
      await put([25, 35, 60]);
      snapshot.renew();
    }
    snapshot.release();
    expect(seen).toEqual([30, 35, 40, 50, 60]);
  });

  it('refuse to be read after their end instead of crashing the process', async () => {
    const database = await makeDatabase();
    const snapshot = database.openSnapshot();
    await database.close();
    expect(() => snapshot.get(Buffer.from([1]))).toThrow(expect.objectContaining({ code: 11601 }));
    expect(() => database.openSnapshot()).toThrow(expect.objectContaining({ code: 11600 }));
  });
});
