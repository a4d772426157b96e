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
  const tests = Object.keys(filter).flatMap((path) => testsOf(path, filter[path]));
  return (doc) => {
    for (const test of tests) if (!test(doc)) return false;
    return true;
  };
}

function testsOf(path: string, condition: unknown): DocTest[] {
  if (path === '$or') {
    const parts = (condition as Record<string, unknown>[]).map(compiled);
    return [(doc) => parts.some((part) => part(doc))];
  }
  if (path === '$and') return (condition as Record<string, unknown>[]).map(compiled);
  if (path.startsWith('$')) throw new Error(`The double knows no ${path}`);
  const read = path.includes('.') ? (doc: Doc) => valueAt(doc, path) : (doc: Doc) => doc[path];
  if (!isOperators(condition)) return [(doc) => isEqualTo(read(doc), condition)];
  return Object.keys(condition).map((name) => {
    const operand = condition[name];
    fits(undefined, name, operand);
    return (doc: Doc) => fits(read(doc), name, operand);
  });
}

function isOperators(condition: unknown): condition is Record<string, unknown> {
  return isPlain(condition) && Object.keys(condition).some((name) => name.startsWith('$'));
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
      throw new Error(`The double knows no ${operator}`);
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
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([name, value], index) => right[index]?.[0] === name && isSame(value, right[index]?.[1]))
  );
}

/** A frozen copy as the driver would store it: undefined becomes null. */
export function stored<T>(value: T): T {
  if (value === undefined) return null as T;
  if (Array.isArray(value)) return Object.freeze(value.map((each) => stored(each))) as T;
  if (!isPlain(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) copy[name] = stored(value[name]);
  return Object.freeze(copy) as T;
}

type Update = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The document an update makes of one; the very same object when it changes nothing. */
export function updated(doc: Doc, update: Update): Doc {
  const next: Record<string, unknown> = { ...doc };
  for (const [operator, fields] of Object.entries(update)) {
    for (const [path, operand] of Object.entries(fields)) applyAt(next, path.split('.'), operator, operand);
  }
  const result = stored(next) as Doc;
  return isSame(result, doc) ? doc : result;
}

function applyAt(target: Record<string, unknown>, path: readonly string[], operator: string, operand: unknown): void {
  const [name, ...rest] = path as [string, ...string[]];
  if (rest.length > 0) {
    const inner = target[name];
    if (inner === undefined && operator === '$unset') return;
    const copy = { ...(inner as Record<string, unknown> | undefined) };
    applyAt(copy, rest, operator, operand);
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
      throw new Error(`The double knows no ${operator}`);
  }
}

/** Fields of a projection; null gives the whole document. A copy of one's own in any case. */
export function projected(doc: Doc, projection: Readonly<Record<string, unknown>> | null | undefined): Doc {
  if (projection === null || projection === undefined) return { ...doc };
  const names = Object.keys(projection);
  if (names.length === 0) return { ...doc };
  if (names.some((name) => projection[name] !== 1 && projection[name] !== true)) {
    throw new Error('The double knows projections that include only');
  }
  const wanted = new Set([...names.map((name) => name.split('.')[0]), '_id']);
  return Object.fromEntries(Object.entries(doc).filter(([name]) => wanted.has(name))) as unknown as Doc;
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
