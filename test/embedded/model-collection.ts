import type { Document } from 'bson';
import { matches, projected, sorted } from './model-query.js';
import { ExpectedFailure, updated } from './model-update.js';
import { compare } from './model-values.js';

/** What a write has to answer. */
export interface WriteAnswer {
  n?: number;
  nModified?: number;
  upserted?: { index: number; _id: unknown }[];
  writeErrors?: { index: number; code: number }[];
  /** Of `findAndModify`. */
  value?: Document | null;
  /** The whole command fails. */
  code?: number;
}

/** A collection as a plain list of documents: no index, no store, no cleverness. */
export class ModelCollection {
  #docs: Document[];

  constructor(docs: readonly Document[] = []) {
    this.#docs = [...docs];
  }

  /** The same documents, changing on their own from now on. */
  fork(): ModelCollection {
    return new ModelCollection(this.#docs);
  }

  get docs(): readonly Document[] {
    return this.#docs;
  }

  find(filter: Document): Document[] {
    return this.#docs.filter((doc) => matches(doc, filter));
  }

  /** What `find` answers, in order when there is a sort. */
  query(body: Document): Document[] {
    const found = this.find(body['filter']);
    const ordered = body['sort'] ? sorted(found, body['sort']) : found;
    const skip = Number(body['skip'] ?? 0);
    const part = ordered.slice(skip, body['limit'] === undefined ? undefined : skip + Number(body['limit']));
    return body['projection'] ? part.map((doc) => projected(doc, body['projection'])) : part;
  }

  #insert(doc: Document): void {
    if (this.#docs.some((other) => compare(other['_id'], doc['_id']) === 0)) throw new ExpectedFailure(11000);
    this.#docs.push(doc);
  }

  #replace(before: Document, after: Document): void {
    this.#docs[this.#docs.indexOf(before)] = after;
  }

  /** Carries out a write command; `stopsAtError` as in a transaction. */
  write(body: Document, stopsAtError: boolean): WriteAnswer {
    if ('documents' in body) return this.#runInsert(body, stopsAtError);
    const stops = stopsAtError || body['ordered'] !== false;
    if ('updates' in body) return this.#runUpdates(body['updates'], stops);
    if ('deletes' in body) return this.#runDeletes(body['deletes']);
    return this.#runFindAndModify(body);
  }

  #runInsert(body: Document, stopsAtError: boolean): WriteAnswer {
    const writeErrors: { index: number; code: number }[] = [];
    let n = 0;
    for (const [index, doc] of (body['documents'] as Document[]).entries()) {
      const code = failureOf(() => this.#insert(doc));
      if (code === undefined) n++;
      else writeErrors.push({ index, code });
      if (code !== undefined && (stopsAtError || body['ordered'] !== false)) break;
    }
    return { n, ...(writeErrors.length > 0 ? { writeErrors } : {}) };
  }

  #runUpdates(statements: readonly Document[], stopsAtError: boolean): WriteAnswer {
    const answer = { n: 0, nModified: 0 };
    const upserted: { index: number; _id: unknown }[] = [];
    const writeErrors: { index: number; code: number }[] = [];
    for (const [index, { q, u, multi, upsert }] of statements.entries()) {
      const found = this.find(q);
      const code = failureOf(() => {
        for (const doc of multi ? found : found.slice(0, 1)) {
          const next = updated(doc, u);
          answer.n++;
          if (next === doc) continue;
          this.#replace(doc, next);
          answer.nModified++;
        }
        if (found.length > 0 || !upsert) return;
        this.#insert(updated({ _id: q['_id'] }, u, true));
        answer.n++;
        upserted.push({ index, _id: u['_id'] ?? q['_id'] });
      });
      if (code !== undefined) writeErrors.push({ index, code });
      if (code !== undefined && stopsAtError) break;
    }
    return {
      ...answer,
      ...(upserted.length > 0 ? { upserted } : {}),
      ...(writeErrors.length > 0 ? { writeErrors } : {}),
    };
  }

  #runDeletes(statements: readonly Document[]): WriteAnswer {
    let n = 0;
    for (const { q, limit } of statements) {
      const found = this.find(q).slice(0, Number(limit) === 1 ? 1 : undefined);
      this.#docs = this.#docs.filter((doc) => !found.includes(doc));
      n += found.length;
    }
    return { n };
  }

  #runFindAndModify(body: Document): WriteAnswer {
    const [doc] = sorted(this.find(body['query']), body['sort']);
    if (!doc) return { value: null };
    if (body['remove']) {
      this.#docs = this.#docs.filter((other) => other !== doc);
      return { value: doc };
    }
    let next = doc;
    const code = failureOf(() => {
      next = updated(doc, body['update']);
    });
    if (code !== undefined) return { code };
    if (next !== doc) this.#replace(doc, next);
    return { value: body['new'] ? next : doc };
  }
}

function failureOf(work: () => void): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ExpectedFailure) return error.code;
    throw error;
  }
}
