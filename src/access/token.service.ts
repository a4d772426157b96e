import type { BrandHandle, ConsentPurpose } from '../brands/brand.js';
import type { Clock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import { type Actor, type BoundProfile, isBound } from './actor.js';
import { type ActiveProfileCheck, boundLifeMs, boundScopes, checkBinding, customerReference } from './bound-token.js';
import { checkGrant } from './scopes.js';
import { bearerToken, newTokenText, type Role, type RoleDefinition, roles, type TokenRow, tokenId } from './token.js';
import type { TokenStore } from './token.store.js';

/** A token that was good stays good so long without a look at the registry: the longest a revocation takes to be felt. */
const goodForMs = 10_000;
/** A token that was not there is asked for again after this: somebody may just be creating it. */
const badForMs = 2_000;
/** Tokens remembered at once, the unknown ones included. */
const rememberedMax = 10_000;
/** How exact the last use is. */
const touchEveryMs = 60_000;
/** Digits of a token's digest that name it in logs. */
const tokenRefLength = 12;

/** What a new token is made of; everything left out comes from the role. */
export interface TokenInput {
  readonly role: Role;
  /** Who acts with it; not a name. A customer's is made from the profile. */
  readonly reference?: string;
  readonly displayName?: string;
  readonly grants?: readonly string[];
  /** Brands it may touch; left out, every brand of the group. */
  readonly brandHandles?: readonly BrandHandle[];
  /** The extension whose reserved identity handles it may write. */
  readonly extension?: string;
  /** Code of the one purpose it is issued for. */
  readonly purpose?: string;
  /** For the role customer, and only there: whom the token stands for. */
  readonly profile?: BoundProfile;
  /** Left out, a customer's token ends after an hour and every other one never. */
  readonly expiresAt?: Date;
}

/** A stored token as it may be shown: everything but what would open anything. */
export interface TokenView extends Omit<TokenRow, '_id'> {
  /** First digits of its digest: names it in lists and logs. */
  readonly tokenRef: string;
}

/** What {@link TokenService} is built from. */
export interface TokenServiceOptions {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Handles of the configured brands. */
  readonly brandHandles: readonly BrandHandle[];
  /** Purposes as configured. */
  readonly purposes: readonly ConsentPurpose[];
  /** Who tells whether a customer's profile is in use; without, such tokens are neither made nor accepted. */
  readonly isActiveProfile?: ActiveProfileCheck;
}

interface Remembered {
  readonly row: TokenRow | null;
  readonly untilMs: number;
}

/** Makes, checks and ends bearer tokens. */
export class TokenService {
  readonly #options: TokenServiceOptions;
  readonly #brandHandles: ReadonlySet<BrandHandle>;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<TokenRow | null>>();
  readonly #touchedAtMs = new Map<string, number>();

  constructor(options: TokenServiceOptions) {
    this.#options = options;
    this.#brandHandles = new Set(options.brandHandles);
  }

  /**
   * Makes a token. Its text is in the answer and nowhere else.
   * @throws AppError `USAGE` for an unknown role, scope, brand or purpose, a brand's role without a brand, or a customer's
   * whose profile cannot be used; `BRAND_UNAVAILABLE` or `BRAND_TIMEOUT` when its brand cannot tell.
   */
  async create(input: TokenInput): Promise<{ readonly token: string; readonly view: TokenView }> {
    const now = this.#options.clock.now();
    const role = this.#checkInput(input, now);
    const { profile } = input;
    const reference = profile === undefined ? input.reference : customerReference(profile.id);
    if (reference === undefined) throw new AppError('USAGE', `The role ${input.role} needs a reference; not a name`);
    if (profile !== undefined && !(await this.#isActive(profile))) {
      throw new AppError('USAGE', 'A token can be bound only to a profile that is there and in use; look it up again');
    }
    const brandHandles = profile === undefined ? input.brandHandles : [profile.brand];
    const expiresAt = input.expiresAt ?? (profile === undefined ? undefined : new Date(now.getTime() + boundLifeMs));
    const token = newTokenText();
    const row: TokenRow = {
      _id: tokenId(token),
      kind: role.kind,
      reference,
      ...(input.displayName === undefined ? {} : { displayName: input.displayName }),
      role: input.role,
      grants: [...(input.grants ?? role.scopes)],
      ...(brandHandles === undefined ? {} : { brandHandles: [...brandHandles] }),
      isGroup: role.isGroup,
      ...(input.extension === undefined ? {} : { extension: input.extension }),
      ...(profile === undefined ? {} : { profileId: profile.id }),
      ...(input.purpose === undefined ? {} : { purpose: input.purpose }),
      createdAt: now,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
    await this.#options.store.insert(row);
    this.#remembered.delete(row._id);
    return { token, view: viewOf(row) };
  }

  /**
   * The actor behind an `Authorization` header; null when there is no token, or one that is malformed, unknown, expired
   * or revoked, or a customer's whose profile is not in use at this moment, whatever became of it. Which of these is not
   * told, and a brand that is no longer configured silently drops out of its reach.
   * @throws AppError `BRAND_UNAVAILABLE` or `BRAND_TIMEOUT` for `registry` when the token is not remembered and cannot be
   * read, for the customer's brand when the profile cannot be.
   */
  async verify(header: string | undefined): Promise<Actor | null> {
    const text = bearerToken(header);
    if (text === null) return null;
    const row = await this.#row(tokenId(text));
    const now = this.#options.clock.now();
    if (row === null || row.revokedAt !== undefined) return null;
    if (row.expiresAt !== undefined && row.expiresAt.getTime() <= now.getTime()) return null;
    const actor = this.#actorOf(row);
    if (row.profileId !== undefined && !(isBound(actor) && (await this.#isActive(actor.boundTo)))) return null;
    this.#touch(row._id, now);
    return actor;
  }

  /**
   * Ends a token, named by its text, its digest or the beginning of its digest as lists show it. Other processes feel it
   * within ten seconds.
   * @throws AppError `USAGE` when none or more than one is meant.
   */
  async revoke(named: string): Promise<string> {
    const text = bearerToken(`Bearer ${named}`);
    const ids = text === null ? await this.#idsNamed(named) : [tokenId(text)];
    const [id] = ids;
    if (id === undefined || ids.length > 1) {
      throw new AppError(
        'USAGE',
        `One token was to be named; ${ids.length} begin like that. Give more digits of its ref`,
      );
    }
    if (!(await this.#options.store.revoke(id, this.#options.clock.now()))) {
      throw new AppError('USAGE', 'There is no such token; list them to see their refs');
    }
    this.#remembered.delete(id);
    return id.slice(0, tokenRefLength);
  }

  /** Stored tokens, newest first. */
  async list(): Promise<TokenView[]> {
    return (await this.#options.store.list()).map(viewOf);
  }

  #checkInput(input: TokenInput, now: Date): RoleDefinition {
    if (!Object.hasOwn(roles, input.role)) {
      throw new AppError('USAGE', `"${input.role}" is not a role; known: ${Object.keys(roles).join(', ')}`);
    }
    const role: RoleDefinition = roles[input.role];
    checkBinding({ ...input, isBound: role.isBound ?? false }, now);
    for (const grant of input.grants ?? []) checkGrant(grant);
    const handles = input.profile === undefined ? (input.brandHandles ?? []) : [input.profile.brand];
    for (const handle of handles) {
      if (!this.#brandHandles.has(handle)) {
        throw new AppError(
          'USAGE',
          `"${handle}" is not a configured brand; known: ${[...this.#brandHandles].join(', ')}`,
        );
      }
    }
    if (!role.isGroup && handles.length === 0) {
      throw new AppError('USAGE', `The role ${input.role} belongs to a brand; name at least one`);
    }
    if (input.purpose !== undefined && !this.#options.purposes.some((purpose) => purpose.code === input.purpose)) {
      const known = this.#options.purposes.map((purpose) => purpose.code).join(', ');
      throw new AppError('USAGE', `"${input.purpose}" is not a configured purpose; known: ${known}`);
    }
    return role;
  }

  async #idsNamed(digits: string): Promise<string[]> {
    if (!/^[0-9a-f]{6,64}$/.test(digits)) return [];
    return digits.length === 64 ? [digits] : this.#options.store.idsByPrefix(digits);
  }

  /** Never remembered: a merge or an erasure ends a customer's token with its commit. */
  async #isActive(profile: BoundProfile): Promise<boolean> {
    return (await this.#options.isActiveProfile?.(profile)) ?? false;
  }

  async #row(id: string): Promise<TokenRow | null> {
    const nowMs = this.#options.clock.now().getTime();
    const remembered = this.#remembered.get(id);
    if (remembered !== undefined && remembered.untilMs > nowMs) return remembered.row;
    // Requests that arrive together share one look at the registry.
    let asking = this.#asking.get(id);
    if (asking === undefined) {
      asking = this.#options.store.find(id).finally(() => this.#asking.delete(id));
      this.#asking.set(id, asking);
    }
    const row = await asking;
    this.#remembered.delete(id);
    this.#remembered.set(id, { row, untilMs: nowMs + (row === null ? badForMs : goodForMs) });
    forgetOldest(this.#remembered);
    return row;
  }

  #touch(id: string, now: Date): void {
    const lastMs = this.#touchedAtMs.get(id);
    if (lastMs !== undefined && now.getTime() - lastMs < touchEveryMs) return;
    this.#touchedAtMs.delete(id);
    this.#touchedAtMs.set(id, now.getTime());
    forgetOldest(this.#touchedAtMs);
    this.#options.store.touch(id, now).catch((error: unknown) => {
      this.#options.log.warn(
        { token_ref: id.slice(0, tokenRefLength), err: error },
        'Last use of a token was not noted',
      );
    });
  }

  #actorOf(row: TokenRow): Actor {
    const handles = row.brandHandles?.filter((handle) => this.#brandHandles.has(handle));
    const { profileId } = row;
    const [brand] = handles ?? [];
    const purpose = this.#options.purposes.find((candidate) => candidate.code === row.purpose);
    return {
      kind: row.kind,
      reference: row.reference,
      displayName: row.displayName ?? null,
      role: row.role,
      grants: profileId === undefined ? row.grants : boundScopes(row.grants),
      brandHandles: handles === undefined ? null : new Set(handles),
      isGroup: row.isGroup,
      extension: row.extension ?? null,
      boundTo: profileId === undefined || brand === undefined ? null : { brand, id: profileId },
      purpose: purpose ?? (row.purpose === undefined ? null : { code: row.purpose, text: row.purpose }),
      expiresAt: row.expiresAt ?? null,
      tokenRef: row._id.slice(0, tokenRefLength),
    };
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size <= rememberedMax) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

function viewOf(row: TokenRow): TokenView {
  const { _id, ...rest } = row;
  return { ...rest, tokenRef: _id.slice(0, tokenRefLength) };
}
