import Big from 'big.js';
import type { Brand } from '../brands/brand.js';
import { isIdentifier } from '../claims/match-key.js';
import type { MoneyInput, TransactionErrorCode, TransactionIngestInput } from '../generated/resolvers-types.js';
import { Refusal, type UserRefusal } from '../kernel/errors.js';
import { expectNodeId, type Uuid } from '../kernel/ids.js';
import { textLengthMax } from '../kernel/limits.js';
import { characterCount, hasControlCharacter, hasLoneSurrogate } from '../kernel/text.js';
import { isCurrencyCode, type MinorUnits, parseAmount, sumOf } from './money.js';
import {
  itemsMax,
  paymentsMax,
  type SaleContent,
  type TransactionLine,
  type TransactionPayment,
  type TransactionType,
} from './transaction.js';

/** How far a sending system's clock may run ahead. */
const futureMaxMs = 24 * 60 * 60 * 1_000;
/** Size of one sale: a page of a hundred of them, and one more, fits into the one document of 16 MB that nested lists arrive in. */
const contentBytesMax = 128 * 1_024;
/** Weights and lengths are sold with fractions; more places are measuring errors. */
const quantityPattern = /^-?\d{1,12}(\.\d{1,6})?$/;

/** Whom a system named as the customer, checked in form. */
export type SaleCustomer =
  | { readonly kind: 'PROFILE'; readonly brandHandle: string; readonly profileId: Uuid }
  | { readonly kind: 'IDENTITY'; readonly handle: string; readonly identifier: string }
  | null;

/** A sale that has the right form. */
export interface Sale {
  readonly content: SaleContent;
  readonly customer: SaleCustomer;
}

type Path = readonly string[];

/**
 * Checks a sale and puts it into canonical form, without asking a database.
 * @throws Refusal with every mistake that was found; AppError `BAD_USER_INPUT` for an id of another kind.
 */
export function readSale(brand: Brand, input: TransactionIngestInput, now: Date): Sale {
  return new SaleReader(brand, input, now).read();
}

class SaleReader {
  readonly #mistakes: UserRefusal<TransactionErrorCode>[] = [];
  readonly #brand: Brand;
  readonly #input: TransactionIngestInput;
  readonly #now: Date;

  constructor(brand: Brand, input: TransactionIngestInput, now: Date) {
    this.#brand = brand;
    this.#input = input;
    this.#now = now;
  }

  read(): Sale {
    const input = this.#input;
    if (!this.#brand.systems.some((system) => system.handle === input.system)) {
      this.#refuse('SYSTEM_UNKNOWN', 'The brand has no source system of this name; register it or correct it', [
        'system',
      ]);
    }
    const type: TransactionType = input.type ?? 'PURCHASE';
    const total = this.#total(type);
    const items = this.#items();
    const payments = this.#payments(total);
    const content: SaleContent = {
      system: input.system,
      externalId: this.#text(input.externalId, ['externalId']),
      type,
      currency: input.total.currencyCode,
      total,
      totalOriginal: this.#optionalMoney(input.totalOriginal, ['totalOriginal']) ?? total,
      tax: this.#optionalMoney(input.tax, ['tax']),
      items,
      payments,
      locationCode: this.#optionalText(input.locationCode, ['locationCode']),
      receiptRef: this.#optionalText(input.receiptRef, ['receiptRef']),
      returnOfExternalId: this.#returnOf(type),
      transactedAt: this.#instant(),
    };
    const customer = this.#customer();
    if (Buffer.byteLength(JSON.stringify(content)) > contentBytesMax) {
      this.#refuse('TOO_MANY', `A sale has at most ${contentBytesMax} bytes of lines and payments; split it`, [
        'items',
      ]);
    }
    if (this.#mistakes.length > 0) throw new Refusal(this.#mistakes);
    return { content, customer };
  }

  #refuse(code: TransactionErrorCode, message: string, field: Path): void {
    this.#mistakes.push({ code, message, field: ['input', ...field] });
  }

  #text(value: string, field: Path): string {
    const length = characterCount(value);
    if (value.trim() === '' || length > textLengthMax || hasLoneSurrogate(value) || hasControlCharacter(value)) {
      this.#refuse(
        'INVALID_VALUE',
        `Needs 1–${textLengthMax} characters without control characters; got ${length}`,
        field,
      );
    }
    return value;
  }

  #optionalText(value: string | null | undefined, field: Path): string | null {
    return value === null || value === undefined ? null : this.#text(value, field);
  }

  #total(type: TransactionType): MinorUnits {
    const { total } = this.#input;
    if (total.currencyCode !== this.#brand.currencyCode) {
      const isKnown = isCurrencyCode(total.currencyCode);
      const why = isKnown ? 'No exchange rate is configured for this currency' : 'This is not a current ISO 4217 code';
      this.#refuse('INVALID_VALUE', `${why}; send ${this.#brand.currencyCode}`, ['total', 'currencyCode']);
      if (!isKnown) return 0;
    }
    const amount = this.#amount(total, ['total']);
    if (type === 'PURCHASE' && amount < 0) {
      this.#refuse('INVALID_VALUE', 'A purchase is not below zero; send a RETURN', ['total', 'amount']);
    }
    if (type === 'RETURN' && amount > 0) {
      this.#refuse('INVALID_VALUE', 'A return is not above zero; give it a minus sign', ['total', 'amount']);
    }
    return amount;
  }

  #amount(money: MoneyInput, field: Path): MinorUnits {
    const amount = parseAmount(money.amount, money.currencyCode);
    if (amount !== null) return amount;
    this.#refuse('INVALID_VALUE', 'Needs a plain decimal with no more places than the currency has', [
      ...field,
      'amount',
    ]);
    return 0;
  }

  /** An amount that must be in the currency of the total. */
  #money(money: MoneyInput, field: Path): MinorUnits {
    if (money.currencyCode !== this.#input.total.currencyCode) {
      this.#refuse('AMOUNT_MISMATCH', 'All amounts of a transaction are in the currency of its total', [
        ...field,
        'currencyCode',
      ]);
      return 0;
    }
    return isCurrencyCode(money.currencyCode) ? this.#amount(money, field) : 0;
  }

  #optionalMoney(money: MoneyInput | null | undefined, field: Path): MinorUnits | null {
    return money === null || money === undefined ? null : this.#money(money, field);
  }

  #items(): TransactionLine[] {
    const items = this.#input.items ?? [];
    if (items.length > itemsMax) {
      this.#refuse('TOO_MANY', `A transaction has at most ${itemsMax} lines; got ${items.length}`, ['items']);
      return [];
    }
    return items.map((item, index): TransactionLine => {
      const at = (name: string): Path => ['items', String(index), name];
      return {
        lineId: this.#text(item.lineId, at('lineId')),
        sku: this.#text(item.sku, at('sku')),
        name: this.#optionalText(item.name, at('name')),
        quantity: this.#quantity(item.quantity, at('quantity')),
        unitPrice: this.#money(item.unitPrice, at('unitPrice')),
        unitPriceOriginal: this.#optionalMoney(item.unitPriceOriginal, at('unitPriceOriginal')),
        netTotal: this.#money(item.netTotal, at('netTotal')),
      };
    });
  }

  #quantity(text: string, field: Path): string {
    if (!quantityPattern.test(text)) {
      this.#refuse('INVALID_VALUE', 'Needs a plain decimal with at most 12 digits and 6 places', field);
      return '0';
    }
    const quantity = new Big(text);
    return quantity.eq(0) ? '0' : quantity.toFixed();
  }

  #payments(total: MinorUnits): TransactionPayment[] {
    const payments = this.#input.payments ?? [];
    if (payments.length > paymentsMax) {
      this.#refuse('TOO_MANY', `A transaction has at most ${paymentsMax} payments; got ${payments.length}`, [
        'payments',
      ]);
      return [];
    }
    const mistakesBefore = this.#mistakes.length;
    const read = payments.map((payment, index): TransactionPayment => {
      const at = (name: string): Path => ['payments', String(index), name];
      return { method: this.#text(payment.method, at('method')), amount: this.#money(payment.amount, at('amount')) };
    });
    const isSumKnown = read.length > 0 && this.#mistakes.length === mistakesBefore;
    if (isSumKnown && sumOf(read.map((payment) => payment.amount)) !== total) {
      this.#refuse('AMOUNT_MISMATCH', 'The payments do not add up to the total; send all of them or none', [
        'payments',
      ]);
    }
    return read;
  }

  #returnOf(type: TransactionType): string | null {
    const value = this.#optionalText(this.#input.returnOfExternalId, ['returnOfExternalId']);
    if (value !== null && (type !== 'RETURN' || value === this.#input.externalId)) {
      this.#refuse('INVALID_VALUE', 'Only a RETURN names a purchase, and never itself', ['returnOfExternalId']);
    }
    return value;
  }

  #instant(): Date {
    const { transactedAt } = this.#input;
    if (Number.isNaN(transactedAt.getTime())) {
      this.#refuse('INVALID_VALUE', 'Needs an instant in RFC 3339', ['transactedAt']);
    } else if (transactedAt.getTime() > this.#now.getTime() + futureMaxMs) {
      this.#refuse('TRANSACTION_FUTURE', "It lies more than 24 hours ahead; check the till's clock", ['transactedAt']);
    }
    return transactedAt;
  }

  #customer(): SaleCustomer {
    const { customer } = this.#input;
    if (customer === null || customer === undefined) return null;
    if (typeof customer.profileId === 'string') {
      const id = expectNodeId(customer.profileId, 'prof', ['input', 'customer', 'profileId']);
      return { kind: 'PROFILE', brandHandle: id.brand, profileId: id.uuids[0] as Uuid };
    }
    const identity = customer.identity;
    if (identity === null || identity === undefined) return null;
    const { handle, identifier } = identity;
    if (!this.#brand.identityHandles.some((entry) => entry.handle === handle)) {
      this.#refuse('HANDLE_UNKNOWN', 'The brand has not agreed on this identity handle', [
        'customer',
        'identity',
        'handle',
      ]);
    }
    if (!isIdentifier(identifier)) {
      this.#refuse('INVALID_VALUE', 'Needs 1–512 characters without control characters', [
        'customer',
        'identity',
        'identifier',
      ]);
    }
    return { kind: 'IDENTITY', handle, identifier };
  }
}
