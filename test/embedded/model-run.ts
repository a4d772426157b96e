import { isDeepStrictEqual } from 'node:util';
import { BSON, type Document, EJSON, Long } from 'bson';
import { decodeDocument } from '../../src/embedded/bson/value.js';
import type { Collection } from '../../src/embedded/store/collection.js';
import { entriesOf } from '../../src/embedded/store/documents.js';
import { documentRange, indexRange, KEY_HEAD_LENGTH } from '../../src/embedded/store/keyspace.js';
import { keyText } from '../../src/embedded/store/overlay.js';
import { iterate } from '../../src/embedded/store/view.js';
import type { Reply } from '../../src/embedded/wire/reply.js';
import { type CommandLayer, RawSession } from './command-layer.js';
import { ModelCollection, type WriteAnswer } from './model-collection.js';
import type { Step } from './model-operations.js';
import { bytesOf, compare, rank } from './model-values.js';

const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify']);

/** One sequence of steps on a collection of its own, beside the model. */
export class ModelRun {
  readonly #layer: CommandLayer;
  readonly #name: string;
  readonly #session: RawSession;
  #committed = new ModelCollection();
  #inside: ModelCollection | undefined;
  /** Operations so far, counted as a server does: one per command, in a bulk one per statement. */
  operations = 0;

  constructor(layer: CommandLayer, number: number) {
    this.#layer = layer;
    this.#name = `rows${number}`;
    this.#session = new RawSession(number);
  }

  /** Carries out all steps, then compares documents and indexes with a scan of everything; throws at a difference. */
  async run(steps: readonly Step[]): Promise<void> {
    await this.#send({ create: this.#name });
    for (const step of steps) await this.#take(step);
    if (this.#inside) await this.#end('abortTransaction');
    await this.#compareFind({ find: 'rows', filter: {}, sort: { _id: 1 } }, false);
    this.#checkIndexes();
    await this.#send({ delete: this.#name, deletes: [{ q: {}, limit: 0 }] });
    this.#checkIndexes();
    await this.#send({ drop: this.#name });
  }

  async #take(step: Step): Promise<void> {
    if (step.kind === 'begin') {
      if (this.#inside) return;
      this.#session.begin();
      this.#inside = this.#committed.fork();
      return;
    }
    if (step.kind !== 'command') return this.#inside && this.#end(step.kind);
    const [name] = Object.keys(step.body) as [string];
    const isInside = this.#inside !== undefined && (step.isInside || WRITES.has(name));
    if (WRITES.has(name)) return this.#compareWrite(step.body, isInside);
    if (name === 'find') return this.#compareFind(step.body, isInside);
    if (name === 'aggregate') return this.#compareGroups(step.body, isInside);
    if (name === 'count') return this.#compareCount();
    // The shape of a collection only changes while nobody has written to it in a transaction.
    if (!this.#inside) await this.#changeIndexes(name, step.body);
  }

  async #end(kind: 'commitTransaction' | 'abortTransaction'): Promise<void> {
    const inside = this.#inside as ModelCollection;
    this.#inside = undefined;
    if (!this.#session.hasStarted) return;
    const reply = await this.#send(this.#session.end(kind));
    same(reply.body['ok'], 1, kind, reply.body);
    if (kind === 'commitTransaction') this.#committed = inside;
  }

  #send(body: Document): Promise<Reply> {
    const bulk = (body['documents'] ?? body['updates'] ?? body['deletes']) as unknown[] | undefined;
    this.operations += bulk?.length ?? 1;
    return this.#layer.send(body);
  }

  /** The command on this run's own collection. */
  #ask(body: Document, isInside: boolean): Promise<Reply> {
    const [name] = Object.keys(body) as [string];
    const own = { ...body, [name]: name === 'getMore' ? body[name] : this.#name };
    return this.#send(isInside ? this.#session.inTransaction(own) : own);
  }

  #model(isInside: boolean): ModelCollection {
    return isInside && this.#inside ? this.#inside : this.#committed;
  }

  async #compareWrite(body: Document, isInside: boolean): Promise<void> {
    const wanted = this.#model(isInside).write(body, isInside);
    const { body: reply } = await this.#ask(body, isInside);
    same(answerOf(reply, wanted), shown(wanted), 'write', body);
    if (isInside && (wanted.writeErrors || wanted.code !== undefined)) this.#inside = undefined;
  }

  async #compareFind(body: Document, isInside: boolean): Promise<void> {
    const wanted = this.#model(isInside).query(body);
    const found = await this.#readAll(body, isInside);
    if (body['sort']) return same(found, wanted.map(text), 'find', body);
    if (body['limit'] === undefined && body['skip'] === undefined) {
      return same(found.sort(), wanted.map(text).sort(), 'find', body);
    }
    const all = new Set(
      this.#model(isInside)
        .query({ ...body, limit: undefined, skip: undefined })
        .map(text),
    );
    same(found.length, wanted.length, 'number of rows', body);
    same(
      found.every((row) => all.has(row)),
      true,
      'rows that match',
      body,
    );
  }

  async #readAll(body: Document, isInside: boolean): Promise<string[]> {
    let reply = await this.#ask(body, isInside);
    const documents: Uint8Array[] = [];
    for (;;) {
      if (!reply.cursor)
        throw new Error(`wanted a cursor, got ${EJSON.stringify(reply.body)} for ${EJSON.stringify(body)}`);
      documents.push(...reply.cursor.documents);
      if (reply.cursor.id.equals(Long.ZERO)) break;
      reply = await this.#ask(
        { getMore: reply.cursor.id, collection: this.#name, batchSize: body['batchSize'] },
        isInside,
      );
    }
    return documents.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  }

  async #compareGroups(body: Document, isInside: boolean): Promise<void> {
    const [{ $match: filter }] = body['pipeline'] as [Document];
    const groups = new Map<number, { id: unknown; rows: Document[] }>();
    const ids: unknown[] = [];
    for (const doc of this.#model(isInside).find(filter)) {
      let place = ids.findIndex((id) => compare(id, doc['k']) === 0);
      if (place < 0) place = ids.push(doc['k'] ?? null) - 1;
      const group = groups.get(place) ?? { id: ids[place], rows: [] };
      group.rows.push(doc);
      groups.set(place, group);
    }
    const wanted = [...groups.values()].map(({ id, rows }) => ({ id, ...summaryOf(rows) }));
    const found = (await this.#readAll(body, isInside)).map(fromText).map((row) => ({
      id: row['_id'],
      rows: Number(row['rows']),
      sum: Number(row['sum']),
      high: row['high'],
      low: row['low'],
    }));
    const byId = (a: { id: unknown }, b: { id: unknown }): number => compare(a.id, b.id);
    wanted.sort(byId);
    found.sort(byId);
    same(found.length, wanted.length, 'number of groups', body);
    for (const [i, group] of wanted.entries()) {
      const other = found[i] as typeof group;
      const isSame =
        compare(group.id, other.id) === 0 &&
        group.rows === other.rows &&
        group.sum === other.sum &&
        compare(group.high, other.high) === 0 &&
        compare(group.low, other.low) === 0;
      if (!isSame) throw new Error(`group: wanted ${EJSON.stringify(group)}, got ${EJSON.stringify(other)}`);
    }
  }

  async #compareCount(): Promise<void> {
    const { body } = await this.#ask({ count: 'rows' }, false);
    same(Number(body['n']), this.#committed.docs.length, 'count', body);
  }

  async #changeIndexes(name: string, body: Document): Promise<void> {
    const { body: reply } = await this.#ask(body, false);
    const isMissing = name === 'dropIndexes' && reply['code'] === 27;
    if (reply['ok'] !== 1 && !isMissing) throw new Error(`${name}: ${EJSON.stringify(reply)}`);
  }

  /** Every index holds exactly the entries that a scan of all documents gives. */
  #checkIndexes(): void {
    const database = this.#layer.engine.databases.need('shop');
    const collection = database.catalogue.find(this.#name) as Collection;
    const snapshot = database.openSnapshot();
    try {
      for (const index of collection.indexes) {
        const wanted = new Set<string>();
        for (const { key, value } of iterate(snapshot, documentRange(collection.id), false)) {
          const idKey = key.subarray(KEY_HEAD_LENGTH);
          for (const entry of entriesOf(collection, value, idKey, undefined, [index]).keys()) wanted.add(entry);
        }
        const stored = [...iterate(snapshot, indexRange(index.id), false)].map(({ key }) => keyText(key));
        same(new Set(stored), wanted, `entries of the index ${index.specification.name}`, {});
      }
    } finally {
      snapshot.release();
    }
  }
}

function summaryOf(rows: readonly Document[]): { rows: number; sum: number; high: unknown; low: unknown } {
  const present = (name: string): unknown[] => rows.map((row) => row[name]).filter((value) => rank(value) > 0);
  const sum = present('n').reduce<number>((total, value) => total + Number(value), 0);
  return {
    rows: rows.length,
    sum,
    high: present('v').sort(compare).at(-1) ?? null,
    low: present('n').sort(compare)[0] ?? null,
  };
}

/** The model never changes a document in place, so that its bytes can be kept. */
const texts = new WeakMap<Document, string>();

/** Bytes of a document, as text. */
function text(doc: Document): string {
  const known = texts.get(doc);
  if (known !== undefined) return known;
  const made = bytesOf(doc).toString('latin1');
  texts.set(doc, made);
  return made;
}

function fromText(bytes: string): Document {
  return decodeDocument(Buffer.from(bytes, 'latin1'));
}

function answerOf(reply: Document, wanted: WriteAnswer): Document {
  if (reply['ok'] !== 1) return { code: reply['code'] };
  if ('value' in wanted) return { value: reply['value'] && text(reply['value']) };
  const errors = reply['writeErrors'] as { index: number; code: number }[] | undefined;
  const upserted = reply['upserted'] as WriteAnswer['upserted'];
  return {
    n: reply['n'],
    ...(wanted.nModified === undefined ? {} : { nModified: reply['nModified'] }),
    ...(upserted ? { upserted: upserted.map(({ index, _id }) => ({ index, id: text({ _id }) })) } : {}),
    ...(errors ? { writeErrors: errors.map(({ index, code }) => ({ index, code })) } : {}),
  };
}

function shown(wanted: WriteAnswer): Document {
  if (wanted.code !== undefined) return { code: wanted.code };
  if (wanted.value !== undefined) return { value: wanted.value && text(wanted.value) };
  return {
    ...wanted,
    ...(wanted.upserted ? { upserted: wanted.upserted.map(({ index, _id }) => ({ index, id: text({ _id }) })) } : {}),
  };
}

function same(found: unknown, wanted: unknown, what: string, body: Document): void {
  if (isDeepStrictEqual(found, wanted)) return;
  const command = EJSON.stringify(body, { relaxed: false });
  throw new Error(`${what}: wanted ${show(wanted)}, got ${show(found)} for ${command}`);
}

/** Documents come as the text of their bytes. */
function show(value: unknown): string {
  if (value instanceof Set || Array.isArray(value)) return `[${[...value].map(show).join(', ')}]`;
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    return EJSON.stringify(BSON.deserialize(Buffer.from(value, 'latin1'), { promoteValues: false }), {
      relaxed: false,
    });
  } catch {
    return Buffer.from(value, 'latin1').toString('hex');
  }
}
