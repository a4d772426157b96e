import Big from 'big.js';

/** Money as stored: minor units of a currency, a safe integer. */
export type MinorUnits = number;

/** Money as clients see it: a decimal with exactly as many places as the currency has. */
export interface MoneyText {
  readonly amount: string;
  readonly currencyCode: string;
}

/** Decimal places of most currencies. */
const usualDecimals = 2;

/**
 * Minor units by ISO 4217 where they are not two. Kept here rather than asked of the runtime: its tables follow usage and
 * change with its version (forints and rupiahs lost their minor unit), and stored integers must not change their meaning.
 */
const unusualDecimals: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF'].map((code) => [code, 0] as const),
  ...['UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
]);

const knownCurrencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Whether a text is a current ISO 4217 code. */
export function isCurrencyCode(code: string): boolean {
  return knownCurrencies.has(code);
}

/** Decimal places of a currency by ISO 4217. */
export function currencyDecimals(code: string): number {
  return unusualDecimals.get(code) ?? usualDecimals;
}

/** Plain decimal notation; no exponent, no plus sign, no more digits than any amount has. */
const decimalPattern = /^-?\d{1,20}(\.\d{1,20})?$/;

/**
 * Reads a decimal amount into minor units. Places beyond the currency's are refused unless they are zeros.
 * Null when it is no decimal, has more places, or does not fit a safe integer.
 */
export function parseAmount(amount: string, currencyCode: string): MinorUnits | null {
  return parseScaled(amount, currencyDecimals(currencyCode));
}

/** Reads a decimal into an integer number of steps of 10^-decimals. Null as {@link parseAmount}. */
export function parseScaled(text: string, decimals: number): number | null {
  if (!decimalPattern.test(text)) return null;
  const scaled = new Big(text).times(new Big(10).pow(decimals));
  if (!scaled.eq(scaled.round(0, Big.roundDown))) return null;
  const value = Number(scaled.toFixed(0));
  if (!Number.isSafeInteger(value)) return null;
  return value === 0 ? 0 : value;
}

/** Minor units as clients see them. */
export function formatMoney(minorUnits: MinorUnits, currencyCode: string): MoneyText {
  return { amount: formatScaled(minorUnits, currencyDecimals(currencyCode)), currencyCode };
}

/** An integer number of steps of 10^-decimals as a decimal with exactly that many places. */
export function formatScaled(value: number, decimals: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const sign = value < 0 ? '-' : '';
  if (decimals === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Adds integers that may together leave the range in which floats are exact. Null when the sum leaves it. */
export function sumOf(values: readonly number[]): number | null {
  let sum = 0n;
  for (const value of values) sum += BigInt(value);
  const total = Number(sum);
  return Number.isSafeInteger(total) ? total : null;
}
