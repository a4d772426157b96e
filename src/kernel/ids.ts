import { createHash, randomUUID } from 'node:crypto';
import { badInput } from './errors.js';

/** A UUID as 36 lower-case characters with hyphens. */
export type Uuid = string;

/** A random UUID (version 4). */
export function newUuid(): Uuid {
  return randomUUID();
}

/** A name-based UUID (version 5, RFC 9562 §5.5): the same namespace and name always give the same id. */
export function uuidV5(namespace: Uuid, name: string): Uuid {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  const bytes = digest.subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return formatUuid(bytes.toString('hex'));
}

function formatUuid(hex: string): Uuid {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a UUID in the one form that is stored. */
export function isUuid(text: string): text is Uuid {
  return uuidPattern.test(text);
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^22 is the first power of 62 above 2^128. */
const uuidBase62Length = 22;
/** 62^11 exceeds 2^64: each half of a UUID fits in eleven digits. */
const halfLength = 11;

/** A UUID as 22 base-62 digits, each half of 64 bits in 11 digits. */
export function uuidToBase62(uuid: Uuid): string {
  const hex = uuid.replaceAll('-', '');
  return halfToBase62(BigInt(`0x${hex.slice(0, 16)}`)) + halfToBase62(BigInt(`0x${hex.slice(16)}`));
}

function halfToBase62(half: bigint): string {
  let rest = half;
  let text = '';
  for (let i = 0; i < halfLength; i += 1) {
    text = (alphabet[Number(rest % 62n)] as string) + text;
    rest /= 62n;
  }
  return text;
}

/** The UUID of 22 base-62 digits, or null when they are not the spelling of one. */
export function base62ToUuid(text: string): Uuid | null {
  if (text.length !== uuidBase62Length) return null;
  const high = base62ToHalf(text.slice(0, halfLength));
  const low = base62ToHalf(text.slice(halfLength));
  return high === null || low === null ? null : formatUuid(high + low);
}

function base62ToHalf(text: string): string | null {
  let value = 0n;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return null;
    value = value * 62n + BigInt(digit);
  }
  return value >= 1n << 64n ? null : value.toString(16).padStart(16, '0');
}

/** First part of a global id: says what kind of thing it names. */
export const nodeKinds = {
  prof: { typename: 'Profile', uuids: 1, hasBrand: true },
  addr: { typename: 'Address', uuids: 2, hasBrand: true },
  iden: { typename: 'Identity', uuids: 2, hasBrand: true },
  txn: { typename: 'Transaction', uuids: 2, hasBrand: true },
  ixn: { typename: 'Interaction', uuids: 2, hasBrand: true },
  rwd: { typename: 'Reward', uuids: 2, hasBrand: true },
  loc: { typename: 'Location', uuids: 1, hasBrand: true },
  merge: { typename: 'Merge', uuids: 1, hasBrand: true },
  batch: { typename: 'MergeBatch', uuids: 1, hasBrand: true },
  dup: { typename: 'DuplicateCandidate', uuids: 1, hasBrand: true },
  brand: { typename: 'Brand', uuids: 0, hasBrand: true },
  link: { typename: 'CrossBrandLink', uuids: 1, hasBrand: false },
  cons: { typename: 'Consent', uuids: 1, hasBrand: false },
} as const;

/** Kinds of things that have a global id. */
export type NodeKind = keyof typeof nodeKinds;

/** A global id taken apart. `uuids` are, for child rows, the account and the row; otherwise the thing itself. */
export interface NodeId {
  readonly kind: NodeKind;
  /** Handle of the brand; empty for things of the group. */
  readonly brand: string;
  readonly uuids: readonly Uuid[];
}

/** The opaque id that clients see: `prof_wren_…` (kind, brand, UUIDs in base 62). Access is checked, never implied by it. */
export function formatNodeId(kind: NodeKind, brand: string, ...uuids: readonly Uuid[]): string {
  const body = uuids.map(uuidToBase62).join('');
  return [kind, ...(nodeKinds[kind].hasBrand ? [brand] : []), ...(body === '' ? [] : [body])].join('_');
}

/** Takes a global id apart; null when it is not one of ours. Says nothing about whether the thing exists. */
export function parseNodeId(text: string): NodeId | null {
  if (text.length > 128) return null;
  const parts = text.split('_');
  const kind = parts.shift() as NodeKind | undefined;
  if (kind === undefined || !Object.hasOwn(nodeKinds, kind)) return null;
  const shape = nodeKinds[kind];
  const brand = shape.hasBrand ? (parts.shift() ?? '') : '';
  if (shape.hasBrand && !/^[a-z0-9-]{2,32}$/.test(brand)) return null;
  const body = shape.uuids === 0 ? '' : (parts.shift() ?? '');
  if (parts.length > 0 || body.length !== shape.uuids * uuidBase62Length) return null;
  const uuids: Uuid[] = [];
  for (let i = 0; i < shape.uuids; i += 1) {
    const uuid = base62ToUuid(body.slice(i * uuidBase62Length, (i + 1) * uuidBase62Length));
    if (uuid === null) return null;
    uuids.push(uuid);
  }
  return { kind, brand, uuids };
}

/**
 * Takes apart an id that must be of one kind.
 * @throws AppError `BAD_USER_INPUT` naming the field when it is not an id or names another kind of thing.
 */
export function expectNodeId(text: string, kind: NodeKind, field: readonly string[]): NodeId {
  const id = parseNodeId(text);
  if (id === null || id.kind !== kind) {
    throw badInput(`An id of a ${nodeKinds[kind].typename} was expected at ${field.join('.')}`, field);
  }
  return id;
}
