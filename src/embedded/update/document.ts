import { fieldKey } from '../bson/field-name.js';
import { fieldOf, isArrayIndex, type PathParts } from '../bson/path.js';
import { type Document, isDocument, typeName } from '../bson/value.js';
import { badValue, engineError } from '../engine-error.js';

/** Answer of a change that leaves the value as it is. */
export const KEEP: unique symbol = Symbol('keep');

/** Answer of a change that takes the field away. */
export const REMOVE: unique symbol = Symbol('remove');

/** New value for the current one (`undefined`: missing), or {@link KEEP} or {@link REMOVE}. */
export type Change = (current: unknown) => unknown;

/** MongoDB's limit of null elements that a write beyond an array's end may add. */
const MAX_ARRAY_PADDING = 1_500_000;

type Container = Document | unknown[];

/** Sets an own field by its name, whatever that is. */
export function setField(doc: Document, name: string, value: unknown): void {
  doc[fieldKey(name)] = value;
}

/** Applies changes to one document without touching the original: each container is copied once, when it changes. */
export class DocumentEditor {
  private readonly owned = new Set<Container>();
  private root: Document;

  constructor(original: Document) {
    this.root = original;
  }

  /** The document as edited so far; the original object while nothing changed. */
  get document(): Document {
    return this.root;
  }

  /**
   * Applies a change at a path. With `createsPath` missing objects on the way are made and a path through a scalar or a
   * name inside an array is refused (28); without it such paths are left alone.
   */
  edit(parts: PathParts, change: Change, createsPath: boolean): void {
    const next = this.editIn(this.root, parts, 0, change, createsPath);
    if (next !== KEEP) this.root = next as Document;
  }

  private editIn(container: Container, parts: PathParts, at: number, change: Change, createsPath: boolean): unknown {
    const part = parts[at] as string;
    const isArray = Array.isArray(container);
    if (isArray && !isArrayIndex(part)) {
      if (createsPath) throw notViable(parts, at, container);
      return KEEP;
    }
    const current = isArray ? container[Number(part)] : fieldOf(container, part);
    const next = at === parts.length - 1 ? change(current) : this.editBelow(current, parts, at, change, createsPath);
    if (next === KEEP) return KEEP;
    const copy = this.own(container);
    if (Array.isArray(copy)) setElement(copy, Number(part), next);
    else if (next === REMOVE) delete copy[fieldKey(part)];
    else setField(copy, part, next);
    return copy;
  }

  private editBelow(current: unknown, parts: PathParts, at: number, change: Change, createsPath: boolean): unknown {
    if (Array.isArray(current) || isDocument(current)) return this.editIn(current, parts, at + 1, change, createsPath);
    if (!createsPath) return KEEP;
    if (current !== undefined) throw notViable(parts, at + 1, current);
    const value = change(undefined);
    return value === KEEP || value === REMOVE ? KEEP : nest(parts, at + 1, value);
  }

  private own<C extends Container>(container: C): C {
    if (this.owned.has(container)) return container;
    const copy = (Array.isArray(container) ? [...container] : { ...container }) as C;
    this.owned.add(copy);
    return copy;
  }
}

function nest(parts: PathParts, from: number, value: unknown): unknown {
  let nested = value;
  for (let at = parts.length - 1; at >= from; at--) {
    const doc: Document = {};
    setField(doc, parts[at] as string, nested);
    nested = doc;
  }
  return nested;
}

function setElement(array: unknown[], index: number, value: unknown): void {
  if (index - array.length > MAX_ARRAY_PADDING) {
    throw badValue(`can't backfill array to larger than ${MAX_ARRAY_PADDING} elements`);
  }
  while (array.length < index) array.push(null);
  array[index] = value === REMOVE ? null : value;
}

function notViable(parts: PathParts, at: number, container: unknown): Error {
  const parent = parts.slice(0, at).join('.');
  return engineError(
    'PathNotViable',
    `Cannot create field '${parts[at]}' in element '${parent}' of type ${typeName(container)}`,
  );
}
