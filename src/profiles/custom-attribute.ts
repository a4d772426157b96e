import type { Brand, CustomAttributeDefinition, CustomAttributeType } from '../brands/brand.js';
import type { AppearanceAttributeInput, CustomAttributeInput } from '../generated/resolvers-types.js';
import { customAttributesMax } from '../kernel/limits.js';
import { characterCount, hasLoneSurrogate } from '../kernel/text.js';
import { type InputReader, isObjectMember } from './input-reader.js';
import type { AppearanceAttribute, CustomAttribute } from './profile.js';

/** Characters of a text value: a paragraph, not a document. */
const textValueLengthMax = 4_000;
/** Bytes of a value as JSON, as the schema promises. */
const jsonBytesMax = 65_536;
/** Levels of a JSON value, as the schema promises. */
const jsonDepthMax = 8;
/** Looks and sizes of one profile. */
const appearanceMax = 100;

/** An attribute to set, or to remove when its value is null. */
export interface CustomAttributeChange {
  readonly namespace: string;
  readonly handle: string;
  readonly type: CustomAttributeType;
  readonly value: unknown;
}

/** Checks custom attributes against the brand's definitions: known, of the defined form, each given once. */
export function readCustomChanges(
  reader: InputReader,
  inputs: readonly CustomAttributeInput[] | null | undefined,
  brand: Brand,
  path: readonly string[],
): CustomAttributeChange[] {
  const list = inputs ?? [];
  if (!reader.isWithin(list, customAttributesMax, path)) return [];
  const seen = new Set<CustomAttributeDefinition>();
  return list.flatMap((input, index) => {
    const at = [...path, String(index)];
    const definition = brand.customAttributes.find(
      (each) => each.namespace === input.namespace && each.handle === input.handle,
    );
    if (definition === undefined) {
      reader.fail('ATTRIBUTE_UNKNOWN', 'The brand has not defined this attribute', [...at, 'handle']);
      return [];
    }
    if (seen.has(definition)) {
      reader.fail('INVALID_VALUE', 'Each attribute may be given once', [...at, 'handle']);
      return [];
    }
    seen.add(definition);
    const value = input.value ?? null;
    const complaint = value === null ? null : valueComplaint(definition.type, value);
    if (complaint !== null) {
      reader.fail(complaint.code, complaint.message, [...at, 'value']);
      return [];
    }
    return [{ namespace: definition.namespace, handle: definition.handle, type: definition.type, value }];
  });
}

interface Complaint {
  readonly code: 'INVALID_VALUE' | 'TOO_LONG';
  readonly message: string;
}

function invalid(message: string): Complaint {
  return { code: 'INVALID_VALUE', message };
}

function valueComplaint(type: CustomAttributeType, value: unknown): Complaint | null {
  switch (type) {
    case 'STRING':
      if (typeof value !== 'string' || hasLoneSurrogate(value) || value.includes('\0'))
        return invalid('A text is wanted');
      return characterCount(value) > textValueLengthMax
        ? { code: 'TOO_LONG', message: `At most ${textValueLengthMax} characters are allowed` }
        : null;
    case 'INTEGER':
      return Number.isSafeInteger(value) ? null : invalid('A whole number within ±(2^53 − 1) is wanted');
    case 'FLOAT':
      return typeof value === 'number' && Number.isFinite(value) ? null : invalid('A number is wanted');
    case 'BOOLEAN':
      return typeof value === 'boolean' ? null : invalid('true or false is wanted');
    case 'ARRAY':
      return Array.isArray(value) ? jsonComplaint(value) : invalid('A list is wanted');
    case 'JSON':
      return typeof value === 'object' && !Array.isArray(value) ? jsonComplaint(value) : invalid('An object is wanted');
  }
}

function jsonComplaint(value: unknown): Complaint | null {
  const complaint = levelComplaint(value, 1);
  if (complaint !== null) return complaint;
  return Buffer.byteLength(JSON.stringify(value)) > jsonBytesMax
    ? { code: 'TOO_LONG', message: `At most ${jsonBytesMax} bytes of JSON are allowed` }
    : null;
}

function levelComplaint(value: unknown, depth: number): Complaint | null {
  if (typeof value === 'string') return hasLoneSurrogate(value) ? invalid('A text is not valid Unicode') : null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : invalid('A number must be finite');
  if (value === null || typeof value === 'boolean') return null;
  if (typeof value !== 'object') return invalid('Only JSON values are allowed');
  if (depth > jsonDepthMax) return invalid(`At most ${jsonDepthMax} levels are allowed`);
  for (const key of Object.keys(value)) {
    // Such keys would read as operators, paths or machinery to whoever handles the stored value without care.
    if (!Array.isArray(value) && (key === '' || /^\$|[.\0]/.test(key) || isObjectMember(key) || hasLoneSurrogate(key)))
      return invalid('A key is empty, begins with $, holds a dot or is the name of an object member');
    const complaint = levelComplaint((value as Record<string, unknown>)[key], depth + 1);
    if (complaint !== null) return complaint;
  }
  return null;
}

/** Attributes after changes, by namespace and handle; null removes. */
export function changeCustom(
  stored: readonly CustomAttribute[],
  changes: readonly CustomAttributeChange[],
): CustomAttribute[] {
  const keyOf = (each: { namespace: string; handle: string }): string => `${each.namespace}:${each.handle}`;
  const byKey = new Map(stored.map((each) => [keyOf(each), each]));
  for (const change of changes) {
    if (change.value === null) byKey.delete(keyOf(change));
    else byKey.set(keyOf(change), change);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** A look or size to set, or to remove when its value is null. */
export interface AppearanceChange {
  readonly handle: string;
  readonly value: string | null;
}

/** Checks looks and sizes. An empty value removes, as null does. */
export function readAppearanceChanges(
  reader: InputReader,
  inputs: readonly AppearanceAttributeInput[] | null | undefined,
  path: readonly string[],
): AppearanceChange[] {
  const list = inputs ?? [];
  if (!reader.isWithin(list, appearanceMax, path)) return [];
  return list.flatMap((input, index) => {
    const at = [...path, String(index)];
    const handle = reader.handle(input.handle, [...at, 'handle']);
    const value = reader.line(input.value, [...at, 'value']);
    return handle === null ? [] : [{ handle, value }];
  });
}

/** Looks and sizes after changes, by handle. Too many are refused at `path`. */
export function changeAppearance(
  reader: InputReader,
  stored: readonly AppearanceAttribute[],
  changes: readonly AppearanceChange[],
  path: readonly string[],
): AppearanceAttribute[] {
  const byHandle = new Map(stored.map((each) => [each.handle, each.value]));
  for (const { handle, value } of changes) {
    if (value === null) byHandle.delete(handle);
    else byHandle.set(handle, value);
  }
  reader.isWithin([...byHandle], appearanceMax, path);
  return [...byHandle].sort(([a], [b]) => (a < b ? -1 : 1)).map(([handle, value]) => ({ handle, value }));
}
