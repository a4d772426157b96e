import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, it } from 'vitest';
import { PAGE_BYTES } from '../../src/embedded/store/data-file.js';
import { PageFile } from '../../src/embedded/store/page-file.js';
import { walkPages } from '../../src/embedded/store/page-walk.js';
import { makeFolder } from './start-test-engine.js';

/** Commits while a reader looks on: none of their old pages can be used again, so the list of free pages grows. */
const commits = 800;

it('a file whose list of free pages fills several pages is found sound', async () => {
  const folder = await makeFolder();
  const environment = open<Buffer, Buffer>({
    path: folder,
    pageSize: PAGE_BYTES,
    noSubdir: false,
    noSync: true,
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  const keys = Array.from({ length: 400 }, (_, n) => Buffer.from(`d${String(n).padStart(6, '0')}`));
  await environment.transaction(() => {
    for (const key of keys) environment.put(key, Buffer.alloc(900, 7));
  });
  const reader = environment.useReadTransaction();
  environment.get(keys[0] as Buffer, { transaction: reader });
  for (let commit = 0; commit < commits; commit++) {
    await environment.transaction(() => {
      for (let n = 0; n < 5; n++) environment.put(keys[(commit * 5 + n) % keys.length] as Buffer, Buffer.alloc(900, 8));
    });
  }
  reader.done();
  await environment.close();
  const file = new PageFile(join(folder, 'data.mdb'));
  try {
    expect(file.header.free.depth, 'the list has a branch page').toBeGreaterThan(1);
    expect(walkPages(file)).toBeGreaterThan(0);
  } finally {
    file.close();
  }
});
