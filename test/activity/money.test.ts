import { describe, expect, it } from 'vitest';
import { currencyDecimals, formatMoney, parseAmount, parseScaled, sumOf } from '../../src/activity/money.js';

describe('money', () => {
  it.each([
    ['129.95', 'AUD', 12_995],
    ['0', 'AUD', 0],
    ['-0', 'AUD', 0],
    ['-4', 'AUD', -400],
    ['5.0', 'AUD', 500],
    ['129.950', 'AUD', 12_995],
    ['1200', 'JPY', 1_200],
    ['1200.00', 'JPY', 1_200],
    ['1.234', 'KWD', 1_234],
    ['0.0001', 'CLF', 1],
    ['10.5', 'HUF', 1_050],
    ['90071992547409.91', 'AUD', 9_007_199_254_740_991],
    ['-90071992547409.91', 'AUD', -9_007_199_254_740_991],
  ])('reads %s %s as %i minor units', (amount, currency, minorUnits) => {
    expect(parseAmount(amount, currency)).toBe(minorUnits);
  });

  it.each([
    ['129.955', 'AUD'],
    ['1200.5', 'JPY'],
    ['1.2345', 'KWD'],
    ['90071992547409.92', 'AUD'],
    ['1e3', 'AUD'],
    ['+1', 'AUD'],
    ['1,000.00', 'AUD'],
    ['.5', 'AUD'],
    ['5.', 'AUD'],
    ['', 'AUD'],
    [' 5', 'AUD'],
    ['NaN', 'AUD'],
    ['٥', 'AUD'],
    ['9'.repeat(30), 'AUD'],
  ])('refuses %s %s', (amount, currency) => {
    expect(parseAmount(amount, currency)).toBeNull();
  });

  it.each([
    [12_995, 'AUD', '129.95'],
    [0, 'AUD', '0.00'],
    [-5, 'AUD', '-0.05'],
    [7, 'AUD', '0.07'],
    [1_200, 'JPY', '1200'],
    [-1_234, 'KWD', '-1.234'],
    [9_007_199_254_740_991, 'AUD', '90071992547409.91'],
  ])('shows %i minor units of %s as %s', (minorUnits, currency, amount) => {
    expect(formatMoney(minorUnits, currency)).toEqual({ amount, currencyCode: currency });
  });

  it('knows the minor units of ISO 4217 whatever the runtime thinks', () => {
    expect(['AUD', 'HUF', 'IDR', 'JPY', 'BHD', 'CLF'].map(currencyDecimals)).toEqual([2, 2, 2, 0, 3, 4]);
  });

  it('gives back what it read', () => {
    for (const text of ['0.00', '0.01', '-0.01', '10.10', '123456789.99', '-100.00']) {
      expect(formatMoney(parseAmount(text, 'AUD') as number, 'AUD').amount).toBe(text);
    }
  });

  it('never returns minus zero', () => {
    expect(Object.is(parseScaled('-0.00', 2), 0)).toBe(true);
  });

  it('adds beyond the range of exact floats without losing a unit', () => {
    const max = Number.MAX_SAFE_INTEGER;
    expect(sumOf([max, max, -max, -1])).toBe(max - 1);
    expect(sumOf([max, 1])).toBeNull();
  });
});
