import { AppError } from '../kernel/errors.js';

/** Server codes that mean: out of time. 50 MaxTimeMSExpired, 262 ExceededTimeLimit. */
const timeoutCodes = new Set([50, 262]);
/** Errors of the driver that mean: no server could be asked. */
const unreachableNames = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongooseServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'PoolClearedOnNetworkError',
  'MongoPoolClearedOnNetworkError',
  'DisconnectedError',
]);
/** Codes of the system on a socket that broke: the driver hands some on as they are, or inside a failed bulk write. */
const brokenSocketCodes = new Set<unknown>([
  'EPIPE',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ERR_STREAM_DESTROYED',
]);
const timeoutNames = new Set(['MongoWaitQueueTimeoutError', 'MongoOperationTimeoutError', 'WaitQueueTimeoutError']);

/** Whether an error is a duplicate `_id`. As no other unique index exists, it always means: this row is there already. */
export function isDuplicateKey(error: unknown): boolean {
  return codeOf(error) === 11000;
}

/** Position of the first duplicate in the list of rows that was inserted, or null when the error does not say. */
export function duplicateIndex(error: unknown): number | null {
  const errors = (error as { writeErrors?: unknown }).writeErrors;
  const first = Array.isArray(errors) ? errors[0] : errors;
  const index = (first as { index?: unknown } | undefined)?.index;
  return typeof index === 'number' ? index : null;
}

/** Whether the database undid a transaction because another one was in its way. */
export function isTransient(error: unknown): boolean {
  const labelled = error as { hasErrorLabel?: (label: string) => boolean };
  return typeof labelled?.hasErrorLabel === 'function' && labelled.hasErrorLabel('TransientTransactionError');
}

function codeOf(error: unknown): unknown {
  return error !== null && typeof error === 'object' && 'code' in error ? error.code : undefined;
}

/**
 * Turns a failure of a brand's database into `BRAND_TIMEOUT`, `BRAND_UNAVAILABLE` or `RETRY`; gives every other error
 * back as it is. The brand is named in `details.brand`, values never are.
 */
export function brandError(error: unknown, brand: string): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const options = { details: { brand }, cause: error };
  // The driver wraps whatever ends a bulk insert early, with or without a code; what was wrapped says what it was.
  const { errorResponse } = error as { errorResponse?: unknown };
  const name = errorResponse instanceof Error ? errorResponse.name : error.name;
  if (timeoutNames.has(name) || timeoutCodes.has(codeOf(error) as number)) {
    return new AppError('BRAND_TIMEOUT', `The brand ${brand} did not answer in time`, options);
  }
  if (unreachableNames.has(name) || brokenSocketCodes.has(codeOf(error))) {
    return new AppError('BRAND_UNAVAILABLE', `The database of the brand ${brand} cannot be reached`, options);
  }
  if (isTransient(error)) {
    return new AppError('RETRY', 'Other writes kept getting in the way; nothing was written, send it again', options);
  }
  return error;
}
