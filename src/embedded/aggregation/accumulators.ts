import { Double, Int32 } from 'bson';
import { compareValues } from '../bson/compare.js';
import { INT_MAX, INT_MIN, longFromBigInt, numberClass } from '../bson/number.js';
import { type Document, isDocument, isNumber, RANK, rankOf, toNumber } from '../bson/value.js';
import { notSupported } from '../engine-error.js';
import { wholeOf } from '../update/add-numbers.js';
import { compileValueExpression, type Evaluate } from './expression.js';

/** The running state of one accumulator in one group. */
export interface Accumulator {
  add(doc: Document): void;
  result(): unknown;
}

/** Accumulators of the closed list: from the argument to a maker of fresh state. */
export const ACCUMULATORS: ReadonlyMap<string, (argument: unknown) => () => Accumulator> = new Map([
  ['$sum', (argument: unknown) => bind(argument, (evaluate) => new SumAccumulator(evaluate))],
  ['$min', (argument: unknown) => bind(argument, (evaluate) => new ExtremeAccumulator(evaluate, -1))],
  ['$max', (argument: unknown) => bind(argument, (evaluate) => new ExtremeAccumulator(evaluate, 1))],
]);

function bind(argument: unknown, start: (evaluate: Evaluate) => Accumulator): () => Accumulator {
  if (isDocument(argument)) throw notSupported('an expression inside an accumulator');
  const evaluate = compileValueExpression(argument);
  return () => start(evaluate);
}

/**
 * `$sum`: ignores what is not a number; int while everything is int and fits, then long, double once a double came or a
 * long overflows. Doubles are added with compensation, as the server does, so that the order of rows does not show.
 */
class SumAccumulator implements Accumulator {
  private whole = 0;
  /** Whole part beyond what a JS number adds exactly. */
  private wide = 0n;
  private doubles = 0;
  private compensation = 0;
  private hasLong = false;
  private hasDouble = false;

  constructor(private readonly evaluate: Evaluate) {}

  add(doc: Document): void {
    const value = this.evaluate(doc);
    if (!isNumber(value)) return;
    const type = numberClass(value);
    if (type === 'Decimal128') throw notSupported('arithmetic with decimals');
    if (type === 'Int32') this.addSmall(toNumber(value));
    else if (type === 'Double') {
      this.hasDouble = true;
      this.addDouble(toNumber(value));
    } else {
      this.hasLong = true;
      this.wide += wholeOf(value);
    }
  }

  private addSmall(value: number): void {
    this.whole += value;
    if (Number.isSafeInteger(this.whole)) return;
    this.wide += BigInt(this.whole - value) + BigInt(value);
    this.whole = 0;
  }

  private addDouble(value: number): void {
    const sum = this.doubles + value;
    const isLarger = Math.abs(this.doubles) >= Math.abs(value);
    const lost = isLarger ? this.doubles - sum + value : value - sum + this.doubles;
    if (Number.isFinite(lost)) this.compensation += lost;
    this.doubles = sum;
  }

  result(): unknown {
    const whole = this.wide + BigInt(this.whole);
    if (this.hasDouble) return new Double(this.doubles + (this.compensation + Number(whole)));
    if (!this.hasLong && whole >= INT_MIN && whole <= INT_MAX) return new Int32(Number(whole));
    return longFromBigInt(whole) ?? new Double(Number(whole));
  }
}

/** `$min` and `$max` in the order of all types; null and missing are ignored, null when nothing is left. */
class ExtremeAccumulator implements Accumulator {
  private extreme: unknown = null;

  constructor(
    private readonly evaluate: Evaluate,
    private readonly direction: 1 | -1,
  ) {}

  add(doc: Document): void {
    const value = this.evaluate(doc);
    if (rankOf(value) === RANK.NULL) return;
    if (this.extreme === null || compareValues(value, this.extreme) === this.direction) this.extreme = value;
  }

  result(): unknown {
    return this.extreme;
  }
}
