import { Double, Int32, Long } from 'bson';
import { asLong, INT_MAX, INT_MIN, longFromBigInt, numberClass } from '../bson/number.js';
import { type BsonNumber, toNumber } from '../bson/value.js';
import { notSupported } from '../engine-error.js';

/**
 * Sum with MongoDB's promotion: a double makes a double, a long makes a long, two ints make an int or, beyond its
 * range, a long. Undefined when the sum does not fit a long. Decimals are refused (2).
 */
export function addNumbers(a: BsonNumber, b: BsonNumber): Int32 | Long | Double | undefined {
  const classA = numberClass(a);
  const classB = numberClass(b);
  if (classA === 'Decimal128' || classB === 'Decimal128') throw notSupported('arithmetic with decimals');
  if (classA === 'Double' || classB === 'Double') return new Double(toNumber(a) + toNumber(b));
  if (classA === 'Int32' && classB === 'Int32') {
    const sum = toNumber(a) + toNumber(b);
    return sum >= INT_MIN && sum <= INT_MAX ? new Int32(sum) : Long.fromNumber(sum);
  }
  return longFromBigInt(wholeOf(a) + wholeOf(b));
}

/** An int or long as a bigint. */
export function wholeOf(value: BsonNumber): bigint {
  return numberClass(value) === 'Long' ? asLong(value).toBigInt() : BigInt(toNumber(value));
}
