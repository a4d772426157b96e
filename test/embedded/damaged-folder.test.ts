import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../src/embedded/engine.js';
import { PAGE_BYTES } from '../../src/embedded/store/data-file.js';
import type { PageFile } from '../../src/embedded/store/page-file.js';
import { walkPages } from '../../src/embedded/store/page-walk.js';
import { buildEngine, dropBuild, EngineProcess } from './engine-process.js';
import { bytesOf, DOCUMENTS, makeStoppedFolder, overwritePage, usedPages, withFile } from './folder-fixture.js';
import { errorOf, makeClient, makeFolder, seeded } from './start-test-engine.js';

const SEED = 20_261_122;
const MUTATIONS = 100;

/** Starting must be refused with this, and leave every byte of the folder as it is. */
async function expectRefusal(folder: string, code: string, message: RegExp): Promise<void> {
  const before = bytesOf(folder);
  const error = await errorOf(startEngine({ folder, isInline: true }));
  expect({ code: error.code, message: error.message }).toEqual({ code, message: expect.stringMatching(message) });
  expect(error.message).toContain(folder);
  expect(bytesOf(folder)).toEqual(before);
}

describe('a damaged data file', () => {
  it.each([
    ['cut in half', (size: number) => Math.floor(size / 2), /cut short/],
    ['without its last page', (size: number) => size - PAGE_BYTES, /cut short/],
    ['cut inside a page', (size: number) => size - 1, /cut short/],
    ['left with less than its beginning', () => 100, /wanted at least 16384 bytes .*, got 100/],
    ['emptied', () => 0, /is empty, though it held a database/],
  ])('%s is refused and left alone', async (_, sizeOf, message) => {
    const { folder, dataFile } = await makeStoppedFolder();
    const { header, sizeBytes } = withFile(dataFile, ({ header, sizeBytes }) => ({ header, sizeBytes }));
    expect(sizeBytes).toBe((header.lastPage + 1) * PAGE_BYTES);
    // What stands at the very end has to be in use, or nothing would be missing.
    const lastUsed = Math.max(...usedPages(dataFile));
    truncateSync(dataFile, sizeOf((lastUsed + 1) * PAGE_BYTES));
    await expectRefusal(folder, 'DATA_FOLDER_UNUSABLE', message);
  });

  it('that is gone is missed', async () => {
    const { folder, dataFile } = await makeStoppedFolder();
    rmSync(dataFile);
    await expectRefusal(folder, 'DATA_FOLDER_UNUSABLE', /is missing, though it held a database; restore/);
  });

  it('with a zeroed page is refused, whichever page it is', async () => {
    const { folder, dataFile } = await makeStoppedFolder();
    const used = usedPages(dataFile);
    expect(used.length).toBe(withFile(dataFile, walkHeads));
    overwritePage(dataFile, used[Math.floor(used.length / 2)] as number, Buffer.alloc(PAGE_BYTES));
    await expectRefusal(
      folder,
      'DATA_FOLDER_UNUSABLE',
      /is damaged: page \d+: wanted .*; restore the folder from a copy/,
    );
  });

  it.each([0, 1])('with a zeroed first page %i is refused', async (page) => {
    const { folder, dataFile } = await makeStoppedFolder();
    overwritePage(dataFile, page, Buffer.alloc(PAGE_BYTES));
    await expectRefusal(folder, 'DATA_FOLDER_UNUSABLE', /wanted LMDB's mark on page/);
  });

  it(`with random bytes anywhere is refused or can be read, and never ends the process (seed ${SEED})`, async () => {
    const { folder, dataFile } = await makeStoppedFolder();
    const random = seeded(SEED);
    const below = (n: number): number => Math.floor(random() * n);
    const whole = readFileSync(dataFile);
    let refused = 0;
    for (let n = 0; n < MUTATIONS; n++) {
      const bytes = Buffer.from(whole);
      const length = [1, 4, 64, PAGE_BYTES][below(4)] as number;
      // Headers and lists of nodes are at the beginning of a page: they deserve more than their share.
      const within = below(2) === 0 ? below(64) : below(PAGE_BYTES);
      const at = Math.min(below(whole.length / PAGE_BYTES) * PAGE_BYTES + within, whole.length - length);
      for (let byte = at; byte < at + length; byte++) bytes[byte] = below(256);
      writeFileSync(dataFile, bytes);
      try {
        const engine = await startEngine({ folder, isInline: true, durability: 'relaxed' });
        const client = await makeClient(engine);
        const rows = client.db('shop').collection('rows');
        await rows.find().toArray().catch(String);
        await rows
          .find({ group: { $in: ['g1', 'g2'] } })
          .sort({ _id: 1 })
          .toArray()
          .catch(String);
        await rows.insertOne({ n }).catch(String);
        await client.close();
        await engine.close();
      } catch (error) {
        expect(error).toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 4);
  }, 120_000);

  it('is whole again when the page is put back', async () => {
    const { folder, dataFile } = await makeStoppedFolder();
    const whole = readFileSync(dataFile);
    overwritePage(dataFile, usedPages(dataFile)[3] as number, Buffer.alloc(PAGE_BYTES, 7));
    await expectRefusal(folder, 'DATA_FOLDER_UNUSABLE', /is damaged/);
    writeFileSync(dataFile, whole);
    const engine = await startEngine({ folder, isInline: true });
    const client = await makeClient(engine);
    expect(await client.db('shop').collection('rows').find().toArray()).toHaveLength(DOCUMENTS);
    await client.close();
    await engine.close();
  });
});

/** Pages with a header of their own: those of long values share one. */
function walkHeads(file: PageFile): number {
  const { main, free } = file.header;
  const visited = walkPages(file);
  const bodies = Math.ceil(DOCUMENTS / 40);
  const overflow = main.overflowPages + free.overflowPages;
  return visited - overflow + bodies + (free.overflowPages > 0 ? 1 : 0);
}

describe('a data file that another program made', () => {
  it.each([
    ['with pages of another size', 4096, /got version 2 with 4096|wanted LMDB's mark/],
    ['with keys of its own', PAGE_BYTES, /holds keys that the embedded engine never writes/],
  ])('%s is refused and left alone', async (_, pageSize, message) => {
    const { folder, dataFile } = await makeStoppedFolder();
    const elsewhere = await makeFolder();
    const environment = open<Buffer, Buffer>({
      path: elsewhere,
      pageSize,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
    });
    await environment.put(Buffer.from('customer'), Buffer.from('x'));
    await environment.close();
    copyFileSync(join(elsewhere, 'data.mdb'), dataFile);
    await expectRefusal(folder, 'DATA_FOLDER_UNUSABLE', message);
  });

  it('in a newer storage format is refused and left alone', async () => {
    const { folder, dataFile } = await makeStoppedFolder();
    const whole = readFileSync(dataFile);
    for (const page of [0, 1]) whole.writeUInt32LE(3, page * PAGE_BYTES + 28);
    writeFileSync(dataFile, whole);
    await expectRefusal(folder, 'DATA_FOLDER_UNUSABLE', /wanted storage version 2 .* got version 3/);
  });
});

describe('a folder that cannot be used', () => {
  beforeAll(buildEngine);

  afterAll(dropBuild);

  it('because it belongs to something else is refused and left alone', async () => {
    const folder = await makeFolder();
    writeFileSync(join(folder, 'letter.txt'), 'dear');
    await expectRefusal(folder, 'DATA_FOLDER_FOREIGN', /wanted an empty folder .* got other files; choose another/i);
  });

  it('because its mark says something else is refused and left alone', async () => {
    const folder = await makeFolder();
    writeFileSync(join(folder, 'engine.json'), '{"format":"combustion"}');
    await expectRefusal(folder, 'DATA_FOLDER_FOREIGN', /was not made by the embedded engine/);
  });

  it('because a newer release made it is refused and left alone', async () => {
    const { folder } = await makeStoppedFolder();
    writeFileSync(join(folder, 'engine.json'), JSON.stringify({ format: 'embedded-engine', version: 2 }));
    await expectRefusal(folder, 'DATA_FOLDER_FOREIGN', /has format 2, .* up to 1; start it with a newer release/);
  });

  it('because it is a file is refused', async () => {
    const file = join(await makeFolder(), 'file');
    writeFileSync(file, 'text');
    const error = await errorOf(startEngine({ folder: file, isInline: true }));
    expect(error).toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringContaining('choose another folder'),
    });
  });

  it(`because it is read-only is refused and left alone (by ${readOnlyWay()})`, async () => {
    const { folder } = await makeStoppedFolder();
    const before = bytesOf(folder);
    const error = await errorOf(EngineProcess.start(folder, { wrapper: readOnly(folder) }));
    chmodSync(folder, 0o700);
    expect(error.message).toMatch(
      /DATA_FOLDER_UNUSABLE Data folder .* cannot be used: .*(read-only|may not read and write)/,
    );
    expect(bytesOf(folder)).toEqual(before);
  });
});

/** Permissions do not bind root: it gets a namespace of its own with a read-only mount, where the machine allows that. */
function readOnlyWay(): 'a read-only mount' | 'permissions' | 'permissions, as nobody' {
  if (process.getuid?.() !== 0) return 'permissions';
  const { status } = spawnSync('unshare', ['-m', 'true']);
  return status === 0 ? 'a read-only mount' : 'permissions, as nobody';
}

function readOnly(folder: string): string[] {
  if (readOnlyWay() === 'a read-only mount') {
    const script = `mount --bind '${folder}' '${folder}' && mount -o remount,ro,bind '${folder}' && exec "$@"`;
    return ['unshare', '-m', 'sh', '-c', script, 'sh'];
  }
  chmodSync(folder, 0o555);
  return readOnlyWay() === 'permissions' ? [] : ['setpriv', '--reuid=65534', '--clear-groups'];
}
