import type { Document } from 'bson';
import { type MatchContext, mismatch } from './match-result.js';
import type { ExpectedError } from './unified-format.js';

/** An error as the driver throws it. */
export interface DriverError extends Error {
  code?: unknown;
  codeName?: string;
  errorResponse?: Document;
  errorLabels?: string[];
  result?: unknown;
  writeErrors?: unknown;
  hasErrorLabel?(label: string): boolean;
}

/** The code the server has answered with; undefined for an error of the driver itself. */
export function serverCode(error: DriverError): number | undefined {
  const response = error.errorResponse?.['code'] ?? error.code;
  return typeof response === 'number' && isFromServer(error) ? response : undefined;
}

function isFromServer(error: DriverError): boolean {
  return ['MongoServerError', 'MongoBulkWriteError', 'MongoWriteConcernError'].includes(error.constructor.name);
}

const CLIENT_ERRORS = /Timeout|Network|Parse|Driver|Invalid|API|Transaction|Session|Missing|Compatib|BulkWriteError/;

function isClientError(error: DriverError): boolean {
  return serverCode(error) === undefined && (CLIENT_ERRORS.test(error.constructor.name) || error instanceof TypeError);
}

/** Why an error is not the expected one; undefined when it is. */
export function errorMismatch(expected: ExpectedError, error: DriverError, context: MatchContext): string | undefined {
  const text = `${error.constructor.name} ${serverCode(error) ?? ''} ${error.message}`;
  if (expected.isClientError === true && !isClientError(error)) return `wanted an error of the driver, got ${text}`;
  if (expected.isClientError === false && isClientError(error)) return `wanted an error of the server, got ${text}`;
  if (expected.errorCode !== undefined && serverCode(error) !== expected.errorCode) {
    return `wanted the code ${expected.errorCode}, got ${text}`;
  }
  const codeName = error.errorResponse?.['codeName'] ?? error.codeName;
  if (expected.errorCodeName !== undefined && codeName !== expected.errorCodeName) {
    return `wanted the code name ${expected.errorCodeName}, got ${codeName}: ${text}`;
  }
  const wantedText = expected.errorContains?.toLowerCase();
  if (wantedText !== undefined && !error.message.toLowerCase().includes(wantedText)) {
    return `wanted a message with "${expected.errorContains}", got ${text}`;
  }
  return labelMismatch(expected, error) ?? contentMismatch(expected, error, context);
}

function labelMismatch(expected: ExpectedError, error: DriverError): string | undefined {
  const has = (label: string): boolean => error.hasErrorLabel?.(label) ?? false;
  const missing = expected.errorLabelsContain?.find((label) => !has(label));
  if (missing) return `wanted the label ${missing}, got ${error.errorLabels?.join()} on: ${error.message}`;
  const extra = expected.errorLabelsOmit?.find(has);
  return extra && `did not want the label ${extra} on: ${error.message}`;
}

function contentMismatch(expected: ExpectedError, error: DriverError, context: MatchContext): string | undefined {
  if (expected.errorResponse) {
    const found = mismatch(expected.errorResponse, error.errorResponse, context);
    if (found) return `error response: ${found}`;
  }
  if (expected.expectResult !== undefined) {
    const found = mismatch(expected.expectResult, error.result, context);
    if (found) return `partial result: ${found}`;
  }
  return undefined;
}
