import { BSON } from 'bson';
import { Catalogue } from '../store/catalogue.js';
import type { Collection } from '../store/collection.js';
import {
  afterPrefix,
  documentRange,
  GARBAGE_RANGE,
  indexRange,
  type KeyRange,
  OUTCOME_RANGE,
} from '../store/keyspace.js';
import type { PageFile } from '../store/page-file.js';
import { walkPages } from '../store/page-walk.js';
import { iterate } from '../store/view.js';
import { type CollectionCount, checkCollection } from './check-collection.js';
import { documentName, type Finding, type FindingCode } from './finding.js';

/** What a check found out about one database. */
export interface DatabaseReport {
  readonly name: string;
  readonly collections: readonly ({ readonly name: string; readonly findings: number } & Readonly<CollectionCount>)[];
  readonly storedReplies: number;
  readonly pages: number;
  readonly findings: readonly Finding[];
}

/** Told how many of a total have been looked at. */
export type OnProgress = (done: number, total: number) => void;

/** Keys with which a database's own key space begins and ends. */
const ALL_KEYS: KeyRange = { lower: Buffer.from([0]), upper: Buffer.alloc(8, 255) };

/** Progress is told after so many pages or keys. */
const PROGRESS_STEP = 4096;

/** Checks one database from its pages up to what they mean. Reads only. */
export function checkDatabase(name: string, file: PageFile, onProgress: OnProgress): DatabaseReport {
  return new DatabaseCheck(name, file, onProgress).run();
}

class DatabaseCheck {
  readonly #name: string;
  readonly #file: PageFile;
  readonly #onProgress: OnProgress;
  readonly #findings: Finding[] = [];
  readonly #catalogue = new Catalogue();
  readonly #total: number;
  #done = 0;

  constructor(name: string, file: PageFile, onProgress: OnProgress) {
    this.#name = name;
    this.#file = file;
    this.#onProgress = onProgress;
    const { main } = file.header;
    this.#total = main.branchPages + main.leafPages + main.overflowPages + main.entries;
  }

  run(): DatabaseReport {
    const isReadable = this.#readCatalogue();
    const pages = this.#checkPages();
    const isWhole = isReadable && this.#findings.length === 0;
    return {
      name: this.#name,
      pages,
      // Rows on damaged pages cannot be compared with anything: the pages are the finding.
      collections: isWhole ? this.#catalogue.all().map((collection) => this.#checkCollection(collection)) : [],
      storedReplies: isWhole ? this.#checkReplies() : 0,
      findings: isWhole ? [...this.#checkKeySpace(), ...this.#findings] : this.#findings,
    };
  }

  #add(
    code: FindingCode,
    detail: string,
    where: Partial<Pick<Finding, 'collection' | 'index' | 'document'>> = {},
  ): void {
    this.#findings.push({
      code,
      database: this.#name,
      collection: null,
      index: null,
      document: null,
      ...where,
      detail,
    });
  }

  #step(): void {
    if (++this.#done % PROGRESS_STEP === 0) this.#onProgress(Math.min(this.#done, this.#total), this.#total);
  }

  #readCatalogue(): boolean {
    try {
      this.#catalogue.load(this.#file);
      return true;
    } catch (error) {
      this.#add('CATALOGUE_UNREADABLE', error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #checkPages(): number {
    return walkPages(this.#file, {
      onDamage: (damage) => this.#add('DATA_FILE_DAMAGED', damage.message, this.#placeOf(damage.firstKey)),
      onPage: () => this.#step(),
    });
  }

  /** Whose rows stand at a key. */
  #placeOf(key: Buffer | undefined): Partial<Pick<Finding, 'collection' | 'index'>> {
    if (!key) return {};
    for (const collection of this.#catalogue.all()) {
      if (isIn(key, documentRange(collection.id))) return { collection: collection.name };
      const index = collection.indexes.find((each) => isIn(key, indexRange(each.id)));
      if (index) return { collection: collection.name, index: index.specification.name };
    }
    return {};
  }

  #checkCollection(collection: Collection) {
    const before = this.#findings.length;
    const count = checkCollection(
      this.#file,
      collection,
      (code, where, detail) => this.#add(code, detail, { collection: collection.name, ...where }),
      () => this.#step(),
    );
    return { name: collection.name, ...count, findings: this.#findings.length - before };
  }

  #checkReplies(): number {
    let replies = 0;
    for (const { key, value } of iterate(this.#file, OUTCOME_RANGE, false)) {
      replies++;
      this.#step();
      if (!isOutcome(value)) {
        this.#add('STORED_REPLY_UNREADABLE', `${value.length} bytes`, { document: documentName(undefined, key) });
      }
    }
    return replies;
  }

  /** Jumps from one range to the next: what lies in none of those that the catalogue and the notes of drops know? */
  #checkKeySpace(): Finding[] {
    const before = this.#findings.length;
    const ranges = this.#catalogue
      .all()
      .flatMap((collection) => [
        documentRange(collection.id),
        ...collection.indexes.map((index) => indexRange(index.id)),
      ]);
    for (const { key } of iterate(this.#file, GARBAGE_RANGE, false)) {
      const lower = Buffer.from(key.subarray(1));
      ranges.push({ lower, upper: afterPrefix(lower) });
    }
    const known = [{ lower: Buffer.from([1]), upper: Buffer.from([2]) }, OUTCOME_RANGE, GARBAGE_RANGE, ...ranges];
    let { lower } = ALL_KEYS;
    for (;;) {
      const [entry] = this.#file.chunk({ lower, upper: ALL_KEYS.upper }, false, 1).entries;
      if (!entry) break;
      const range = known.find((each) => isIn(entry.key, each));
      const head = Buffer.from(entry.key.subarray(0, 5));
      if (!range) this.#add('UNKNOWN_KEYS', `keys that begin with ${head.toString('hex')}`);
      lower = range ? range.upper : afterPrefix(head);
    }
    return this.#findings.splice(before);
  }
}

function isIn(key: Buffer, range: KeyRange): boolean {
  return Buffer.compare(key, range.lower) >= 0 && Buffer.compare(key, range.upper) < 0;
}

function isOutcome(bytes: Buffer): boolean {
  try {
    const { txnNumber, kind, reply, at } = BSON.deserialize(bytes);
    const isReply = kind === 'reply' && typeof reply === 'object' && reply !== null;
    return txnNumber !== undefined && at instanceof Date && (kind === 'commit' || isReply);
  } catch {
    return false;
  }
}
