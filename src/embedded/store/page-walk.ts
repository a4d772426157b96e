import { existsSync, statSync } from 'node:fs';
import { DamagedFile, PAGE_BYTES, type TreeHeader } from './data-file.js';
import { KEY_TAGS, type KeyRange } from './keyspace.js';
import { PageFile } from './page-file.js';

/** A child page still to be visited, and the keys it may hold. */
interface Task {
  page: number;
  level: number;
  lower: Buffer | undefined;
  upper: Buffer | undefined;
}

/** What a walk wants to know and to tell. */
export interface WalkOptions {
  /** Told of each damaged page; the walk goes on beside it. Without it the first one is thrown. */
  onDamage?(damage: DamagedFile): void;
  /** Told after each page of a tree how many have been visited, those of long values included. */
  onPage?(visited: number): void;
}

/**
 * Visits every page that the last commit uses and checks it: that it is the page its parent means, that keys ascend
 * within the parent's bounds, that no page is used twice or listed as free, and that numbers add up. What the values
 * mean is not looked at. Returns the number of pages. Errors: {@link DamagedFile}.
 */
export function walkPages(file: PageFile, options: WalkOptions = {}): number {
  const walk = new Walk(file, options);
  walk.tree(file.header.main, false);
  walk.tree(file.header.free, true);
  return walk.visited;
}

class Walk {
  visited = 0;
  readonly #file: PageFile;
  readonly #options: WalkOptions;
  readonly #used: Uint8Array;
  #isWhole = true;

  constructor(file: PageFile, options: WalkOptions) {
    this.#file = file;
    this.#options = options;
    this.#used = new Uint8Array(file.header.lastPage + 1);
  }

  tree(header: TreeHeader, isFreeList: boolean): void {
    const counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
    const tasks: Task[] = [];
    if (header.root !== undefined) tasks.push({ page: header.root, level: 1, lower: undefined, upper: undefined });
    for (let task = tasks.pop(); task; task = tasks.pop()) {
      const { page, level, lower, upper } = task;
      this.#guard(page, lower, () => {
        this.#claim(page, 1);
        if (level < header.depth) {
          counts.branch++;
          this.#branch(task, isFreeList, tasks);
        } else {
          counts.leaf++;
          const found = this.#leaf(page, lower, upper, isFreeList);
          counts.entries += found.entries;
          counts.overflow += found.overflow;
        }
      });
      this.#options.onPage?.(this.visited);
    }
    if (!this.#isWhole) return;
    const isSum =
      counts.branch === header.branchPages &&
      counts.leaf === header.leafPages &&
      counts.overflow === header.overflowPages &&
      counts.entries === header.entries;
    if (isSum) return;
    this.#guard(undefined, undefined, () => {
      throw new DamagedFile(
        `wanted ${header.entries} entries on ${header.leafPages} pages, got ${counts.entries} on ${counts.leaf}`,
      );
    });
  }

  #guard(page: number | undefined, firstKey: Buffer | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      this.#isWhole = false;
      const at = error.page ?? page;
      const where = at === undefined ? '' : `page ${at}: `;
      const damage = new DamagedFile(`${this.#file.path} is damaged: ${where}${error.message}`, at, firstKey);
      if (!this.#options.onDamage) throw damage;
      this.#options.onDamage(damage);
    }
  }

  #claim(first: number, pages: number): void {
    for (let page = first; page < first + pages; page++) {
      if (!(page > 1 && page < this.#used.length)) throw new DamagedFile('it is beyond the end of the file', page);
      if (this.#used[page]) throw new DamagedFile('it is used twice or listed as free', page);
      this.#used[page] = 1;
      this.visited++;
    }
  }

  #branch({ page: number, level, lower, upper }: Task, isFreeList: boolean, tasks: Task[]): void {
    const page = this.#file.page(number, 'branch');
    if (page.count < 2) throw new DamagedFile('a branch page has a single entry', number);
    let last = lower;
    const below: Task[] = [];
    for (let position = 0; position < page.count; position++) {
      const key = position === 0 ? lower : page.key(position);
      // Keys of the free list are numbers in the machine's order: their order is not that of their bytes.
      if (position > 0 && !isFreeList) checkOrder(number, last, key as Buffer, upper, position === 1);
      const next = position + 1 < page.count ? page.key(position + 1) : upper;
      below.push({ page: page.child(position), level: level + 1, lower: key, upper: next });
      last = key;
    }
    tasks.push(...below.reverse());
  }

  #leaf(number: number, lower: Buffer | undefined, upper: Buffer | undefined, isFreeList: boolean) {
    const page = this.#file.page(number, 'leaf');
    let overflow = 0;
    let last = lower;
    for (let position = 0; position < page.count; position++) {
      const key = page.key(position);
      if (!isFreeList) checkOrder(number, last, key, upper, position === 0);
      const value = page.value(position);
      if (!Buffer.isBuffer(value)) {
        this.#claim(value.page, value.pages);
        this.#file.valueOf(value);
        overflow += value.pages;
      }
      if (isFreeList) this.#free(this.#file.valueOf(value), number);
      last = key;
    }
    return { entries: page.count, overflow };
  }

  /** A page that is used and listed as free would be overwritten by the next write. */
  #free(list: Buffer, number: number): void {
    const count = Number(list.readBigUInt64LE(0));
    if (8 * (count + 1) > list.length) throw new DamagedFile('the list of free pages is cut short', number);
    let pages = 1;
    for (let at = 8; at <= 8 * count; at += 8) {
      const entry = Number(list.readBigInt64LE(at));
      // A negative entry says how many pages the block has that begins with the next entry; a zero is a gap.
      if (entry < 0) pages = -entry;
      else if (entry > 0) {
        this.#claimFree(entry, pages, number);
        pages = 1;
      }
    }
  }

  #claimFree(first: number, pages: number, number: number): void {
    for (let page = first; page < first + pages; page++) {
      if (page > 1 && page < this.#used.length && this.#used[page] === 0) this.#used[page] = 1;
      else throw new DamagedFile(`page ${page} is listed as free, but it is in use or does not exist`, number);
    }
  }
}

function checkOrder(page: number, last: Buffer | undefined, key: Buffer, upper: Buffer | undefined, mayEqual: boolean) {
  const order = last ? Buffer.compare(last, key) : -1;
  if (order < 0 || (order === 0 && mayEqual)) {
    if (!upper || Buffer.compare(key, upper) < 0) return;
  }
  throw new DamagedFile('its keys are out of order', page);
}

/** Below and above the first bytes that keys of ours have. */
const FOREIGN_KEYS: readonly KeyRange[] = [
  { lower: Buffer.alloc(0), upper: Buffer.from([KEY_TAGS.first]) },
  { lower: Buffer.from([KEY_TAGS.last + 1]), upper: Buffer.alloc(8, 255) },
];

/** A walk over so much takes most of a second: beyond it only what was cut short is searched for, on opening. */
const MAX_WALKED_BYTES = 2 ** 28;

/**
 * Refuses a data file that LMDB did not write, that was cut short or whose pages are damaged: LMDB maps the file into
 * memory and believes it, so a wrong one would end the process instead of raising an error. A file that is missing or
 * empty passes: LMDB begins a new database in it.
 */
export function checkDataFile(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const file = new PageFile(path);
  try {
    const isShort = file.sizeBytes < (file.header.lastPage + 1) * PAGE_BYTES;
    if (isShort || file.sizeBytes <= MAX_WALKED_BYTES) walkPages(file);
    const foreign = FOREIGN_KEYS.find((range) => file.chunk(range, false, 1).entries.length > 0);
    if (foreign)
      throw new DamagedFile(`${path} holds keys that the embedded engine never writes: another program made it`);
  } finally {
    file.close();
  }
}
