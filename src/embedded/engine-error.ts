import type { Document } from './bson/value.js';

/** Every MongoDB error the engine can answer with: its name on the wire and its number. */
export const ERROR_CODES = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  IllegalOperation: 20,
  InvalidBSON: 22,
  LockTimeout: 24,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  OperationFailed: 96,
  WriteConflict: 112,
  CommandNotSupported: 115,
  DocumentValidationFailure: 121,
  ExceededMemoryLimit: 146,
  CannotIndexParallelArrays: 171,
  InvalidIndexSpecificationOption: 197,
  TransactionTooOld: 225,
  SnapshotUnavailable: 246,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  OperationNotSupportedInTransaction: 263,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  ConversionFailure: 241,
  IndexBuildAborted: 276,
  Interrupted: 11601,
  InterruptedAtShutdown: 11600,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  OutOfDiskSpace: 14031,
} as const;

/** Name of an error in {@link ERROR_CODES}. */
export type ErrorCodeName = keyof typeof ERROR_CODES;

/**
 * A refusal that reaches the client as a MongoDB error: `code` and `codeName` as the server would send them,
 * `labels` for the driver's retry rules, `extra` for further reply fields (such as `keyPattern`, `keyValue`).
 * The message never holds values of documents, only names of fields, operators and types.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: number;
  readonly codeName: string;
  labels?: string[];
  extra?: Document;

  constructor(code: number, codeName: string, message: string, more: { labels?: string[]; extra?: Document } = {}) {
    super(message);
    this.code = code;
    this.codeName = codeName;
    if (more.labels) this.labels = more.labels;
    if (more.extra) this.extra = more.extra;
  }
}

/** An {@link EngineError} by its MongoDB name. */
export function engineError(
  codeName: ErrorCodeName,
  message: string,
  more?: { labels?: string[]; extra?: Document },
): EngineError {
  return new EngineError(ERROR_CODES[codeName], codeName, message, more);
}

/** An error MongoDB knows by number only; drivers see `codeName` "Location<number>". */
export function locationError(code: number, message: string): EngineError {
  return new EngineError(code, `Location${code}`, message);
}

/** A value outside what the operator takes (2). */
export function badValue(message: string): EngineError {
  return engineError('BadValue', message);
}

/** A command or update whose shape cannot be read (9). */
export function failedToParse(message: string): EngineError {
  return engineError('FailedToParse', message);
}

/** A value of the wrong BSON type (14). */
export function typeMismatch(message: string): EngineError {
  return engineError('TypeMismatch', message);
}

/** Something MongoDB can do and this engine deliberately cannot: refused with BadValue (2), naming the way out. */
export function notSupported(what: string): EngineError {
  return badValue(`${what} is not supported by the embedded engine; use a MongoDB server for it`);
}
