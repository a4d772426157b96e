import { randomBytes } from 'node:crypto';
import { sha256Hex } from '../kernel/digest.js';
import type { Uuid } from '../kernel/ids.js';
import type { ActorKind } from './actor.js';
import { customerScopes } from './bound-token.js';
import type { Scope } from './scopes.js';

/** Kinds of actor that a token can stand for. */
export type TokenKind = Exclude<ActorKind, 'SYSTEM'>;

/** A token as stored: its text is nowhere. */
export interface TokenRow {
  /** SHA-256 of the token's text, in hexadecimal. */
  readonly _id: string;
  readonly kind: TokenKind;
  /** Stable reference of who acts with it; never a name. */
  readonly reference: string;
  readonly displayName?: string;
  readonly role: string;
  /** Scopes, `*` or patterns such as `profiles.*`. */
  readonly grants: readonly string[];
  /** Handles of the brands it may touch; absent for every brand of the group. */
  readonly brandHandles?: readonly string[];
  readonly isGroup: boolean;
  /** The extension whose reserved identity handles it may write. */
  readonly extension?: string;
  /** The customer's profile, in the token's one brand, that it is bound to. */
  readonly profileId?: Uuid;
  /** Code of the one purpose it was issued for. */
  readonly purpose?: string;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
  /** To the minute. */
  readonly lastUsedAt?: Date;
}

/** What a role gives to a token that asks for nothing else. */
export interface RoleDefinition {
  readonly kind: TokenKind;
  /** Whether tokens of this role belong to the group and may therefore search across brands. */
  readonly isGroup: boolean;
  /** Whether each of its tokens is bound to the profile of one customer. */
  readonly isBound?: boolean;
  readonly scopes: readonly (Scope | '*')[];
}

/** Roles by name. A role is only a set of defaults at creation: changing one here changes no token that exists. */
export const roles = {
  'group-app': {
    kind: 'MACHINE',
    isGroup: true,
    scopes: [
      'search-across-brands',
      'read-profiles',
      'read-personal-data',
      'read-identities',
      'read-brands',
      'read-group-customers',
      'read-links',
    ],
  },
  'group-admin': { kind: 'STAFF', isGroup: true, scopes: ['*'] },
  staff: {
    kind: 'STAFF',
    isGroup: false,
    scopes: [
      'read-brands',
      'read-locations',
      'read-profiles',
      'read-personal-data',
      'create-profiles',
      'update-profiles',
      'read-identities',
      'create-identities',
      'update-identities',
      'delete-identities',
      'read-transactions',
      'read-interactions',
      'read-wallets',
      'merge-profiles',
      'read-merges',
      'read-duplicates',
      'create-links',
      'read-links',
      'withdraw-links',
      'read-consents',
      'read-group-customers',
    ],
  },
  machine: {
    kind: 'MACHINE',
    isGroup: false,
    scopes: [
      'read-brands',
      'read-locations',
      'read-profiles',
      'read-personal-data',
      'create-profiles',
      'update-profiles',
      'read-identities',
      'create-identities',
      'update-identities',
      'read-transactions',
      'create-transactions',
      'read-interactions',
      'create-interactions',
      'read-wallets',
    ],
  },
  analyst: {
    kind: 'STAFF',
    isGroup: true,
    scopes: [
      'read-brands',
      'read-locations',
      'read-profiles',
      'read-transactions',
      'read-interactions',
      'read-wallets',
      'read-merges',
    ],
  },
  customer: { kind: 'CUSTOMER', isGroup: false, isBound: true, scopes: customerScopes },
} as const satisfies Record<string, RoleDefinition>;

/** Name of a role. */
export type Role = keyof typeof roles;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 is the first power of 62 above 2^256. */
const digitsPerToken = 43;
/** Recognised by secret scanners and by people. */
const prefix = 'kin_';
const tokenPattern = /^kin_[0-9A-Za-z]{43}$/;

/** A new token: 256 random bits in base 62 behind a fixed prefix. */
export function newTokenText(): string {
  let rest = BigInt(`0x${randomBytes(32).toString('hex')}`);
  let digits = '';
  for (let i = 0; i < digitsPerToken; i += 1) {
    digits = (alphabet[Number(rest % 62n)] as string) + digits;
    rest /= 62n;
  }
  return prefix + digits;
}

/** The `_id` under which a token is stored. */
export function tokenId(text: string): string {
  return sha256Hex(text);
}

/** The token in an `Authorization` header; null when there is none of our form. */
export function bearerToken(header: string | undefined): string | null {
  if (header === undefined || header.length > 256) return null;
  const space = header.indexOf(' ');
  if (space < 0 || header.slice(0, space).toLowerCase() !== 'bearer') return null;
  const text = header.slice(space + 1).trim();
  return tokenPattern.test(text) ? text : null;
}
