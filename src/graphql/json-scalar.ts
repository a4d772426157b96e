import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { InputError } from './input-error.js';

/** Characters of a JSON value as text. */
const jsonLengthMax = 65_536;
/** Levels of lists and objects. */
const jsonDepthMax = 8;
/** Keys that could reach a prototype. */
const prototypeKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a key could be taken for part of an object's prototype rather than for data. */
export function isPrototypeKey(key: string): boolean {
  return prototypeKeys.has(key);
}

function checkJson(value: unknown, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new InputError('A JSON value was expected');
  if (value === null || typeof value !== 'object') return;
  if (depth >= jsonDepthMax) throw new InputError(`JSON of at most ${jsonDepthMax} levels was expected`);
  if (Array.isArray(value)) {
    for (const item of value) checkJson(item, depth + 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    // Keys with a dollar or a NUL mean something to databases; a value is data and nothing else.
    if (isPrototypeKey(key) || key.startsWith('$') || key.includes('\0')) {
      throw new InputError(
        'JSON without reserved keys was expected: no __proto__, constructor, prototype, leading $ or NUL',
      );
    }
    checkJson(item, depth + 1);
  }
}

function readJson(value: unknown): unknown {
  checkJson(value, 0);
  if (JSON.stringify(value).length > jsonLengthMax) throw new InputError('JSON of at most 64 KiB was expected');
  return value;
}

function literalValue(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.ENUM:
      throw new InputError('JSON was expected; quote the text');
    case Kind.VARIABLE:
      return variables[node.name.value] ?? null;
    case Kind.LIST:
      return node.values.map((item) => literalValue(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, literalValue(field.value, variables)]));
  }
}

/** `JSON`: values whose shape a brand defines; bounded in size and depth, without keys that mean something elsewhere. */
export const jsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: readJson,
  parseLiteral: (node, variables) => readJson(literalValue(node, variables ?? {})),
});
