import { fieldName } from '../bson/field-name.js';
import { asBuffer, rawElements, readText } from '../bson/raw.js';
import { type Document, isDocument } from '../bson/value.js';
import { isWhole, type ParsedProjection, type ProjectionTree, parseProjection } from './parse.js';

/** A projection compiled once: gives a new document, or the same one for an empty specification. */
export type CompiledProjection = (doc: Document) => Document;

/** Compiles an inclusion or exclusion; expressions, positional and `$`-operators are refused (2). */
export function compileProjection(spec: Document): CompiledProjection {
  const parsed = parseProjection(spec);
  if (parsed.kind === 'all') return (doc) => doc;
  return parsed.kind === 'include' ? (doc) => include(doc, parsed.tree) : (doc) => exclude(doc, parsed.tree);
}

/** Keeps the fields of the tree in the document's order; arrays fan out, scalars in the way are dropped. */
export function include(doc: Document, tree: ProjectionTree): Document {
  const result: Document = {};
  for (const key of Object.keys(doc)) {
    const branch = tree.get(fieldName(key));
    if (branch === undefined) continue;
    const value = isWhole(branch) ? doc[key] : includeBelow(doc[key], branch);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

function includeBelow(value: unknown, tree: ProjectionTree): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => includeBelow(element, tree)).filter((element) => element !== undefined);
  }
  return isDocument(value) ? include(value, tree) : undefined;
}

function exclude(doc: Document, tree: ProjectionTree): Document {
  const result: Document = {};
  for (const key of Object.keys(doc)) {
    const branch = tree.get(fieldName(key));
    if (branch === undefined) result[key] = doc[key];
    else if (!isWhole(branch)) result[key] = excludeBelow(doc[key], branch);
  }
  return result;
}

function excludeBelow(value: unknown, tree: ProjectionTree): unknown {
  if (Array.isArray(value)) return value.map((element) => excludeBelow(element, tree));
  return isDocument(value) ? exclude(value, tree) : value;
}

/**
 * A projection straight from bytes to bytes, without decoding a value, when the specification names top-level fields
 * only; undefined when it needs decoding.
 */
export function compileRawProjection(spec: Document): ((bytes: Uint8Array) => Uint8Array) | undefined {
  const parsed: ParsedProjection = parseProjection(spec);
  if (parsed.kind === 'all') return (bytes) => bytes;
  const names = new Set<string>();
  for (const [name, branch] of parsed.tree) {
    if (!isWhole(branch)) return undefined;
    names.add(name);
  }
  const isInclusion = parsed.kind === 'include';
  return (bytes) => spliceFields(bytes, (name) => names.has(name) === isInclusion);
}

/** Header and terminator of an empty document. */
const EMPTY_DOCUMENT_BYTES = 5;

function spliceFields(bytes: Uint8Array, isKept: (name: string) => boolean): Uint8Array {
  const source = asBuffer(bytes);
  const result = Buffer.allocUnsafe(source.length);
  let length = EMPTY_DOCUMENT_BYTES - 1;
  for (const { start, nameStart, nameEnd, end } of rawElements(source)) {
    if (!isKept(readText(source, nameStart, nameEnd))) continue;
    source.copy(result, length, start, end);
    length += end - start;
  }
  result[length++] = 0;
  result.writeInt32LE(length, 0);
  return result.subarray(0, length);
}
