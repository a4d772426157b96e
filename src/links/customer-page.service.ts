import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { OperationContext } from '../access/context.js';
import { World } from '../access/world.js';
import { noticeById } from '../consents/notice.service.js';
import { Deadline } from '../kernel/clock.js';
import { AppError, Refusal } from '../kernel/errors.js';
import type { ActivationDeps } from './activation.service.js';
import type { LinkRow } from './cross-brand-link.js';
import { type CustomerAnswer, problem } from './customer-answer.js';
import { customerPagePolicy, type PageTrouble, type SharingTerms } from './customer-page.js';

/** Time that one look at a page may take. */
const deadlineMs = 10_000;
/** A code and a few choices take about 100 bytes; a code pasted with its whole address a few hundred. */
const bodyBytesMax = 2_048;

interface AnyChoice {
  readonly action: string;
}

/** A page on which a customer who has a code reads and decides. */
export interface CustomerPage<Opened, Choice extends AnyChoice> {
  readonly path: string;
  /** The page that asks for a code: empty at first, with what stood in it when something could not be done just now. */
  readonly ask: (code: string, trouble?: PageTrouble) => string;
  /** The one page for a code that does not work. */
  readonly refused: (code: string) => string;
  /** What is wrong with a code that does not work, for programs. */
  readonly refusal: string;
  /** What a form chooses; the action `show` only looks. */
  readonly choiceOf: (fields: URLSearchParams) => Choice;
  /** What a program sends: the code and a choice. */
  readonly body: z.ZodType<Choice & { readonly code: string }>;
  /** What a code opens; null for every code that does not work. Changes nothing. */
  readonly open: (context: OperationContext, code: string) => Promise<Opened | null>;
  /**
   * Shows what was opened when the action is `show`, carries out the customer's choice otherwise.
   * @throws Refusal when the code has ceased to work meanwhile.
   */
  readonly act: (context: OperationContext, code: string, opened: Opened, choice: Choice) => Promise<CustomerAnswer>;
}

function trouble(title: string, text: string): PageTrouble {
  return { title, text, isCodeWrong: false };
}

const notNow = trouble(
  'Not possible just now',
  'That did not work just now. Nothing was changed; please try again in a moment.',
);
const notKnown = trouble(
  'Not answered in time',
  'That took too long, and whether it was done is not known yet. Please try again in a moment: nothing is done twice.',
);
const unreadable = trouble(
  'Not understood',
  'What was sent is not what this page sends. Nothing was changed; please open the address again.',
);
const ourFault = trouble(
  'Something went wrong',
  'Something went wrong on our side, and whether it was done is not known. Please open the address again later.',
);

/** What somebody sent: a code and a choice, or what was wrong with it. */
type Sent<Choice> =
  | { readonly code: string; readonly choice: Choice }
  | { readonly field: string | undefined; readonly mistake: string };

/**
 * Serves a page that works without scripts: GET asks for the code and changes nothing, whoever asks; POST takes code and
 * choice in its body, so that no URL, log or referrer ever holds the code, as a form or as JSON, and answers in kind.
 * There are no cookies to act with, so a form on somebody else's page can do nothing without the code itself.
 */
export async function serveCustomerPage<Opened, Choice extends AnyChoice>(
  app: FastifyInstance,
  deps: ActivationDeps,
  page: CustomerPage<Opened, Choice>,
): Promise<void> {
  const { log } = deps.links;
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': customerPagePolicy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  });
  app.removeAllContentTypeParsers();
  const parsing = { parseAs: 'string', bodyLimit: bodyBytesMax } as const;
  for (const type of ['application/x-www-form-urlencoded', jsonType]) {
    app.addContentTypeParser(type, parsing, (_request, body, done) => done(null, body));
  }
  app.setErrorHandler((error, request, reply) => {
    const { statusCode } = (error ?? {}) as { statusCode?: unknown };
    const isCallersFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
    if (isCallersFault) return send(request, reply, misread(page, statusCode, unreadable.text));
    log.error({ request_id: request.id, err: error }, 'A page for customers failed');
    return send(request, reply, troubled(page, 500, { code: 'INTERNAL', trouble: ourFault }));
  });
  app.get(page.path, (_request, reply) => sendHtml(reply, 200, page.ask('')));
  app.post(page.path, async (request, reply) => {
    const body = typeof request.body === 'string' ? request.body : '';
    const sent = isJson(request) ? readJson(page, body) : readForm(page, body);
    if ('mistake' in sent) return send(request, reply, misread(page, 400, sent.mistake, sent.field));
    return send(request, reply, await answer(contextOf(deps, request.id), page, sent));
  });
}

const jsonType = 'application/json';

function isJson({ headers }: FastifyRequest): boolean {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === jsonType;
}

function readForm<Opened, Choice extends AnyChoice>(page: CustomerPage<Opened, Choice>, body: string): Sent<Choice> {
  const fields = new URLSearchParams(body);
  return { code: bareCode(fields.get('code') ?? ''), choice: page.choiceOf(fields) };
}

/** A program says what it means: unlike a form it gets nothing filled in, and is told what is wrong by name. */
function readJson<Opened, Choice extends AnyChoice>(page: CustomerPage<Opened, Choice>, body: string): Sent<Choice> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { field: undefined, mistake: 'The body is not valid JSON; an object with code and action was expected' };
  }
  const parsed = page.body.safeParse(value);
  if (parsed.success) return { code: bareCode(parsed.data.code), choice: parsed.data };
  const [issue] = parsed.error.issues;
  return { field: issue?.path.join('.') || undefined, mistake: issue?.message ?? unreadable.text };
}

type AnyPage = Pick<CustomerPage<never, never>, 'ask' | 'refused' | 'refusal'>;

function misread(page: AnyPage, status: number, detail: string, field?: string): CustomerAnswer {
  return { status, html: page.ask('', unreadable), json: problem(status, 'BAD_USER_INPUT', detail, field) };
}

function troubled(
  page: AnyPage,
  status: number,
  { code, trouble, sent = '' }: { readonly code: string; readonly trouble: PageTrouble; readonly sent?: string },
): CustomerAnswer {
  return { status, html: page.ask(sent, trouble), json: problem(status, code, trouble.text) };
}

function refused(page: AnyPage, code: string): CustomerAnswer {
  return { status: 400, html: page.refused(code), json: problem(400, 'TOKEN_INVALID', page.refusal, 'code') };
}

async function answer<Opened, Choice extends AnyChoice>(
  context: OperationContext,
  page: CustomerPage<Opened, Choice>,
  { code, choice }: { readonly code: string; readonly choice: Choice },
): Promise<CustomerAnswer> {
  let isActing = false;
  try {
    const opened = await page.open(context, code);
    if (opened === null) return refused(page, code);
    isActing = choice.action !== 'show';
    return await page.act(context, code, opened, choice);
  } catch (error) {
    if (error instanceof Refusal) return refused(page, code);
    if (!(error instanceof AppError) || !error.isRetryable) throw error;
    context.log.warn({ request_id: context.requestId, err: error }, 'A customer could not be answered just now');
    const trouble = isActing && isOutcomeOpen(context, error) ? notKnown : notNow;
    return troubled(page, 503, { code: error.code, trouble, sent: code });
  }
}

function send(request: FastifyRequest, reply: FastifyReply, { status, html, json }: CustomerAnswer): FastifyReply {
  if (!isJson(request)) return sendHtml(reply, status, html);
  const type = status < 400 ? jsonType : 'application/problem+json';
  return reply
    .status(status)
    .type(`${type}; charset=utf-8`)
    .send(`${JSON.stringify(json)}\n`);
}

function sendHtml(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.status(status).type('text/html; charset=utf-8').send(html);
}

/** The code as sent; blanks of a wrapped line, and the address around it when that was pasted too, are left out. */
function bareCode(sent: string): string {
  return sent.replace(/\s/g, '').replace(/^.*#/, '');
}

/** One write in the registry decides: unless it failed for sure or was not reached, it may have happened. */
function isOutcomeOpen({ brands }: OperationContext, { code, details }: AppError): boolean {
  return code !== 'RETRY' && (details['brand'] === undefined || details['brand'] === brands.registry.owner);
}

function contextOf({ links }: ActivationDeps, requestId: string): OperationContext {
  const { brands, clock, log } = links;
  const deadline = Deadline.after(deadlineMs);
  return { requestId, actor: null, brands, clock, deadline, log, selection: null, world: new World() };
}

/** What the customer of a link has agreed to, or is asked to. */
export async function termsOf(context: OperationContext, link: LinkRow): Promise<SharingTerms> {
  const notice = await noticeById(context, link.consent.noticeId);
  return {
    fromName: context.brands.get(link.a.brand).brand.name,
    toName: context.brands.get(link.b.brand).brand.name,
    attributes: link.consent.attributes,
    noticeText: notice.text,
    language: notice.language,
  };
}
