import { engineError } from '../engine-error.js';
import { fieldKey } from './field-name.js';
import { compilePick } from './raw.js';
import { type Document, EMPTY_ARRAY, isDocument } from './value.js';

/** A dotted path cut at its dots. */
export type PathParts = readonly string[];

const INDEX_PATTERN = /^(0|[1-9]\d*)$/;

/** A path component that can name an array element. */
export function isArrayIndex(part: string): boolean {
  return INDEX_PATTERN.test(part);
}

/** An own field of a decoded document by its name; inherited names such as `constructor` count as missing. */
export function fieldOf(doc: Document, name: string): unknown {
  const key = fieldKey(name);
  const value = doc[key];
  if (value === undefined) return undefined;
  return key in Object.prototype && !Object.hasOwn(doc, key) ? undefined : value;
}

/** The first component of a path: the top-level field it reads. */
export function topField(path: string): string {
  const dot = path.indexOf('.');
  return dot < 0 ? path : path.slice(0, dot);
}

/** Decodes only the top-level fields that `paths` start in. When the paths are the same for many, use `compilePick`. */
export function pickRaw(bytes: Uint8Array, paths: readonly string[]): Document {
  return compilePick(paths.map(topField))(bytes);
}

/** How far a path has been followed: the value reached and the components still to go. */
interface Reached {
  readonly value: unknown;
  readonly parts: PathParts;
  readonly at: number;
  /** The value no longer fans out, even if it is an array. */
  readonly isFinal: boolean;
}

/** Follows a path through objects; stops at its end, at a missing field, or at an array that fans out. */
function follow(from: Reached): Reached {
  let { value, at } = from;
  const { parts } = from;
  while (at < parts.length) {
    const part = parts[at] as string;
    if (Array.isArray(value)) {
      if (!isArrayIndex(part)) break;
      value = value[Number(part)];
    } else if (isDocument(value)) value = fieldOf(value, part);
    else return { value: undefined, parts, at: parts.length, isFinal: true };
    at++;
  }
  return { value, parts, at, isFinal: false };
}

function isFanOut(one: Reached): boolean {
  return !one.isFinal && Array.isArray(one.value);
}

function expand(from: readonly Reached[], onParallel: () => Error, tuples: unknown[][]): void {
  const reached = from.map((one) => (one.isFinal ? one : follow(one)));
  const array = reached.find(isFanOut)?.value as unknown[] | undefined;
  if (array === undefined) {
    tuples.push(reached.map((one) => one.value));
    return;
  }
  if (reached.some((one) => isFanOut(one) && one.value !== array)) throw onParallel();
  for (const element of array.length === 0 ? [EMPTY_ARRAY] : array) {
    const next = reached.map((one) => {
      if (one.isFinal || one.value !== array) return one;
      if (one.at === one.parts.length) return { ...one, value: element, isFinal: true };
      return isDocument(element) ? { ...one, value: element } : { ...one, value: undefined, isFinal: true };
    });
    expand(next, onParallel, tuples);
  }
}

/**
 * Key tuples of a document for compiled paths: one per element of the array on them. `onParallel` makes the error for
 * two different arrays.
 */
export function keyTuples(doc: Document, paths: readonly PathParts[], onParallel: () => Error): unknown[][] {
  let isPlain = true;
  const plain: unknown[] = [];
  for (const parts of paths) {
    const value = parts.length === 1 ? fieldOf(doc, parts[0] as string) : plainValue(doc, parts);
    if (value === FANS_OUT || Array.isArray(value)) {
      isPlain = false;
      break;
    }
    plain.push(value);
  }
  if (isPlain) return [plain];
  const tuples: unknown[][] = [];
  expand(
    paths.map((parts) => ({ value: doc, parts, at: 0, isFinal: false })),
    onParallel,
    tuples,
  );
  return tuples;
}

const FANS_OUT = Symbol('an array on the path');

function plainValue(doc: Document, parts: PathParts): unknown {
  let value: unknown = doc;
  for (const part of parts) {
    if (Array.isArray(value)) return FANS_OUT;
    if (!isDocument(value)) return undefined;
    value = fieldOf(value, part);
  }
  return value;
}

/**
 * Index entries of a document: one tuple per element of the one array among the paths, `undefined` where a field is
 * missing (a sparse index skips a tuple of only `undefined`), `EMPTY_ARRAY` for an empty array. Equal tuples are possible.
 * Two different arrays: CannotIndexParallelArrays (171).
 */
export function indexValues(doc: Document, keyPaths: readonly string[]): unknown[][] {
  return compileIndexValues(keyPaths)(doc);
}

/** {@link indexValues} with the paths cut once, for an index that sees many documents. */
export function compileIndexValues(keyPaths: readonly string[]): (doc: Document) => unknown[][] {
  const paths = keyPaths.map((path) => path.split('.'));
  const onParallel = () =>
    engineError(
      'CannotIndexParallelArrays',
      `cannot index parallel arrays: two of [${keyPaths.join(', ')}] hold an array; at most one field of an index may`,
    );
  return (doc) => keyTuples(doc, paths, onParallel);
}

/** True when an array lies on or at one of the paths, so that the index becomes multikey. */
export function hasArrayOnPath(doc: Document, keyPaths: readonly string[]): boolean {
  return keyPaths.some((path) => {
    const value = plainValue(doc, path.split('.'));
    return value === FANS_OUT || Array.isArray(value);
  });
}
