/** A stored document. Frozen: whoever changes what he read fails here, as it would be lost in a database. */
export type Doc = Readonly<Record<string, unknown>> & { readonly _id: string };

type Test = (value: unknown) => boolean;

type DocTest = (doc: Doc) => boolean;

/** Whether a document fits a filter of the closed list of operators. @throws Error for any other operator. */
export function matches(doc: Doc, filter: Readonly<Record<string, unknown>>): boolean {
  return compiled(filter)(doc);
}

/** A filter read once, for many documents. @throws Error for an operator that the double does not know. */
export function compiled(filter: Readonly<Record<string, unknown>>): DocTest {
  const tests: DocTest[] = [];
  for (const path in filter) addTests(tests, path, filter[path]);
  if (tests.length === 1) return tests[0] as DocTest;
  return (doc) => {
    for (const test of tests) if (!test(doc)) return false;
    return true;
  };
}

function addTests(tests: DocTest[], path: string, condition: unknown): void {
  if (path.charCodeAt(0) === dollar) {
    const parts = (path === '$or' || path === '$and' ? (condition as Record<string, unknown>[]) : unknown(path)).map(
      compiled,
    );
    tests.push(path === '$or' ? (doc) => parts.some((part) => part(doc)) : (doc) => parts.every((part) => part(doc)));
    return;
  }
  const read = path.includes('.') ? (doc: Doc) => valueAt(doc, path) : (doc: Doc) => doc[path];
  if (!isOperators(condition)) {
    tests.push((doc) => isEqualTo(read(doc), condition));
    return;
  }
  for (const name in condition) {
    const operand = condition[name];
    fits(undefined, name, operand);
    tests.push((doc) => fits(read(doc), name, operand));
  }
}

const dollar = '$'.charCodeAt(0);

function unknown(operator: string): never {
  throw new Error(`The double knows no ${operator}`);
}

function isOperators(condition: unknown): condition is Record<string, unknown> {
  if (!isPlain(condition)) return false;
  for (const name in condition) if (name.charCodeAt(0) === dollar) return true;
  return false;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function valueAt(doc: unknown, path: string): unknown {
  let value = doc;
  for (const part of path.split('.')) {
    if (Array.isArray(value)) throw new Error('The double follows no path through an array');
    value = isPlain(value) ? value[part] : undefined;
  }
  return value;
}

function fits(value: unknown, operator: string, operand: unknown): boolean {
  switch (operator) {
    case '$eq':
      return isEqualTo(value, operand);
    case '$ne':
      return !isEqualTo(value, operand);
    case '$in':
      return (operand as unknown[]).some((each) => isEqualTo(value, each));
    case '$exists':
      return (value !== undefined) === operand;
    case '$gt':
      return anyOf(value, (each) => compare(each, operand) > 0);
    case '$gte':
      return anyOf(value, (each) => compare(each, operand) >= 0);
    case '$lt':
      return anyOf(value, (each) => compare(each, operand) < 0);
    case '$lte':
      return anyOf(value, (each) => compare(each, operand) <= 0);
    default:
      return unknown(operator);
  }
}

function isEqualTo(value: unknown, operand: unknown): boolean {
  if (operand === null) return value === null || value === undefined;
  if (isSame(value, operand)) return true;
  return Array.isArray(value) && value.some((each) => isSame(each, operand));
}

function anyOf(value: unknown, test: Test): boolean {
  return Array.isArray(value) ? value.some(test) : test(value);
}

/** Order of two values of one kind; not a number when the kinds differ, which no comparison accepts. */
function compare(a: unknown, b: unknown): number {
  const [left, right] = [scalar(a), scalar(b)];
  if (typeof left !== typeof right || left === null || right === null) return Number.NaN;
  return left === right ? 0 : left < right ? -1 : 1;
}

function scalar(value: unknown): string | number | null {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/** Deep equality as the database has it: order of fields counts. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each, index) => isSame(each, b[index]));
  }
  if (!isPlain(a) || !isPlain(b)) return false;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  return left.length === right.length && left.every((name, at) => right[at] === name && isSame(a[name], b[name]));
}

/** A frozen copy as the driver would store it: undefined becomes null. What is frozen already is taken as it is. */
export function stored<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value === undefined ? (null as T) : value;
  if (value instanceof Date || Object.isFrozen(value)) return value;
  let copy: object;
  if (Array.isArray(value)) copy = value.map((each) => stored(each));
  else {
    const fields: Record<string, unknown> = {};
    for (const name in value) fields[name] = stored(value[name]);
    copy = fields;
  }
  return Object.freeze(copy) as T;
}

type Update = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The document an update makes of one; the very same object when it changes nothing. */
export function updated(doc: Doc, update: Update): Doc {
  const next: Record<string, unknown> = { ...doc };
  const touched = new Set<string>();
  for (const operator in update) {
    const fields = update[operator] as Readonly<Record<string, unknown>>;
    for (const path in fields) {
      const parts = path.split('.');
      touched.add(parts[0] as string);
      applyAt(next, parts, operator, fields[path]);
    }
  }
  let isChanged = false;
  for (const name of touched) {
    if (name in next) next[name] = stored(next[name]);
    isChanged ||= name in next !== name in doc || !isSame(next[name], doc[name]);
  }
  if (!isChanged) return doc;
  return Object.freeze(next) as Doc;
}

function applyAt(target: Record<string, unknown>, path: readonly string[], operator: string, operand: unknown): void {
  const name = path[0] as string;
  if (path.length > 1) {
    const inner = target[name];
    if (inner === undefined && operator === '$unset') return;
    const copy = { ...(inner as Record<string, unknown> | undefined) };
    applyAt(copy, path.slice(1), operator, operand);
    target[name] = copy;
    return;
  }
  const value = target[name];
  switch (operator) {
    case '$set':
      target[name] = operand;
      return;
    case '$unset':
      delete target[name];
      return;
    case '$inc':
      target[name] = ((value as number | undefined) ?? 0) + (operand as number);
      return;
    case '$max':
      if (value === undefined || compare(operand, value) > 0) target[name] = operand;
      return;
    case '$addToSet': {
      const list = (value as unknown[] | undefined) ?? [];
      if (isPlain(operand)) throw new Error('The double knows no $addToSet with $each');
      if (!list.some((each) => isSame(each, operand))) target[name] = [...list, operand];
      return;
    }
    default:
      unknown(operator);
  }
}

/** Fields of a projection; null gives the whole document. A copy of one's own in any case. */
export function projected(doc: Doc, projection: Readonly<Record<string, unknown>> | null | undefined): Doc {
  const wanted = projection === null || projection === undefined ? null : wantedOf(projection);
  if (wanted === null) return { ...doc };
  const copy: Record<string, unknown> = {};
  for (const name in doc) if (wanted.has(name)) copy[name] = doc[name];
  return copy as Doc;
}

/** By projection: stores hand in the same objects over and over. */
const wantedBy = new WeakMap<object, ReadonlySet<string> | null>();

/** Names of the fields that a projection includes; null for all. */
function wantedOf(projection: Readonly<Record<string, unknown>>): ReadonlySet<string> | null {
  const known = wantedBy.get(projection);
  if (known !== undefined) return known;
  const names = Object.keys(projection);
  if (names.some((name) => projection[name] !== 1 && projection[name] !== true)) {
    throw new Error('The double knows projections that include only');
  }
  const wanted = names.length === 0 ? null : new Set([...names.map((name) => name.split('.')[0] as string), '_id']);
  wantedBy.set(projection, wanted);
  return wanted;
}

/** Sorts by fields, 1 ascending and -1 descending. */
export function sorted(docs: readonly Doc[], sort: Readonly<Record<string, 1 | -1>> | undefined): Doc[] {
  if (sort === undefined) return [...docs];
  const keys = Object.entries(sort);
  return [...docs].sort((a, b) => {
    for (const [path, direction] of keys) {
      const order = compare(valueAt(a, path), valueAt(b, path));
      if (order !== 0 && !Number.isNaN(order)) return order * direction;
    }
    return 0;
  });
}
