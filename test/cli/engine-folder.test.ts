import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../../src/embedded/engine.js';
import { PAGE_BYTES } from '../../src/embedded/store/data-file.js';
import { DatabaseFolder } from '../../src/embedded/store/database-folder.js';
import { indexRange } from '../../src/embedded/store/keyspace.js';
import { iterate } from '../../src/embedded/store/view.js';
import { DOCUMENTS, makeStoppedFolder, overwritePage, usedPages } from '../embedded/folder-fixture.js';
import { makeClient } from '../embedded/start-test-engine.js';
import { writeGroupFile } from '../support/group-file.js';
import { dropFolder, newFolder } from '../support/kindred-command.js';
import { runHere } from '../support/run-here.js';

/** Takes two entries out of an index. */
async function damageIndex(folder: string): Promise<void> {
  const databases = new DatabaseFolder(folder, 'relaxed');
  const database = databases.need('shop');
  await database.write(({ overlay }) => {
    const index = database.catalogue.find('rows')?.indexes[0]?.id as number;
    for (const { key } of [...iterate(overlay, indexRange(index), false)].slice(0, 2)) overlay.remove(key);
  });
  await databases.close();
}

describe('kindred engine check', () => {
  it('says of a sound folder what is in it, and ends with 0', async () => {
    const { folder } = await makeStoppedFolder();
    const { code, stdout, stderr } = await runHere(['engine', 'check', folder]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: [
        'database  collection  documents  indexes  entries',
        'shop      other               1        0        0  ok',
        `shop      rows              ${DOCUMENTS}        3     ${DOCUMENTS * 3 + DOCUMENTS / 3}  ok`,
        '',
      ].join('\n'),
    });
    expect(stderr).toContain('Sound: 1 databases, every index equals a full scan.');
  });

  it('names the collection and the index that are damaged, and ends with 1', async () => {
    const { folder } = await makeStoppedFolder();
    await damageIndex(folder);
    const { code, stdout, stderr } = await runHere(['engine', 'check', folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^shop {6}rows .* 2 wrong$/m);
    expect(stdout.match(/^INDEX_ENTRY_MISSING {2}shop \/ rows \/ group {2}sha256:[0-9a-f]{16} {2}.*$/gm)).toHaveLength(
      2,
    );
    expect(stderr).toContain('2 wrong: nothing was changed; restore the folder from a copy, or take the documents out');
    const json = JSON.parse((await runHere(['engine', 'check', folder, '--json'])).stdout);
    expect(json).toMatchObject({ folder, isSound: false, databases: [{ name: 'shop' }] });
    expect(json.databases[0].findings).toHaveLength(2);
  });

  it('tells of a damaged page and ends with 1', async () => {
    const { folder, dataFile } = await makeStoppedFolder();
    overwritePage(dataFile, usedPages(dataFile)[0] as number, Buffer.alloc(PAGE_BYTES));
    const { code, stdout } = await runHere(['engine', 'check', folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^DATA_FILE_DAMAGED {2}shop.* is damaged: page \d+: /m);
  });

  it('leaves a folder alone on which an engine runs', async () => {
    const { folder } = await makeStoppedFolder();
    const engine = await startEngine({ folder, isInline: true });
    const { code, stdout, stderr } = await runHere(['engine', 'check', folder]);
    await engine.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error DATA_FOLDER_LOCKED: .* in use by process \d+; stop that process/);
  });

  it('refuses what is no data folder', async () => {
    const { code, stdout, stderr } = await runHere(['engine', 'check', 'test', '--json']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'DATA_FOLDER_FOREIGN' } });
  });
});

describe('kindred export', () => {
  let place: string;

  beforeEach(() => {
    place = newFolder();
  });

  afterEach(() => dropFolder(place));

  it('writes what mongorestore takes and says how to go on', async () => {
    const { folder } = await makeStoppedFolder();
    const out = join(place, 'dump');
    const { code, stdout, stderr } = await runHere(['export', '--data', folder, '--out', out]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `shop.other  1 documents, 1 indexes\nshop.rows  ${DOCUMENTS} documents, 4 indexes\n`,
    });
    expect(stderr).toContain(`mongorestore --uri "$MONGODB_URI" --dir "${out}"`);
    expect(readdirSync(join(out, 'shop'))).toHaveLength(4);
  });

  it('finds the data and the databases of brands in the configuration, and tells of the secret', async () => {
    const configFile = await writeGroupFile(place);
    const data = join(place, 'data');
    mkdirSync(data);
    const engine = await startEngine({ folder: data, isInline: true });
    const client = await makeClient(engine);
    for (const name of ['kindred_wren', 'kindred_alder']) await client.db(name).collection('rows').insertOne({ name });
    await client.close();
    await engine.close();
    writeFileSync(join(dirname(data), 'secret'), 'x');
    const out = join(place, 'dump');
    const words = ['export', '--config', configFile, '--out', out, '--brand', 'wren'];
    const { code, stdout, stderr } = await runHere(words);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'kindred_wren.rows  1 documents, 1 indexes\n' });
    expect(stderr).toContain('KINDRED_SECRET');
    const again = await runHere(words);
    expect(again).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error FOLDER_UNUSABLE: .*empty/),
    });
    const other = await runHere(['export', '--config', configFile, '--out', join(place, 'x'), '--brand', 'oak']);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('known: alder, wren, hearth') });
    const named = await runHere([
      'export',
      '--config',
      configFile,
      '--out',
      join(place, 'y'),
      '--database',
      'none',
      '--json',
    ]);
    expect(named.code).toBe(2);
    expect(JSON.parse(named.stderr).error.message).toContain('there are: kindred_alder, kindred_wren');
  });

  it('answers in JSON when asked', async () => {
    const { folder } = await makeStoppedFolder();
    const out = join(place, 'dump');
    const { stdout } = await runHere(['export', '--data', folder, '--out', out, '--json']);
    const bytes = readFileSync(join(out, 'shop', 'rows.bson')).length;
    expect(JSON.parse(stdout)).toMatchObject({
      folder,
      out,
      collections: [{}, { collection: 'rows', documents: DOCUMENTS, bytes }],
    });
  });
});
