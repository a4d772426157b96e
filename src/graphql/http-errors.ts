import type { FastifyReply } from 'fastify';
import type { RequestErrorCode } from '../kernel/error-codes.js';
import { showError } from './error-boundary.js';
import type { RequestTrace } from './request-context.js';

interface HttpRefusal {
  readonly status: number;
  readonly code: RequestErrorCode;
  readonly message: string;
}

/** What fastify's own refusals are called here. Their messages are ours: the parser's would quote the body. */
const refusals: Readonly<Record<string, HttpRefusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'LIMIT_EXCEEDED',
    message: 'The body is too long; send less at once',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'BAD_USER_INPUT',
    message: 'A body of content-type application/json was expected',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    status: 400,
    code: 'BAD_USER_INPUT',
    message: 'A JSON body was expected; it is empty',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'BAD_USER_INPUT', message: 'The body is not valid JSON' },
};

const malformed: HttpRefusal = { status: 400, code: 'BAD_USER_INPUT', message: 'The request cannot be read' };

/** Answers what went wrong outside GraphQL with the same shape as inside it: JSON, a code, the request id. */
export function sendHttpError(error: unknown, reply: FastifyReply, trace: RequestTrace): FastifyReply {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? refusals[code] : undefined;
  const isCallersFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  if (known !== undefined || isCallersFault) return sendError(reply, known ?? malformed, trace);
  const shown = showError(error, trace);
  return sendError(reply, { status: 500, code: shown.code, message: shown.message }, trace);
}

/** Answers a path that leads nowhere, without repeating it. */
export function sendNotFound(reply: FastifyReply, trace: RequestTrace): FastifyReply {
  const message = 'There is nothing at this path; GraphQL is at /graphql';
  return sendError(reply, { status: 404, code: 'BAD_USER_INPUT', message }, trace);
}

function sendError(reply: FastifyReply, refusal: HttpRefusal, trace: RequestTrace): FastifyReply {
  trace.codes.add(refusal.code);
  const extensions = { code: refusal.code, requestId: trace.requestId };
  return reply
    .status(refusal.status)
    .type('application/json; charset=utf-8')
    .send(`${JSON.stringify({ errors: [{ message: refusal.message, extensions }] })}\n`);
}
