import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { mergeBatchCollection } from '../../src/merge-batches/merge-batch.model.js';
import { mergeCollection } from '../../src/merges/merge.model.js';
import { people } from '../merge-batches/batching.js';
import { expectMergeInvariants, rowsOf } from '../merges/merging.js';
import { storedProfile } from '../support/factories/profile.js';
import { groupConfig, openGroup, type TestGroup } from '../support/group.js';
import { dropFolder, jsonLines, newFolder } from '../support/kindred-command.js';
import { type Printed, runHere } from '../support/run-here.js';
import { until } from '../support/until.js';

const folder = newFolder();
const secret = Buffer.alloc(32, 7).toString('base64');
let group: TestGroup;
let configFile: string;

beforeAll(async () => {
  const config = groupConfig();
  const { uri } = inject('databaseServer');
  for (const { database } of [config.registry, ...config.brands]) {
    Object.assign(database, { uri: uri.replace('__database__', database.name) });
  }
  group = await openGroup({ config });
  configFile = join(folder, 'brands.config.json');
  await writeFile(configFile, JSON.stringify(config));
});
afterAll(async () => {
  await group.close();
  await dropFolder(folder);
});

const run = (file: string, ...words: string[]): Promise<Printed> =>
  runHere(['merge', file, '--brand', 'wren', '--config', configFile, ...words], { KINDRED_SECRET: secret });

async function write(name: string, lines: readonly string[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

interface Verdict {
  readonly line: number;
  readonly verdict: string;
  readonly code: string | null;
}

function verdicts(result: Printed): string[] {
  return jsonLines<Verdict | { summary: object }>(result.stdout).flatMap((each) =>
    'line' in each ? [`${each.line} ${each.verdict}${each.code === null ? '' : ` ${each.code}`}`] : [],
  );
}

const batches = () => rowsOf(group, 'wren', mergeBatchCollection);
const prof = (id: string): string => formatNodeId('prof', 'wren', id);

describe('kindred merge', () => {
  it('says of every line what would happen, writes nothing, then merges the good lines and never lets a bad one stop them', async () => {
    const [a, b, c, d, e] = (await people(group, 'wren', 5)) as [string, string, string, string, string];
    const file = await write('mixed.csv', [
      'note,loser,winner',
      `first,${prof(a)},${prof(b)}`,
      `bare ids,${b},${c}`,
      `twice,${d},${a}`,
      `twice,${prof(d)},${b}`,
      `nobody,${newUuid()},${c}`,
      'no id,mei@example.org,12',
      'too,many,columns,here',
      `other brand,${formatNodeId('prof', 'hearth', e)},${prof(c)}`,
    ]);
    const looked = await run(file, '--dry-run', '--json');
    expect(verdicts(looked)).toEqual([
      '2 WOULD_MERGE',
      '3 WOULD_MERGE',
      '4 REFUSED BATCH_NOT_A_FOREST',
      '5 REFUSED BATCH_NOT_A_FOREST',
      '6 REFUSED NOT_FOUND',
      '7 UNREADABLE',
      '8 UNREADABLE',
      '9 REFUSED DIFFERENT_BRANDS',
    ]);
    expect([looked.code, (await batches()).length]).toEqual([1, 0]);

    const out = join(folder, 'verdicts.csv');
    const done = await run(file, '--yes', '--json', '--verdicts', out, '--reason', 'spring clean');
    expect(verdicts(done).slice(0, 3)).toEqual(['2 MERGED', '3 MERGED', '4 REFUSED BATCH_NOT_A_FOREST']);
    expect(done.code).toBe(1);
    for (const loser of [a, b]) expect((await storedProfile(group, 'wren', loser)).mergedInto).toBe(c);
    const merges = await rowsOf(group, 'wren', mergeCollection);
    expect(merges.map(({ reason, actor }) => [reason, actor.reference])).toEqual([
      ['spring clean', 'kindred-merge'],
      ['spring clean', 'kindred-merge'],
    ]);
    const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(9);
    expect(lines[0]).toBe('line,winner,loser,verdict,code,message,merge');
    expect(lines[1]).toMatch(new RegExp(`^2,${prof(b)},${prof(a)},MERGED,,,merge_wren_\\w+$`));
    expect(lines[6]).toMatch(/^7,12,mei@example.org,UNREADABLE,,".*"|The line/);

    // The same file again: nothing is done twice, and its verdicts are told once more.
    const again = await run(file, '--yes', '--json');
    expect(verdicts(again)).toEqual(verdicts(done));
    expect((await batches()).length).toBe(1);
    const anew = await run(file, '--yes', '--json', '--again');
    // Both winners of the fourth profile are one by now, so it is known what was meant.
    expect(verdicts(anew).slice(0, 4)).toEqual([
      '2 REFUSED SAME_PROFILE',
      '3 REFUSED SAME_PROFILE',
      '4 MERGED',
      '5 REFUSED BATCH_NOT_A_FOREST',
    ]);
    expect([(await batches()).length, (await rowsOf(group, 'wren', mergeCollection)).length]).toEqual([2, 3]);
    await expectMergeInvariants(group, 'wren');
  });

  it('is held by a signal with the rows under way finished, and goes on where it was', async () => {
    const count = 72;
    const ids = await people(group, 'wren', 2 * count);
    const rows = Array.from({ length: count }, (_, n) => `${ids[2 * n]},${ids[2 * n + 1]}`);
    const file = await write('many.csv', ['winner,loser', ...rows]);
    const before = (await rowsOf(group, 'wren', mergeCollection)).length;
    const merged = async () => (await rowsOf(group, 'wren', mergeCollection)).length - before;
    const running = run(file, '--yes', '--concurrency', '2');
    await until('some are merged', async () => (await merged()) > 3);
    process.emit('SIGINT');
    const held = await running;
    expect(held.code).toBe(1);
    expect(held.stderr).toContain('run the same command to go on');
    const [batch] = (await batches()).filter((each) => each.rowCount === count);
    expect(batch).toMatchObject({ status: 'PAUSED', mergedCount: await merged() });
    expect(batch?.mergedCount).toBeLessThan(count);

    const rest = await run(file, '--yes', '--json');
    expect(rest.code).toBe(0);
    expect(jsonLines<{ summary?: object }>(rest.stdout).at(-1)).toEqual({ summary: { merged: count, refused: 0 } });
    expect(await merged()).toBe(count);
    await expectMergeInvariants(group, 'wren');
  });

  it('begins again over what a process that died while it checked has left', async () => {
    const [a, b] = (await people(group, 'wren', 2)) as [string, string];
    const file = await write('left.csv', ['winner,loser', `${a},${b}`]);
    const { collection } = group.entry('wren').database.model(mergeBatchCollection);
    const looked = await run(file, '--yes', '--json');
    expect(verdicts(looked)).toEqual(['2 MERGED']);
    const [batch] = (await batches()).filter((each) => each.rowCount === 1);
    await collection.updateOne({ _id: batch?._id } as never, { $set: { status: 'PREPARING' } } as never);
    const again = await run(file, '--yes', '--json');
    expect(verdicts(again)).toEqual(['2 REFUSED SAME_PROFILE']);
  });

  it.each([
    ['without anybody to ask', 'USAGE', [], () => write('ask.csv', ['winner,loser'])],
    ['a file without the columns', 'CSV_INVALID', ['--yes'], () => write('other.csv', ['winner,other', 'a,b'])],
    ['a file that is not there', 'FILE_UNREADABLE', ['--yes'], async () => join(folder, 'missing.csv')],
    ['a number that is none', 'USAGE', ['--yes', '--concurrency', 'x'], () => write('n.csv', ['winner,loser'])],
  ] as const)('refuses %s', async (_, code, words, make) => {
    const result = await run(await make(), ...words);
    expect(result.stderr).toMatch(new RegExp(`^error ${code}: `, 'm'));
    expect([result.stdout, result.code]).toEqual(['', code === 'USAGE' ? 2 : 1]);
  });
});
