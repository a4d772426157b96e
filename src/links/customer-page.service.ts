import type { FastifyInstance, FastifyReply } from 'fastify';
import type { OperationContext } from '../access/context.js';
import { World } from '../access/world.js';
import { noticeById } from '../consents/notice.service.js';
import { Deadline } from '../kernel/clock.js';
import { AppError, Refusal } from '../kernel/errors.js';
import type { ActivationDeps } from './activation.service.js';
import type { LinkRow } from './cross-brand-link.js';
import { customerPagePolicy, type PageTrouble, type SharingTerms } from './customer-page.js';

/** Time that one look at a page may take. */
const deadlineMs = 10_000;
/** A code and a few choices take about 100 bytes; a code pasted with its whole address a few hundred. */
const bodyBytesMax = 2_048;

/** A page and the status it goes with. */
export interface PageAnswer {
  readonly html: string;
  readonly status: number;
}

/** A page on which a customer who has a code reads and decides. */
export interface CustomerPage<Opened> {
  readonly path: string;
  /** The page that asks for a code: empty at first, with what stood in it when something could not be done just now. */
  readonly ask: (code: string, trouble?: PageTrouble) => string;
  /** The one answer to a code that does not work. */
  readonly refused: (code: string) => string;
  /** What a code opens; null for every code that does not work. Changes nothing. */
  readonly open: (context: OperationContext, code: string) => Promise<Opened | null>;
  /**
   * Shows what was opened when the field `action` says `show`, carries out the customer's choice otherwise.
   * @throws Refusal when the code has ceased to work meanwhile.
   */
  readonly act: (
    context: OperationContext,
    code: string,
    opened: Opened,
    fields: URLSearchParams,
  ) => Promise<PageAnswer>;
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

/**
 * Serves a page that works without scripts: GET asks for the code and changes nothing, whoever asks; POST takes code and
 * choice in the body of a form, so that no URL, log or referrer ever holds the code. There are no cookies to act with, so
 * a form on somebody else's page can do nothing without the code itself.
 */
export async function serveCustomerPage<Opened>(
  app: FastifyInstance,
  deps: ActivationDeps,
  page: CustomerPage<Opened>,
): Promise<void> {
  const { log } = deps.links;
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': customerPagePolicy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  });
  // A form is all that is understood here.
  app.removeAllContentTypeParsers();
  const form = 'application/x-www-form-urlencoded';
  app.addContentTypeParser(form, { parseAs: 'string', bodyLimit: bodyBytesMax }, (_request, body, done) => {
    done(null, new URLSearchParams(body.toString()));
  });
  app.setErrorHandler((error, request, reply) => {
    const { statusCode } = (error ?? {}) as { statusCode?: unknown };
    const isCallersFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
    if (isCallersFault) return send(reply, { html: page.ask('', unreadable), status: statusCode });
    log.error({ request_id: request.id, err: error }, 'A page for customers failed');
    return send(reply, { html: page.ask('', ourFault), status: 500 });
  });
  app.get(page.path, (_request, reply) => send(reply, { html: page.ask(''), status: 200 }));
  app.post(page.path, async (request, reply) => {
    const fields = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    return send(reply, await answer(contextOf(deps, request.id), page, fields));
  });
}

async function answer<Opened>(
  context: OperationContext,
  page: CustomerPage<Opened>,
  fields: URLSearchParams,
): Promise<PageAnswer> {
  const code = codeIn(fields);
  let isActing = false;
  try {
    const opened = await page.open(context, code);
    if (opened === null) return { html: page.refused(code), status: 400 };
    isActing = fields.get('action') !== 'show';
    return await page.act(context, code, opened, fields);
  } catch (error) {
    if (error instanceof Refusal) return { html: page.refused(code), status: 400 };
    if (!(error instanceof AppError) || !error.isRetryable) throw error;
    context.log.warn({ request_id: context.requestId, err: error }, 'A customer could not be answered just now');
    return { html: page.ask(code, isActing && isOutcomeOpen(context, error) ? notKnown : notNow), status: 503 };
  }
}

function send(reply: FastifyReply, { html, status }: PageAnswer): FastifyReply {
  return reply.status(status).type('text/html; charset=utf-8').send(html);
}

/** The code as sent; blanks of a wrapped line, and the address around it when that was pasted too, are left out. */
function codeIn(fields: URLSearchParams): string {
  return (fields.get('code') ?? '').replace(/\s/g, '').replace(/^.*#/, '');
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
