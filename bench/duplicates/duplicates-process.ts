import { seedDemo } from '../../src/demo/seed.service.js';
import { seededDuplicates } from '../../src/demo/truth.js';
import { pairId } from '../../src/duplicates/duplicate.js';
import { duplicateCollection } from '../../src/duplicates/duplicate.model.js';
import { scanForDuplicates } from '../../src/duplicates/duplicate-scan.service.js';
import { likelyScoreMin } from '../../src/duplicates/duplicate-signal.js';
import { systemClock } from '../../src/kernel/clock.js';
import { createLogger } from '../../src/kernel/logger.js';
import { openGroup } from '../../src/open-group.js';
import { addressCollection, profileCollection } from '../../src/profiles/profile.model.js';
import { benchConfig } from '../commands/group.js';
import type { DemoFigures, FoundPairs, HeldMemory, ScanFigures } from './figures.js';
import { synthetics, twinKinds } from './synthetic.js';

const [mode, folder, rowsText] = process.argv.slice(2) as [string, string, string];
const rowsPerInsert = 1_000;
const group = await openGroup({
  config: benchConfig(folder),
  env: {},
  clock: systemClock,
  log: createLogger({ level: 'error' }),
  // Beside a process that runs the engine for it, so that its memory is its own.
  mayAttach: true,
});
const secret = group.secrets.derive('duplicates');
const entry = group.brands.get('wren');

async function pairsOf(brand: string): Promise<Map<string, number>> {
  const rows = await group.brands.get(brand).database.model(duplicateCollection).find({}, { score: 1 }, { lean: true });
  return new Map(rows.map((row) => [row._id, row.score]));
}

async function fill(rows: number): Promise<void> {
  const profiles = entry.database.model(profileCollection).collection;
  const addresses = entry.database.model(addressCollection).collection;
  let waiting: { profile: unknown; address: unknown }[] = [];
  const write = async (): Promise<void> => {
    const homes = waiting.flatMap(({ address }) => (address === null ? [] : [address]));
    await profiles.insertMany(waiting.map(({ profile }) => profile) as never[], { ordered: false });
    if (homes.length > 0) await addresses.insertMany(homes as never[], { ordered: false });
    waiting = [];
  };
  for (const each of synthetics(rows)) {
    waiting.push(each);
    if (waiting.length === rowsPerInsert) await write();
  }
  if (waiting.length > 0) await write();
}

/** A full collection takes some 30 ms. */
const sampleEveryMs = 3_000;
const tellEveryMs = 30_000;
const mb = (bytes: number): number => Math.round((bytes / 1_048_576) * 10) / 10;

function heldMemory(atMs: number, phase: string): HeldMemory {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { atMs, phase, heapMb: mb(heapUsed), externalMb: mb(external), rssMb: mb(rss) };
}

async function scan(): Promise<ScanFigures> {
  const phasesMs: Record<string, number> = {};
  const memory: HeldMemory[] = [];
  const startedAt = Date.now();
  const cpuBefore = process.cpuUsage();
  let [at, sampledAt, toldAt] = [startedAt, 0, startedAt];
  const { scan: row, durationMs } = await scanForDuplicates({
    entry,
    clock: systemClock,
    secret,
    onProgress: ({ phase, share }) => {
      const now = Date.now();
      phasesMs[phase] = (phasesMs[phase] ?? 0) + now - at;
      if (now - sampledAt >= sampleEveryMs) {
        memory.push(heldMemory(now - startedAt, phase));
        sampledAt = now;
      }
      if (now - toldAt >= tellEveryMs) {
        const held = memory.at(-1);
        process.stderr.write(
          `${Math.round((now - startedAt) / 1_000)} s, ${phase} ${Math.round(share * 100)} %, heap ${held?.heapMb} MB, external ${held?.externalMb} MB, RSS ${held?.rssMb} MB\n`,
        );
        toldAt = now;
      }
      at = Date.now();
    },
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  return { durationMs, cpuMs: (user + system) / 1_000, phasesMs, counts: row.counts, memory };
}

async function found(rows: number): Promise<FoundPairs> {
  const pairs = await pairsOf('wren');
  const kinds = new Map(twinKinds.map((kind) => [kind, { kind, planted: 0, found: 0, likely: 0 }]));
  for (const { profile, twin } of synthetics(rows)) {
    if (twin === null) continue;
    const tally = kinds.get(twin.kind);
    const score = pairs.get(pairId(profile._id, twin.originalId));
    if (tally === undefined) continue;
    tally.planted += 1;
    if (score !== undefined) tally.found += 1;
    if ((score ?? 0) >= likelyScoreMin) tally.likely += 1;
  }
  const tallies = [...kinds.values()];
  return {
    kinds: tallies,
    pairs: pairs.size,
    likely: [...pairs.values()].filter((score) => score >= likelyScoreMin).length,
    right: tallies.reduce((sum, tally) => sum + tally.found, 0),
    likelyRight: tallies.reduce((sum, tally) => sum + tally.likely, 0),
  };
}

async function demo(): Promise<DemoFigures[]> {
  const entries = ['alder', 'wren', 'hearth'].map((handle) => group.brands.get(handle));
  await seedDemo({ entries });
  const truth = seededDuplicates(entries);
  const figures: DemoFigures[] = [];
  for (const each of entries) {
    const { scan: row, durationMs } = await scanForDuplicates({ entry: each, clock: systemClock, secret });
    const pairs = await pairsOf(each.brand.handle);
    const wanted = truth.filter(({ brand }) => brand === each.brand.handle);
    const ids = wanted.map(({ originalId, duplicateId }) => pairId(originalId, duplicateId));
    const from = (min: number) => ({
      min,
      listed: [...pairs.values()].filter((score) => score >= min).length,
      right: ids.filter((id) => (pairs.get(id) ?? -1) >= min).length,
    });
    figures.push({
      brand: each.brand.handle,
      profiles: row.counts.profiles,
      seeded: ids.length,
      durationMs,
      thresholds: [from(0), from(0.3), from(0.5)],
    });
  }
  return figures;
}

const rows = Number(rowsText);
const work: Record<string, readonly (() => Promise<unknown>)[]> = {
  fill: [() => fill(rows).then(() => ({}))],
  // One after the other in one process, a message after each: the second scan finds everything known.
  scan: [scan, scan, () => found(rows)],
  demo: [demo],
  // Serves the others until it is told to end.
  engine: [async () => ({}), () => new Promise((resolve) => process.once('message', resolve))],
};
for (const part of work[mode] ?? []) process.send?.(await part());
await group.close();
process.disconnect?.();
