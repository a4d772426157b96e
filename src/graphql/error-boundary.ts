import { GraphQLError } from 'graphql';
import { type ErrorCode, errorCodeEntry, type RequestErrorCode, requestErrorCodes } from '../kernel/error-codes.js';
import { AppError, type ErrorDetails } from '../kernel/errors.js';
import type { RequestTrace } from './request-context.js';

/** Details that may leave the server with an error. */
const shownDetails = ['field', 'brand', 'missingScopes', 'retryAfterSeconds'] as const;
/** Everything a client learns about a fault of ours. */
const internalMessage = 'The server failed; its log has more under the request id';
/** Status of an answer that is nothing but an error which usually stands beside data. */
const aloneStatus: Partial<Record<RequestErrorCode, number>> = {
  BRAND_UNAVAILABLE: 503,
  BRAND_TIMEOUT: 503,
  DEADLINE_EXCEEDED: 503,
  RETRY: 503,
};

/** An error as clients see it, made from the code table alone. */
export interface ShownError {
  readonly code: RequestErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

function isRequestCode(code: ErrorCode): code is RequestErrorCode {
  return Object.hasOwn(requestErrorCodes, code);
}

/** The first error below the wrappers that graphql-js and graphql-jit put around it. */
function rootOf(error: unknown): unknown {
  let at = error;
  for (let i = 0; i < 8; i += 1) {
    const below = at instanceof GraphQLError ? at.originalError : undefined;
    if (below === undefined || below === null) return at;
    at = below;
  }
  return at;
}

/**
 * The one place where errors become what clients see: only codes of the table leave, a known error with its message and
 * the details on the list, every other one as `INTERNAL` and into the log.
 */
export function showError(error: unknown, trace: RequestTrace): ShownError {
  const root = rootOf(error);
  if (root instanceof AppError && isRequestCode(root.code)) {
    trace.codes.add(root.code);
    const details = shownDetails.flatMap((key) => (root.details[key] === undefined ? [] : [[key, root.details[key]]]));
    return { code: root.code, message: root.message, details: Object.fromEntries(details) };
  }
  const argument = root instanceof GraphQLError ? /^Argument "(\w+)" /.exec(root.message)?.[1] : undefined;
  if (argument !== undefined) {
    trace.codes.add('BAD_USER_INPUT');
    const message = `The argument ${argument} was given no value or one of the wrong type`;
    return { code: 'BAD_USER_INPUT', message, details: { field: [argument] } };
  }
  trace.codes.add('INTERNAL');
  trace.log.error({ request_id: trace.requestId, err: root }, 'An operation failed');
  return { code: 'INTERNAL', message: internalMessage, details: {} };
}

/** An error of one field, ready to be sent: path and locations are kept, everything else comes from {@link showError}. */
export function fieldError(error: GraphQLError, trace: RequestTrace): GraphQLError {
  const shown = showError(error, trace);
  const clean = new GraphQLError(shown.message, {
    path: error.path,
    extensions: { code: shown.code, ...shown.details, requestId: trace.requestId },
  });
  if (error.locations !== undefined) Object.assign(clean, { locations: error.locations });
  return clean;
}

/** An error that is the whole answer, with the HTTP status of its code. */
export function requestError(error: unknown, trace: RequestTrace): GraphQLError {
  const { code, message, details } = showError(error, trace);
  const status = aloneStatus[code] ?? errorCodeEntry(code).httpStatus;
  return new GraphQLError(message, {
    extensions: { code, ...details, requestId: trace.requestId, http: { status } },
  });
}
