import { fieldOf } from '../bson/path.js';
import { type Document, isDocument, RANK, rankOf } from '../bson/value.js';
import { setField } from '../update/document.js';

/** The first documents only; stops reading once it has them. */
export function* limitDocs(docs: Iterable<Document>, limit: number): Generator<Document> {
  let left = limit;
  if (left <= 0) return;
  for (const doc of docs) {
    yield doc;
    if (--left === 0) return;
  }
}

/**
 * One document per element of the array at `path`; a value that is no array counts as its only element, and null,
 * missing or an empty array give nothing.
 */
export function* unwindDocs(docs: Iterable<Document>, path: string): Generator<Document> {
  const parts = path.split('.');
  for (const doc of docs) {
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
