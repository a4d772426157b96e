import { type ErrorCode, errorCodeEntry } from './error-codes.js';

/** Plain values that travel with an error to whoever reads it. Never personal data. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A failure with a stable code. Everything thrown on purpose, other than a {@link Refusal}, is one of these;
 * whatever else reaches the error boundary becomes `INTERNAL`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  /**
   * @param code Row of the error code table.
   * @param message What was wanted, what was got, what to do. No personal data.
   * @param options Plain details for clients (for example `field`, `brand`, `missingScopes`) and the cause for the log.
   */
  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
  }

  /** Whether the same call may succeed later without being changed. */
  get isRetryable(): boolean {
    return errorCodeEntry(this.code).isRetryable;
  }
}

/** One entry of `userErrors`: a refusal that the caller can act on. */
export interface UserRefusal<Code extends string = string> {
  readonly code: Code;
  /** One sentence for a person, without personal data. */
  readonly message: string;
  /** Path of the input field at fault from `input` down; null when no single field is. */
  readonly field: readonly string[] | null;
}

/**
 * An expected refusal of a mutation. Thrown by services (also inside a transaction, which it aborts) and turned into
 * `userErrors` by the resolver. Nothing was written when it is thrown.
 */
export class Refusal<Code extends string = string> extends Error {
  readonly refusals: readonly UserRefusal<Code>[];

  constructor(refusals: readonly UserRefusal<Code>[]) {
    super(refusals.map((refusal) => refusal.code).join(', '));
    this.name = 'Refusal';
    this.refusals = refusals;
  }
}

/** Throws one refusal. `field` is the input path below `input`, or null. */
export function refuse<Code extends string>(
  code: Code,
  message: string,
  field: readonly string[] | null = null,
): never {
  throw new Refusal<Code>([{ code, message, field: field === null ? null : ['input', ...field] }]);
}

/** A `BAD_USER_INPUT` error that names the argument or variable at fault. */
export function badInput(message: string, field: readonly string[]): AppError {
  return new AppError('BAD_USER_INPUT', message, { details: { field } });
}

/** Ends a switch over a closed union: reached only when a member was forgotten. */
export function unreachable(value: never): never {
  throw new AppError('INTERNAL', `Unexpected value of a closed set (${typeof value})`);
}
