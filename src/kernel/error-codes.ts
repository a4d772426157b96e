/** Who can put an error right: whoever called, the operator of the server, a brand's database, or we. */
export type Blame = 'caller' | 'operator' | 'brand' | 'us';

/** What is known about an error code before any error carries it. */
export interface ErrorCodeEntry {
  readonly blame: Blame;
  /** Status for an answer that consists of this error alone; 200 where partial data is usual. */
  readonly httpStatus: number;
  readonly isRetryable: boolean;
  /** One sentence for the documentation. */
  readonly meaning: string;
}

function entry(blame: Blame, httpStatus: number, isRetryable: boolean, meaning: string): ErrorCodeEntry {
  return { blame, httpStatus, isRetryable, meaning };
}

/** Codes that may leave the server in `errors[].extensions.code`; the same list as `RequestErrorCode` in the schema. */
export const requestErrorCodes = {
  UNAUTHENTICATED: entry('caller', 401, false, 'No token, or one that is expired, revoked or of the wrong kind.'),
  FORBIDDEN: entry('caller', 403, false, 'The token lacks a scope that the document needs.'),
  GRAPHQL_PARSE_FAILED: entry('caller', 400, false, 'The document is not GraphQL.'),
  GRAPHQL_VALIDATION_FAILED: entry('caller', 400, false, 'The document does not fit the schema.'),
  BAD_USER_INPUT: entry('caller', 400, false, 'An argument or variable has the wrong form.'),
  CURSOR_INVALID: entry('caller', 200, false, 'A cursor was not issued for this list, filter and order.'),
  LIMIT_EXCEEDED: entry('caller', 400, false, 'The document is too deep, too long, too wide or too costly.'),
  RATE_LIMITED: entry('caller', 429, true, 'Too many operations in a short time.'),
  BRAND_UNAVAILABLE: entry('brand', 200, true, 'The database of a brand cannot be reached.'),
  BRAND_TIMEOUT: entry('brand', 200, true, 'A brand did not answer within its deadline.'),
  DEADLINE_EXCEEDED: entry('us', 200, true, 'The operation as a whole ran out of time.'),
  RETRY: entry('us', 200, true, 'What was read kept changing; nothing was written.'),
  INTERNAL: entry('us', 500, false, 'A fault of ours; the request id finds it in the log.'),
} as const satisfies Record<string, ErrorCodeEntry>;

/** Codes met on the command line and at start, never in an answer to a GraphQL client. */
export const operatorErrorCodes = {
  CONFIG_INVALID: entry('operator', 500, false, 'The configuration file has mistakes; each is listed with its path.'),
  DATA_FOLDER_LOCKED: entry('operator', 500, false, 'Another process owns the data folder.'),
  DATA_FOLDER_FOREIGN: entry(
    'operator',
    500,
    false,
    'The data folder holds something that was not written by this engine.',
  ),
  DATA_FOLDER_UNUSABLE: entry(
    'operator',
    500,
    false,
    'The data folder is damaged, or the system does not let it be used.',
  ),
  RECEIPT_INVALID: entry('caller', 400, false, 'A consent receipt was not signed with these keys, or was changed.'),
  FOLDER_UNUSABLE: entry('caller', 400, false, 'A folder named on the command line is not empty or cannot be made.'),
  DATABASE_UNREACHABLE: entry('operator', 503, true, 'A configured database does not answer.'),
  TRANSACTIONS_UNSUPPORTED: entry(
    'operator',
    500,
    false,
    'A configured MongoDB is a standalone server without transactions.',
  ),
  PORT_IN_USE: entry('operator', 500, false, 'Another process listens on the port.'),
  USAGE: entry('caller', 400, false, 'A command was called with the wrong words.'),
  FILE_UNREADABLE: entry('caller', 400, false, 'A file named on the command line cannot be read.'),
  CSV_INVALID: entry('caller', 400, false, 'A file is not the CSV it was said to be.'),
} as const satisfies Record<string, ErrorCodeEntry>;

/** Codes a GraphQL client may meet. */
export type RequestErrorCode = keyof typeof requestErrorCodes;
/** Codes an operator may meet. */
export type OperatorErrorCode = keyof typeof operatorErrorCodes;
/** Every code an {@link AppError} can carry. */
export type ErrorCode = RequestErrorCode | OperatorErrorCode;

/** The table entry of any code. */
export function errorCodeEntry(code: ErrorCode): ErrorCodeEntry {
  return code in requestErrorCodes
    ? requestErrorCodes[code as RequestErrorCode]
    : operatorErrorCodes[code as OperatorErrorCode];
}
