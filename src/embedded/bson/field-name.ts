/** Marks a key whose field name a plain object cannot carry as it is. BSON names end at NUL, so none contains it. */
const ESCAPE = '\0';

const WHOLE_NUMBER = /^(0|[1-9]\d*)$/;

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const UNDERSCORE = 0x5f;

/**
 * Key under which a decoded document holds a field. The name itself, but for three kinds: whole numbers, which
 * JavaScript moves to the front of an object; `_bsontype`, by which the `bson` classes are told from plain objects;
 * `__proto__`. These stand under the name with a NUL before it, so that order and meaning are kept.
 */
export function fieldKey(name: string): string {
  const first = name.charCodeAt(0);
  if (first === UNDERSCORE) return name === '_bsontype' || name === '__proto__' ? ESCAPE + name : name;
  if (!(first >= DIGIT_0 && first <= DIGIT_9)) return name;
  return WHOLE_NUMBER.test(name) ? ESCAPE + name : name;
}

/** The field's name for a key of a decoded document: what {@link fieldKey} did, undone. */
export function fieldName(key: string): string {
  return key.charCodeAt(0) === 0 ? key.slice(1) : key;
}

/** Names of a decoded document's fields, in order. */
export function fieldNames(document: object): string[] {
  const names = Object.keys(document);
  for (let i = 0; i < names.length; i++) {
    const key = names[i] as string;
    if (key.charCodeAt(0) === 0) names[i] = key.slice(1);
  }
  return names;
}
