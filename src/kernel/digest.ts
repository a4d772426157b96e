import { hash } from 'node:crypto';

/** SHA-256 in lower-case hexadecimal. */
export function sha256Hex(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex');
}

/**
 * The `_id` of a document that must be unique in a brand: 32 hexadecimal digits of SHA-256 over the kind and its parts,
 * each preceded by its length in bytes, so that no two lists of parts run together. Shows nothing of the parts, which
 * keeps them out of duplicate-key errors and database logs.
 */
export function keyDigest(kind: string, ...parts: readonly string[]): string {
  const text = [kind, ...parts].map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return sha256Hex(text).slice(0, 32);
}

/** JSON with object keys in code-unit order and dates as ISO text: equal values give equal text. Undefined members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value)) ?? 'null';
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : sortKeys(item)));
  if (value instanceof Date) return value.toISOString();
  if (value === null || typeof value !== 'object') return value;
  const source = value as Record<string, unknown>;
  const sorted: [string, unknown][] = [];
  for (const key of Object.keys(source).sort()) {
    if (source[key] !== undefined) sorted.push([key, sortKeys(source[key])]);
  }
  return Object.fromEntries(sorted);
}

/** Digest of a value's canonical JSON, 64 hexadecimal digits. */
export function contentDigest(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
