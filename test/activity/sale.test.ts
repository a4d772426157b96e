import { describe, expect, it } from 'vitest';
import { readSale } from '../../src/activity/sale.js';
import type { Brand } from '../../src/brands/brand.js';
import { brandsOf } from '../../src/brands/load-config.js';
import type { TransactionIngestInput } from '../../src/generated/resolvers-types.js';
import { AppError, Refusal } from '../../src/kernel/errors.js';
import { aSale, aud } from '../support/factories/transaction.js';
import { groupConfig } from '../support/group.js';

const brand = brandsOf(groupConfig()).find((each) => each.handle === 'wren') as Brand;
const now = new Date('2026-03-05T00:00:00.000Z');
const usd = (amount: string) => ({ amount, currencyCode: 'USD' });
const line = (overrides: object = {}) => ({
  lineId: '1',
  sku: 'A',
  quantity: '1',
  unitPrice: aud('1'),
  netTotal: aud('1'),
  ...overrides,
});

function mistakesOf(overrides: Partial<TransactionIngestInput>): string[] {
  try {
    readSale(brand, aSale('wren', overrides), now);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.refusals.map(({ code, field }) => `${code} ${field?.join('.')}`);
  }
}

describe('the form of a sale', () => {
  it.each<[string, Partial<TransactionIngestInput>, string]>([
    ['an unknown system', { system: 'pso' }, 'SYSTEM_UNKNOWN input.system'],
    ['an empty number', { externalId: '  ' }, 'INVALID_VALUE input.externalId'],
    ['a number of 256 characters', { externalId: 'x'.repeat(256) }, 'INVALID_VALUE input.externalId'],
    ['half a character', { externalId: 'a\ud800' }, 'INVALID_VALUE input.externalId'],
    ['a control character', { receiptRef: 'R\u0000' }, 'INVALID_VALUE input.receiptRef'],
    ['an over-long receipt', { receiptRef: 'R'.repeat(256) }, 'INVALID_VALUE input.receiptRef'],
    ['an over-long place', { locationCode: 'R'.repeat(256) }, 'INVALID_VALUE input.locationCode'],
    ['too many decimals', { total: aud('1.005') }, 'INVALID_VALUE input.total.amount'],
    ['an amount with an exponent', { total: aud('1e2') }, 'INVALID_VALUE input.total.amount'],
    ['an amount beyond exact integers', { total: aud('90071992547409.92') }, 'INVALID_VALUE input.total.amount'],
    ['a currency without a rate', { total: usd('1'), items: [] }, 'INVALID_VALUE input.total.currencyCode'],
    [
      'a currency that is none',
      { total: { amount: '1', currencyCode: 'ZZZ' }, items: [] },
      'INVALID_VALUE input.total.currencyCode',
    ],
    ['a purchase below zero', { total: aud('-1') }, 'INVALID_VALUE input.total.amount'],
    ['a return above zero', { type: 'RETURN', total: aud('1') }, 'INVALID_VALUE input.total.amount'],
    ['a purchase that names a purchase', { returnOfExternalId: 'P-1' }, 'INVALID_VALUE input.returnOfExternalId'],
    [
      'a return of itself',
      { type: 'RETURN', total: aud('-1'), externalId: 'P-1', returnOfExternalId: 'P-1' },
      'INVALID_VALUE input.returnOfExternalId',
    ],
    ['a tax in another currency', { tax: usd('1') }, 'AMOUNT_MISMATCH input.tax.currencyCode'],
    [
      'an original total in another currency',
      { totalOriginal: usd('1') },
      'AMOUNT_MISMATCH input.totalOriginal.currencyCode',
    ],
    [
      'a line in another currency',
      { items: [line({ netTotal: usd('1') })] },
      'AMOUNT_MISMATCH input.items.0.netTotal.currencyCode',
    ],
    [
      'a quantity that is no number',
      { items: [line(), line({ quantity: 'one' })] },
      'INVALID_VALUE input.items.1.quantity',
    ],
    [
      'a quantity with seven places',
      { items: [line({ quantity: '0.0000001' })] },
      'INVALID_VALUE input.items.0.quantity',
    ],
    ['an empty article number', { items: [line({ sku: '' })] }, 'INVALID_VALUE input.items.0.sku'],
    [
      'a price with too many decimals',
      { items: [line({ unitPriceOriginal: aud('0.001') })] },
      'INVALID_VALUE input.items.0.unitPriceOriginal.amount',
    ],
    ['501 lines', { items: Array.from({ length: 501 }, () => line()) }, 'TOO_MANY input.items'],
    [
      'lines beyond 128 KiB',
      { items: Array.from({ length: 500 }, () => line({ name: 'n'.repeat(250) })) },
      'TOO_MANY input.items',
    ],
    [
      '21 payments',
      { payments: Array.from({ length: 21 }, () => ({ method: 'card', amount: aud('1') })) },
      'TOO_MANY input.payments',
    ],
    [
      'payments that miss the total',
      { payments: [{ method: 'card', amount: aud('120.00') }] },
      'AMOUNT_MISMATCH input.payments',
    ],
    [
      'a payment in another currency',
      { payments: [{ method: 'card', amount: usd('129.95') }] },
      'AMOUNT_MISMATCH input.payments.0.amount.currencyCode',
    ],
    [
      'a payment without a method',
      { payments: [{ method: '', amount: aud('129.95') }] },
      'INVALID_VALUE input.payments.0.method',
    ],
    ['an instant that is none', { transactedAt: new Date('never') }, 'INVALID_VALUE input.transactedAt'],
    [
      'the day after tomorrow',
      { transactedAt: new Date('2026-03-06T00:00:00.001Z') },
      'TRANSACTION_FUTURE input.transactedAt',
    ],
    [
      'an unknown identity handle',
      { customer: { identity: { handle: 'myspace', identifier: '1' } } },
      'HANDLE_UNKNOWN input.customer.identity.handle',
    ],
    [
      'an over-long identifier',
      { customer: { identity: { handle: 'loyalty-card', identifier: '1'.repeat(513) } } },
      'INVALID_VALUE input.customer.identity.identifier',
    ],
  ])('refuses %s', (_what, overrides, mistake) => {
    expect(mistakesOf(overrides)).toEqual([mistake]);
  });

  it('tells every mistake at once', () => {
    const mistakes = mistakesOf({ system: 'pso', tax: usd('1'), transactedAt: new Date('2026-04-01T00:00:00.000Z') });
    expect(mistakes).toEqual([
      'SYSTEM_UNKNOWN input.system',
      'AMOUNT_MISMATCH input.tax.currencyCode',
      'TRANSACTION_FUTURE input.transactedAt',
    ]);
  });

  it('refuses an id of another kind as a fault of the document', () => {
    const customer = { profileId: 'loc_wren_0000000000000000000001' };
    expect(() => readSale(brand, aSale('wren', { customer }), now)).toThrow(AppError);
  });

  it('takes nothing for an operator: names with dollar signs and prototype keys are values', () => {
    const { content, customer } = readSale(
      brand,
      aSale('wren', {
        externalId: '$where',
        receiptRef: '__proto__',
        customer: { identity: { handle: 'loyalty-card', identifier: '{"$gt":""}' } },
      }),
      now,
    );
    expect(content).toMatchObject({ externalId: '$where', receiptRef: '__proto__' });
    expect(customer).toMatchObject({ identifier: '{"$gt":""}' });
  });

  it('accepts the edges', () => {
    const tomorrow = new Date('2026-03-06T00:00:00.000Z');
    expect(mistakesOf({ externalId: 'x'.repeat(255), transactedAt: tomorrow })).toEqual([]);
    expect(mistakesOf({ total: aud('0'), items: [], transactedAt: new Date(0) })).toEqual([]);
    expect(mistakesOf({ type: 'EXCHANGE', total: aud('-5') })).toEqual([]);
    expect(mistakesOf({ type: 'RETURN', total: aud('-5'), returnOfExternalId: 'P-1' })).toEqual([]);
    expect(mistakesOf({ items: Array.from({ length: 500 }, () => line()) })).toEqual([]);
  });

  it('writes quantities in one way', () => {
    const quantities = ['1', '1.0', '-2.50', '0.375', '-0', '000'];
    const items = quantities.map((quantity) => line({ quantity }));
    const { content } = readSale(brand, aSale('wren', { items }), now);
    expect(content.items.map((item) => item.quantity)).toEqual(['1', '1', '-2.5', '0.375', '0', '0']);
  });
});
