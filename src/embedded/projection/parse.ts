import { fieldName } from '../bson/field-name.js';
import { type Document, isDocument, isNumber, isTruthy, typeName } from '../bson/value.js';
import { badValue, locationError, notSupported } from '../engine-error.js';

/** Fields of a projection by name: the whole field, or a tree of what lies below it. */
export type ProjectionTree = Map<string, ProjectionTree | typeof WHOLE>;

const WHOLE: unique symbol = Symbol('whole field');

/** A specification, understood. */
export type ParsedProjection =
  | { readonly kind: 'all' }
  | { readonly kind: 'include' | 'exclude'; readonly tree: ProjectionTree };

/** True when a branch of the tree names the whole field. */
export function isWhole(branch: ProjectionTree | typeof WHOLE): branch is typeof WHOLE {
  return branch === WHOLE;
}

interface Entry {
  readonly path: string;
  readonly isIncluded: boolean;
}

/**
 * Reads a projection: `_id` may differ from the rest, all other fields must agree (31253, 31254), no path may lie
 * above another (31249, 31250). Anything but numbers, booleans and nested objects of them is refused (2).
 */
export function parseProjection(spec: unknown): ParsedProjection {
  if (!isDocument(spec)) throw badValue(`a projection must be an object, but it is of type ${typeName(spec)}`);
  const entries: Entry[] = [];
  flatten(spec, '', entries);
  if (entries.length === 0) return { kind: 'all' };
  const kind = kindOf(entries);
  const isInclusion = kind === 'include';
  const tree: ProjectionTree = new Map();
  for (const { path, isIncluded } of entries) if (isIncluded === isInclusion) addPath(tree, path);
  const id = entries.find((entry) => entry.path === '_id');
  if (isInclusion && id === undefined && !tree.has('_id')) tree.set('_id', WHOLE);
  return { kind, tree };
}

function flatten(spec: Document, prefix: string, entries: Entry[]): void {
  for (const key of Object.keys(spec)) {
    const name = fieldName(key);
    const path = prefix + name;
    const value = spec[key];
    if (name === '' || name.split('.').includes('')) throw badValue(`the projection path '${path}' has an empty part`);
    if (name.split('.').some((part) => part.startsWith('$'))) throw notSupported(`'${name}' in a projection`);
    if (typeof value === 'boolean' || isNumber(value)) entries.push({ path, isIncluded: isTruthy(value) });
    else if (isDocument(value) && Object.keys(value).length > 0) flatten(value, `${path}.`, entries);
    else throw notSupported(`a value of type ${typeName(value)} for '${path}' in a projection`);
  }
}

function kindOf(entries: readonly Entry[]): 'include' | 'exclude' {
  const [first, ...others] = entries.filter((entry) => entry.path !== '_id');
  if (!first) return entries[0]?.isIncluded ? 'include' : 'exclude';
  for (const { path, isIncluded } of others) {
    if (isIncluded === first.isIncluded) continue;
    throw isIncluded
      ? locationError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
      : locationError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
  }
  return first.isIncluded ? 'include' : 'exclude';
}

function addPath(tree: ProjectionTree, path: string): void {
  const parts = path.split('.');
  const last = parts.pop() as string;
  let at = tree;
  for (const [depth, part] of parts.entries()) {
    let below = at.get(part);
    if (below === WHOLE) {
      const rest = [...parts.slice(depth + 1), last].join('.');
      throw locationError(31249, `Path collision at ${path} remaining portion ${rest}`);
    }
    if (below === undefined) {
      below = new Map();
      at.set(part, below);
    }
    at = below;
  }
  if (at.has(last)) throw locationError(31250, `Path collision at ${path}`);
  at.set(last, WHOLE);
}
