import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DamagedFile, type DataFileHeader, PAGE_BYTES, readHeader } from './data-file.js';
import type { KeyRange } from './keyspace.js';
import { type BigValue, bigValueOf, Page } from './page.js';
import type { Chunk, Entry, View } from './view.js';

/** Pages kept: 16 MB hold the branches of a database of many gigabytes. */
const CACHED_PAGES = 2048;

/** A chunk ends early beyond this, so that large documents do not pile up. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** One page on the way from the root to an entry, and where on it the way goes on. */
interface Step {
  page: Page;
  position: number;
}

/**
 * A data file read page by page without LMDB: nothing is mapped, locked or written, so that a damaged file raises an
 * error instead of ending the process. Shows the last commit as it was when opened; the caller makes sure that nobody
 * writes meanwhile, and asks {@link PageFile.isUnchanged} at the end.
 */
export class PageFile implements View {
  readonly epoch = 0;
  readonly path: string;
  readonly header: DataFileHeader;
  readonly sizeBytes: number;
  readonly #file: number;
  readonly #cache = new Map<number, Page>();

  /** Errors: {@link DamagedFile}; what the system says when the file cannot be opened. */
  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'r');
    try {
      this.header = readHeader(this.#file, path);
      this.sizeBytes = fstatSync(this.#file).size;
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Whether the last commit is still the one that was read. */
  isUnchanged(): boolean {
    return readHeader(this.#file, this.path).commit === this.header.commit;
  }

  /** A page of a tree. Errors: {@link DamagedFile}. */
  page(number: number, kind: 'branch' | 'leaf'): Page {
    const known = this.#cache.get(number);
    if (known) return known;
    const page = new Page(number, this.#read(number, 1), kind);
    if (this.#cache.size >= CACHED_PAGES) this.#cache.delete(this.#cache.keys().next().value as number);
    this.#cache.set(number, page);
    return page;
  }

  /** The bytes of an entry's value. Errors: {@link DamagedFile}. */
  valueOf(value: Buffer | BigValue): Buffer {
    return Buffer.isBuffer(value) ? value : bigValueOf(this.#read(value.page, value.pages), value);
  }

  get(key: Buffer): Buffer | undefined {
    const leaf = this.#descend(key).at(-1);
    if (!leaf || leaf.position >= leaf.page.count || !leaf.page.key(leaf.position).equals(key)) return undefined;
    return this.valueOf(leaf.page.value(leaf.position));
  }

  /** Forwards only: nothing that checks or copies reads backwards. */
  chunk(range: KeyRange, isReverse: boolean, limit: number): Chunk {
    if (isReverse) throw new Error('wanted a scan forwards: a data file is not read backwards');
    const entries: Entry[] = [];
    let bytes = 0;
    const path = this.#descend(range.lower);
    let isEnd = true;
    for (let leaf = path.at(-1); leaf; leaf = path.at(-1)) {
      if (leaf.position >= leaf.page.count) {
        if (!this.#nextLeaf(path)) break;
        continue;
      }
      const key = leaf.page.key(leaf.position);
      if (Buffer.compare(key, range.upper) >= 0) break;
      if (entries.length >= limit || bytes > CHUNK_BYTES) {
        isEnd = false;
        break;
      }
      const value = this.valueOf(leaf.page.value(leaf.position++));
      entries.push({ key, value });
      bytes += value.length;
    }
    return { entries, isEnd, lastKey: entries.at(-1)?.key };
  }

  #descend(key: Buffer): Step[] {
    const { root, depth } = this.header.main;
    const path: Step[] = [];
    let number = root;
    for (let level = 1; number !== undefined && level < depth; level++) {
      const page = this.page(number, 'branch');
      const position = page.seekChild(key);
      path.push({ page, position });
      number = page.child(position);
    }
    if (number === undefined) return path;
    const page = this.page(number, 'leaf');
    path.push({ page, position: page.seek(key) });
    return path;
  }

  #nextLeaf(path: Step[]): boolean {
    const { depth } = this.header.main;
    path.pop();
    for (let step = path.at(-1); step && ++step.position >= step.page.count; step = path.at(-1)) path.pop();
    let step = path.at(-1);
    while (step) {
      const kind = path.length + 1 < depth ? 'branch' : 'leaf';
      step = { page: this.page(step.page.child(step.position), kind), position: 0 };
      path.push(step);
      if (kind === 'leaf') return true;
    }
    return false;
  }

  #read(number: number, pages: number): Buffer {
    const isInside = number > 1 && pages > 0 && number + pages - 1 <= this.header.lastPage;
    if (!isInside || (number + pages) * PAGE_BYTES > this.sizeBytes) {
      throw new DamagedFile(`page ${number} is beyond the end of the file: the file was cut short`, number);
    }
    const bytes = Buffer.allocUnsafe(pages * PAGE_BYTES);
    readSync(this.#file, bytes, 0, bytes.length, number * PAGE_BYTES);
    return bytes;
  }
}
