import { fstatSync, readSync } from 'node:fs';

/** Pages of 8 kB allow keys of 4,026 bytes: two cut keys (index values and `_id`) fit. */
export const PAGE_BYTES = 8192;

/** Name of the file that holds a database, in the database's folder. */
export const DATA_FILE = 'data.mdb';

/** Where LMDB's magic number stands in each of the two meta pages, behind the page header. */
const MAGIC_OFFSET = 24;
const MAGIC = 0xbeefc0de;

/** Version of LMDB's own file format that the bundled LMDB writes; the upper half may hold flags. */
const STORAGE_VERSION = 2;

const META_PAGES = 2;

/** A file of so many bytes can say what made it. */
const SMALLEST_META_BYTES = 4096;

/** A root of this number means: the tree is empty. */
const NO_PAGE = 0xffffffffffffffffn;

/** One of the two trees of a data file: where it starts and what it must add up to. */
export interface TreeHeader {
  /** Page of the root; undefined for an empty tree. */
  root: number | undefined;
  depth: number;
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
}

/** What the newer meta page of a data file says: the state of the last commit. */
export interface DataFileHeader {
  /** Number of the last commit. */
  commit: number;
  lastPage: number;
  free: TreeHeader;
  main: TreeHeader;
}

/** A data file that LMDB did not write, or that was changed behind its back. Nothing in it was changed by finding out. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
  /** Page at fault, where one is. */
  readonly page: number | undefined;
  /** Lowest key that can stand on that page, which tells what is lost. */
  readonly firstKey: Buffer | undefined;

  constructor(message: string, page?: number, firstKey?: Buffer) {
    super(message);
    this.page = page;
    this.firstKey = firstKey;
  }
}

/** Reads the state of the last commit. Errors: {@link DamagedFile}. */
export function readHeader(file: number, path: string): DataFileHeader {
  const { size } = fstatSync(file);
  // First what the file says about itself: another program's pages may be smaller than ours.
  if (size >= SMALLEST_META_BYTES) readMeta(file, 0, path);
  if (size < META_PAGES * PAGE_BYTES) {
    throw new DamagedFile(`wanted at least ${META_PAGES * PAGE_BYTES} bytes in ${path}, got ${size}: it was cut short`);
  }
  const metas = Array.from({ length: META_PAGES }, (_, page) => readMeta(file, page, path));
  const newest = metas.reduce((a, b) => (b.commit > a.commit ? b : a));
  for (const { root } of [newest.free, newest.main]) {
    if (root === undefined || (root >= META_PAGES && root <= newest.lastPage)) continue;
    throw new DamagedFile(`${path} starts its tree at page ${root} of ${newest.lastPage}: its first pages are damaged`);
  }
  return newest;
}

function readMeta(file: number, page: number, path: string): DataFileHeader {
  const bytes = Buffer.alloc(PAGE_BYTES);
  readSync(file, bytes, 0, PAGE_BYTES, page * PAGE_BYTES);
  if (bytes.readUInt32LE(MAGIC_OFFSET) !== MAGIC) {
    throw new DamagedFile(`wanted LMDB's mark on page ${page} of ${path}, got something else`, page);
  }
  const version = bytes.readUInt32LE(28) & 0xffff;
  const pageBytes = bytes.readUInt32LE(48);
  if (version !== STORAGE_VERSION || pageBytes !== PAGE_BYTES) {
    throw new DamagedFile(
      `wanted storage version ${STORAGE_VERSION} with pages of ${PAGE_BYTES} bytes in ${path}, got version ${version} with ${pageBytes}: another program or release made it`,
      page,
    );
  }
  return {
    free: readTree(bytes, 48),
    main: readTree(bytes, 96),
    lastPage: Number(bytes.readBigUInt64LE(144)),
    commit: Number(bytes.readBigUInt64LE(152)),
  };
}

function readTree(bytes: Buffer, at: number): TreeHeader {
  const root = bytes.readBigUInt64LE(at + 40);
  return {
    root: root === NO_PAGE ? undefined : Number(root),
    depth: bytes.readUInt16LE(at + 6),
    branchPages: Number(bytes.readBigUInt64LE(at + 8)),
    leafPages: Number(bytes.readBigUInt64LE(at + 16)),
    overflowPages: Number(bytes.readBigUInt64LE(at + 24)),
    entries: Number(bytes.readBigUInt64LE(at + 32)),
  };
}
