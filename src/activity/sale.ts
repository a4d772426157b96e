import Big from 'big.js';
import type { Brand } from '../brands/brand.js';
import type { MoneyInput, TransactionErrorCode, TransactionIngestInput } from '../generated/resolvers-types.js';
import { type FieldPath, IngestForm, type NamedCustomer } from './ingest-form.js';
import { isCurrencyCode, type MinorUnits, parseAmount, sumOf } from './money.js';
import {
  itemsMax,
  paymentsMax,
  type SaleContent,
  type TransactionLine,
  type TransactionPayment,
  type TransactionType,
} from './transaction.js';

/** Size of one sale: a page of a hundred of them, and one more, fits into the one document of 16 MB that nested lists arrive in. */
const contentBytesMax = 128 * 1_024;
/** Weights and lengths are sold with fractions; more places are measuring errors. */
const quantityPattern = /^-?\d{1,12}(\.\d{1,6})?$/;

/** A sale that has the right form. */
export interface Sale {
  readonly content: SaleContent;
  /** Null for a sale to nobody. */
  readonly customer: NamedCustomer | null;
}

/**
 * Checks a sale and puts it into canonical form, without asking a database.
 * @throws Refusal with every mistake that was found; AppError `BAD_USER_INPUT` for an id of another kind.
 */
export function readSale(brand: Brand, input: TransactionIngestInput, now: Date): Sale {
  return new SaleReader(brand, input, now).read();
}

class SaleReader extends IngestForm<TransactionErrorCode> {
  readonly #input: TransactionIngestInput;

  constructor(brand: Brand, input: TransactionIngestInput, now: Date) {
    super(brand, now);
    this.#input = input;
  }

  read(): Sale {
    const input = this.#input;
    const system = this.system(input.system);
    const type: TransactionType = input.type ?? 'PURCHASE';
    const total = this.#total(type);
    const items = this.#items();
    const payments = this.#payments(total);
    const content: SaleContent = {
      system,
      externalId: this.text(input.externalId, ['externalId']),
      type,
      currency: input.total.currencyCode,
      total,
      totalOriginal: this.#optionalMoney(input.totalOriginal, ['totalOriginal']) ?? total,
      tax: this.#optionalMoney(input.tax, ['tax']),
      items,
      payments,
      locationCode: this.optionalText(input.locationCode, ['locationCode']),
      receiptRef: this.optionalText(input.receiptRef, ['receiptRef']),
      returnOfExternalId: this.#returnOf(type),
      transactedAt: this.instant(input.transactedAt, ['transactedAt'], 'TRANSACTION_FUTURE'),
    };
    const customer = this.customer(input.customer);
    if (Buffer.byteLength(JSON.stringify(content)) > contentBytesMax) {
      this.refuse('TOO_MANY', `A sale has at most ${contentBytesMax} bytes of lines and payments; split it`, ['items']);
    }
    this.requireNoMistake();
    return { content, customer };
  }

  #total(type: TransactionType): MinorUnits {
    const { total } = this.#input;
    if (total.currencyCode !== this.brand.currencyCode) {
      const isKnown = isCurrencyCode(total.currencyCode);
      const why = isKnown ? 'No exchange rate is configured for this currency' : 'This is not a current ISO 4217 code';
      this.refuse('INVALID_VALUE', `${why}; send ${this.brand.currencyCode}`, ['total', 'currencyCode']);
      if (!isKnown) return 0;
    }
    const amount = this.#amount(total, ['total']);
    if (type === 'PURCHASE' && amount < 0) {
      this.refuse('INVALID_VALUE', 'A purchase is not below zero; send a RETURN', ['total', 'amount']);
    }
    if (type === 'RETURN' && amount > 0) {
      this.refuse('INVALID_VALUE', 'A return is not above zero; give it a minus sign', ['total', 'amount']);
    }
    return amount;
  }

  #amount(money: MoneyInput, field: FieldPath): MinorUnits {
    const amount = parseAmount(money.amount, money.currencyCode);
    if (amount !== null) return amount;
    this.refuse('INVALID_VALUE', 'Needs a plain decimal with no more places than the currency has', [
      ...field,
      'amount',
    ]);
    return 0;
  }

  /** An amount that must be in the currency of the total. */
  #money(money: MoneyInput, field: FieldPath): MinorUnits {
    if (money.currencyCode !== this.#input.total.currencyCode) {
      this.refuse('AMOUNT_MISMATCH', 'All amounts of a transaction are in the currency of its total', [
        ...field,
        'currencyCode',
      ]);
      return 0;
    }
    return isCurrencyCode(money.currencyCode) ? this.#amount(money, field) : 0;
  }

  #optionalMoney(money: MoneyInput | null | undefined, field: FieldPath): MinorUnits | null {
    return money === null || money === undefined ? null : this.#money(money, field);
  }

  #items(): TransactionLine[] {
    const items = this.#input.items ?? [];
    if (items.length > itemsMax) {
      this.refuse('TOO_MANY', `A transaction has at most ${itemsMax} lines; got ${items.length}`, ['items']);
      return [];
    }
    return items.map((item, index): TransactionLine => {
      const at = (name: string): FieldPath => ['items', String(index), name];
      return {
        lineId: this.text(item.lineId, at('lineId')),
        sku: this.text(item.sku, at('sku')),
        name: this.optionalText(item.name, at('name')),
        quantity: this.#quantity(item.quantity, at('quantity')),
        unitPrice: this.#money(item.unitPrice, at('unitPrice')),
        unitPriceOriginal: this.#optionalMoney(item.unitPriceOriginal, at('unitPriceOriginal')),
        netTotal: this.#money(item.netTotal, at('netTotal')),
      };
    });
  }

  #quantity(text: string, field: FieldPath): string {
    if (!quantityPattern.test(text)) {
      this.refuse('INVALID_VALUE', 'Needs a plain decimal with at most 12 digits and 6 places', field);
      return '0';
    }
    const quantity = new Big(text);
    return quantity.eq(0) ? '0' : quantity.toFixed();
  }

  #payments(total: MinorUnits): TransactionPayment[] {
    const payments = this.#input.payments ?? [];
    if (payments.length > paymentsMax) {
      this.refuse('TOO_MANY', `A transaction has at most ${paymentsMax} payments; got ${payments.length}`, [
        'payments',
      ]);
      return [];
    }
    const mistakesBefore = this.mistakeCount;
    const read = payments.map((payment, index): TransactionPayment => {
      const at = (name: string): FieldPath => ['payments', String(index), name];
      return { method: this.text(payment.method, at('method')), amount: this.#money(payment.amount, at('amount')) };
    });
    const isSumKnown = read.length > 0 && this.mistakeCount === mistakesBefore;
    if (isSumKnown && sumOf(read.map((payment) => payment.amount)) !== total) {
      this.refuse('AMOUNT_MISMATCH', 'The payments do not add up to the total; send all of them or none', ['payments']);
    }
    return read;
  }

  #returnOf(type: TransactionType): string | null {
    const value = this.optionalText(this.#input.returnOfExternalId, ['returnOfExternalId']);
    if (value !== null && (type !== 'RETURN' || value === this.#input.externalId)) {
      this.refuse('INVALID_VALUE', 'Only a RETURN names a purchase, and never itself', ['returnOfExternalId']);
    }
    return value;
  }
}
