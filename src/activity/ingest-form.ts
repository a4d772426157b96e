import type { Brand } from '../brands/brand.js';
import { isIdentifier } from '../claims/match-key.js';
import { Refusal, type UserRefusal } from '../kernel/errors.js';
import { expectNodeId, type Uuid } from '../kernel/ids.js';
import { textLengthMax } from '../kernel/limits.js';
import { characterCount, hasControlCharacter, hasLoneSurrogate } from '../kernel/text.js';

/** How far a sending system's clock may run ahead. */
const futureMaxMs = 24 * 60 * 60 * 1_000;

/** Whom a system named as the customer, checked in form. */
export type NamedCustomer =
  | { readonly kind: 'PROFILE'; readonly brandHandle: string; readonly profileId: Uuid }
  | { readonly kind: 'IDENTITY'; readonly handle: string; readonly identifier: string };

/** A customer as systems name one: by one of the two. */
export interface GivenCustomer {
  readonly profileId?: string | null;
  readonly identity?: { readonly handle: string; readonly identifier: string } | null;
}

/** Mistakes that everything taken in can have. */
export type FormErrorCode = 'SYSTEM_UNKNOWN' | 'HANDLE_UNKNOWN' | 'INVALID_VALUE';

/** Path of an input field below `input`. */
export type FieldPath = readonly string[];

/** Checks what every row that a system sends has in common, and gathers what is wrong with it. Asks no database. */
export class IngestForm<Code extends string> {
  readonly #mistakes: UserRefusal<Code | FormErrorCode>[] = [];
  protected readonly brand: Brand;
  protected readonly now: Date;

  constructor(brand: Brand, now: Date) {
    this.brand = brand;
    this.now = now;
  }

  protected get mistakeCount(): number {
    return this.#mistakes.length;
  }

  protected refuse(code: Code | FormErrorCode, message: string, field: FieldPath): void {
    this.#mistakes.push({ code, message, field: ['input', ...field] });
  }

  /** @throws Refusal with every mistake that was found. */
  protected requireNoMistake(): void {
    if (this.#mistakes.length > 0) throw new Refusal(this.#mistakes);
  }

  protected system(handle: string): string {
    if (!this.brand.systems.some((system) => system.handle === handle)) {
      this.refuse('SYSTEM_UNKNOWN', 'The brand has no source system of this name; register it or correct it', [
        'system',
      ]);
    }
    return handle;
  }

  protected text(value: string, field: FieldPath): string {
    const length = characterCount(value);
    if (value.trim() === '' || length > textLengthMax || hasLoneSurrogate(value) || hasControlCharacter(value)) {
      this.refuse(
        'INVALID_VALUE',
        `Needs 1–${textLengthMax} characters without control characters; got ${length}`,
        field,
      );
    }
    return value;
  }

  protected optionalText(value: string | null | undefined, field: FieldPath): string | null {
    return value === null || value === undefined ? null : this.text(value, field);
  }

  /** An instant in the past, or ahead by no more than clocks go wrong. */
  protected instant(value: Date, field: FieldPath, futureCode: Code): Date {
    if (Number.isNaN(value.getTime())) {
      this.refuse('INVALID_VALUE', 'Needs an instant in RFC 3339', field);
    } else if (value.getTime() > this.now.getTime() + futureMaxMs) {
      this.refuse(futureCode, "It lies more than 24 hours ahead; check the sending system's clock", field);
    }
    return value;
  }

  /** @throws AppError `BAD_USER_INPUT` for an id of another kind. */
  protected customer(customer: GivenCustomer | null | undefined): NamedCustomer | null {
    if (typeof customer?.profileId === 'string') {
      const id = expectNodeId(customer.profileId, 'prof', ['input', 'customer', 'profileId']);
      return { kind: 'PROFILE', brandHandle: id.brand, profileId: id.uuids[0] as Uuid };
    }
    const identity = customer?.identity;
    if (identity === null || identity === undefined) return null;
    const { handle, identifier } = identity;
    const at = (name: string): FieldPath => ['customer', 'identity', name];
    if (!this.brand.identityHandles.some((entry) => entry.handle === handle)) {
      this.refuse('HANDLE_UNKNOWN', 'The brand has not agreed on this identity handle', at('handle'));
    }
    if (!isIdentifier(identifier)) {
      this.refuse('INVALID_VALUE', 'Needs 1–512 characters without control characters', at('identifier'));
    }
    return { kind: 'IDENTITY', handle, identifier };
  }
}
