import { calculateObjectSize } from 'bson';
import { fieldOf } from '../bson/path.js';
import { type Document, isDocument, RANK, rankOf } from '../bson/value.js';
import { engineError } from '../engine-error.js';
import { setField } from '../update/document.js';

/** What one stage may hold in memory, in bytes: MongoDB's limit, beyond which it would go to disk. */
const MAX_STAGE_BYTES = 100 * 1024 * 1024;

/** Refuses a stage that holds more than it may (292). */
export function checkStageBytes(stage: string, bytes: number, most: number = MAX_STAGE_BYTES): void {
  if (bytes <= most) return;
  throw engineError(
    'QueryExceededMemoryLimitNoDiskUseAllowed',
    `${stage} exceeded its memory limit of ${most} bytes; match fewer documents, or add an index for the order`,
  );
}

/** Documents on their way through a pipeline. `undefined` is a moment at which others may have their turn. */
export type DocumentSteps = Iterable<Document | undefined>;

/** Bytes that a document takes in memory, more or less. */
export function sizeOfDocument(doc: Document): number {
  return calculateObjectSize(doc, { ignoreUndefined: true });
}

/** The same documents, refused as soon as they are too much to be held by a stage. */
export function* boundedDocs(docs: DocumentSteps, stage: string, most?: number): Generator<Document | undefined> {
  let bytes = 0;
  for (const doc of docs) {
    if (doc) {
      bytes += sizeOfDocument(doc);
      checkStageBytes(stage, bytes, most);
    }
    yield doc;
  }
}

/** The first documents only; stops reading once it has them. */
export function* limitDocs(docs: DocumentSteps, limit: number): Generator<Document | undefined> {
  let left = limit;
  if (left <= 0) return;
  for (const doc of docs) {
    yield doc;
    if (doc && --left === 0) return;
  }
}

/**
 * One document per element of the array at `path`; a value that is no array counts as its only element, and null,
 * missing or an empty array give nothing.
 */
export function* unwindDocs(docs: DocumentSteps, path: string): Generator<Document | undefined> {
  const parts = path.split('.');
  for (const doc of docs) {
    if (!doc) {
      yield undefined;
      continue;
    }
    const value = nestedValue(doc, parts);
    if (!Array.isArray(value)) {
      if (rankOf(value) !== RANK.NULL) yield doc;
      continue;
    }
    for (const element of value) yield withValue(doc, parts, element);
  }
}

/** A value below objects only: arrays on the way hide it, as `$unwind` and `$lookup` see it. */
function nestedValue(doc: Document, parts: readonly string[]): unknown {
  let value: unknown = doc;
  for (const part of parts) {
    if (!isDocument(value)) return undefined;
    value = fieldOf(value, part);
  }
  return value;
}

/** A copy of the document with another value at a path; what is no object on the way, arrays too, becomes one. */
export function withValue(doc: Document, parts: readonly string[], value: unknown): Document {
  const [name, ...rest] = parts as [string, ...string[]];
  const below = fieldOf(doc, name);
  const copy = { ...doc };
  setField(copy, name, rest.length === 0 ? value : withValue(isDocument(below) ? below : {}, rest, value));
  return copy;
}
