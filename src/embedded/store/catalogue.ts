import { randomUUID } from 'node:crypto';
import { engineError } from '../engine-error.js';
import {
  type Collection,
  decodeCollection,
  encodeCollection,
  type Index,
  type IndexSpecification,
  makeIndex,
  setIndexes,
} from './collection.js';
import { CATALOGUE_RANGE, catalogueKey, documentRange, garbageKey, indexRange, type KeyRange } from './keyspace.js';
import type { Overlay } from './overlay.js';
import { iterate, type View } from './view.js';

/** The catalogue's own row: the next free id. */
const COUNTER_KEY = catalogueKey('');

const EMPTY = Buffer.alloc(0);

/** MongoDB's limit for "database.collection", in bytes. */
const MAX_NAMESPACE_BYTES = 255;

/** Collections of one database, in memory; every change is also written to the overlay of the running commit. */
export class Catalogue {
  readonly #collections = new Map<string, Collection>();
  /** When a name was dropped: snapshots taken before that can no longer be answered. */
  readonly #droppedAtSeq = new Map<string, number>();
  #nextId = 1;

  /** Reads everything from the store, forgetting what is in memory. */
  load(view: View): void {
    this.#collections.clear();
    this.#nextId = 1;
    for (const { key, value } of iterate(view, CATALOGUE_RANGE, false)) {
      if (key.equals(COUNTER_KEY)) this.#nextId = value.readUInt32BE(0);
      else {
        const collection = decodeCollection(value);
        this.#collections.set(collection.name, collection);
      }
    }
  }

  find(name: string): Collection | undefined {
    return this.#collections.get(name);
  }

  /** Sequence number of the last drop of this name; 0 when it was never dropped. */
  droppedAtSeq(name: string): number {
    return this.#droppedAtSeq.get(name) ?? 0;
  }

  /** All collections by name. */
  all(): Collection[] {
    return [...this.#collections.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  create(overlay: Overlay, database: string, name: string, seq: number): Collection {
    checkCollectionName(database, name);
    const collection: Collection = {
      id: this.#takeId(overlay),
      name,
      uuid: randomUUID(),
      indexes: [],
      building: [],
      maintained: [],
      hasCutIds: false,
      changedAtSeq: seq,
    };
    this.#collections.set(name, collection);
    overlay.put(catalogueKey(name), encodeCollection(collection));
    return collection;
  }

  drop(overlay: Overlay, collection: Collection, seq: number): void {
    this.#collections.delete(collection.name);
    this.#droppedAtSeq.set(collection.name, seq);
    overlay.remove(catalogueKey(collection.name));
    overlay.put(garbageKey('documents', collection.id), EMPTY);
    for (const index of collection.indexes) overlay.put(garbageKey('index', index.id), EMPTY);
  }

  /** A new index that writes keep right from now on; until {@link addIndex} it is noted as garbage, should it end here. */
  beginIndex(overlay: Overlay, collection: Collection, specification: IndexSpecification): Index {
    const index = makeIndex(this.#takeId(overlay), specification);
    setIndexes(collection, collection.indexes, [...collection.building, index]);
    overlay.put(garbageKey('index', index.id), EMPTY);
    return index;
  }

  /** A filled index becomes known. */
  addIndex(overlay: Overlay, collection: Collection, index: Index, seq: number): void {
    setIndexes(collection, [...collection.indexes, index], without(collection.building, index));
    collection.changedAtSeq = seq;
    overlay.remove(garbageKey('index', index.id));
    this.save(overlay, collection);
  }

  /** Gives a begun index up; the sweeper empties what was filled of it. */
  abandonIndex(collection: Collection, index: Index): void {
    setIndexes(collection, collection.indexes, without(collection.building, index));
  }

  /** Whether a garbage note belongs to an index that is being built. */
  isBuilding(note: Buffer): boolean {
    const begun = [...this.#collections.values()].flatMap((collection) => collection.building);
    return begun.some((index) => garbageKey('index', index.id).equals(note));
  }

  dropIndex(overlay: Overlay, collection: Collection, index: Index, seq: number): void {
    setIndexes(collection, without(collection.indexes, index), collection.building);
    collection.changedAtSeq = seq;
    overlay.put(garbageKey('index', index.id), EMPTY);
    this.save(overlay, collection);
  }

  /** Writes a collection's row again after its indexes or their flags changed. */
  save(overlay: Overlay, collection: Collection): void {
    overlay.put(catalogueKey(collection.name), encodeCollection(collection));
  }

  #takeId(overlay: Overlay): number {
    const id = this.#nextId++;
    const next = Buffer.alloc(4);
    next.writeUInt32BE(this.#nextId, 0);
    overlay.put(COUNTER_KEY, next);
    return id;
  }
}

function without(indexes: readonly Index[], gone: Index): Index[] {
  return indexes.filter((index) => index !== gone);
}

/** Key ranges that a collection occupies. */
export function rangesOf(collection: Collection): KeyRange[] {
  return [documentRange(collection.id), ...collection.indexes.map((index) => indexRange(index.id))];
}

/** Refuses names that MongoDB refuses (73). */
export function checkCollectionName(database: string, name: string): void {
  const isBad = name === '' || name.includes('\0') || name.includes('$') || name.startsWith('.');
  if (isBad || name.startsWith('system.')) {
    throw engineError('InvalidNamespace', `Invalid collection name: ${database}.${name}`);
  }
  if (Buffer.byteLength(`${database}.${name}`) > MAX_NAMESPACE_BYTES) {
    throw engineError('InvalidNamespace', `wanted a namespace of at most ${MAX_NAMESPACE_BYTES} bytes`);
  }
}
