import { fieldOf, isArrayIndex, type PathParts } from '../bson/path.js';
import { type Document, isDocument } from '../bson/value.js';
import type { ValueTest } from './predicate.js';

/**
 * True as soon as one value at `path` passes the test. Arrays on the way fan out over their objects and, when the
 * next component is a number, also step to that element; an array at the end offers its elements, then itself
 * (only itself with `isWhole`, which `$elemMatch` needs). A path that ends early offers one `undefined`; an array of
 * scalars on the way offers nothing.
 */
export function compilePathTest(path: string, test: ValueTest, isWhole = false): (doc: Document) => boolean {
  const parts = path.split('.');
  if (parts.length > 1) return (doc) => anyInObject(doc, parts, 0, test, isWhole);
  if (isWhole) return (doc) => test(fieldOf(doc, path));
  return (doc) => {
    const value = fieldOf(doc, path);
    return (Array.isArray(value) && anyElement(value, test)) || test(value);
  };
}

/** True when one element passes the test. */
export function anyElement(array: readonly unknown[], test: ValueTest): boolean {
  for (let i = 0; i < array.length; i++) if (test(array[i])) return true;
  return false;
}

function anyInObject(doc: Document, parts: PathParts, from: number, test: ValueTest, isWhole: boolean): boolean {
  let value: unknown = doc;
  for (let at = from; at < parts.length; at++) {
    if (Array.isArray(value)) return anyInArray(value, parts, at, test, isWhole);
    if (!isDocument(value)) return test(undefined);
    value = fieldOf(value, parts[at] as string);
  }
  return (!isWhole && Array.isArray(value) && anyElement(value, test)) || test(value);
}

function anyInArray(
  array: readonly unknown[],
  parts: PathParts,
  at: number,
  test: ValueTest,
  isWhole: boolean,
): boolean {
  const part = parts[at] as string;
  const index = isArrayIndex(part) ? Number(part) : -1;
  for (let i = 0; i < array.length; i++) {
    const element = array[i];
    if (isDocument(element) && anyInObject(element, parts, at, test, isWhole)) return true;
    if (i === index && testAtIndex(element, parts, at + 1, test, isWhole)) return true;
  }
  return false;
}

/** An element named by its position is final: at the end of the path it is tested whole, not fanned out. */
function testAtIndex(element: unknown, parts: PathParts, at: number, test: ValueTest, isWhole: boolean): boolean {
  if (at === parts.length) return test(element);
  if (Array.isArray(element)) return anyInArray(element, parts, at, test, isWhole);
  return isDocument(element) && anyInObject(element, parts, at, test, isWhole);
}
