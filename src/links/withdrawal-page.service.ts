import type { FastifyInstance } from 'fastify';
import type { OperationContext } from '../access/context.js';
import { World } from '../access/world.js';
import { noticeById } from '../consents/notice.service.js';
import { Deadline } from '../kernel/clock.js';
import { AppError, Refusal } from '../kernel/errors.js';
import type { ActivationDeps } from './activation.service.js';
import type { LinkRow } from './cross-brand-link.js';
import { linkOfReceipt, withdrawLink } from './link-withdraw.service.js';
import { type WithdrawalOffer, type WithdrawalPage, withdrawalHtml, withdrawalPolicy } from './withdrawal-page.js';

/** Time that one look at the page may take. */
const deadlineMs = 10_000;
/** A code and two choices take about 100 bytes. */
const bodyBytesMax = 2_048;

const unknownCode = 'This code does not work. Copy it from your receipt, whole and without blanks.';
const notNow = 'That did not work just now. Nothing was changed; please try again in a moment.';

/**
 * The page on which a customer takes consent back, and the public keys of receipts. Looking changes nothing; the code comes
 * in the body of a form, so that no URL, log or referrer ever holds it.
 */
export function withdrawalRoutes(deps: ActivationDeps): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', withdrawalPolicy);
    });
    const form = 'application/x-www-form-urlencoded';
    app.addContentTypeParser(form, { parseAs: 'string', bodyLimit: bodyBytesMax }, (_request, body, done) => {
      done(null, new URLSearchParams(body.toString()));
    });
    app.get('/receipt-keys.json', async () => ({ keys: [deps.signer.publicJwk] }));
    app.get('/withdraw', async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(withdrawalHtml({ kind: 'ASK', offer: null, code: '' })),
    );
    app.post('/withdraw', async (request, reply) => {
      const fields = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const { page, status } = await answer(contextOf(deps, request.id), deps, fields);
      return reply.status(status).type('text/html; charset=utf-8').send(withdrawalHtml(page));
    });
  };
}

function contextOf({ links }: ActivationDeps, requestId: string): OperationContext {
  const { brands, clock, log } = links;
  const deadline = Deadline.after(deadlineMs);
  return { requestId, actor: null, brands, clock, deadline, log, selection: null, world: new World() };
}

interface Answer {
  readonly page: WithdrawalPage;
  readonly status: number;
}

async function answer(context: OperationContext, deps: ActivationDeps, fields: URLSearchParams): Promise<Answer> {
  const code = (fields.get('code') ?? '').trim();
  try {
    if (fields.get('action') === 'show') {
      const link = await linkOfReceipt(context, code);
      return link === null ? refusal(code, unknownCode, 400) : shown(code, await offerOf(context, link));
    }
    const copies = fields.get('copies') === 'ERASE_UNTOUCHED' ? 'ERASE_UNTOUCHED' : 'KEEP';
    const { withdrawnAt, receipt } = await withdrawLink(context, deps, { link: { receiptToken: code }, copies });
    return { page: { kind: 'DONE', at: withdrawnAt, jws: receipt?.jws ?? null }, status: 200 };
  } catch (error) {
    if (error instanceof Refusal) return refusal(code, unknownCode, 400);
    if (!(error instanceof AppError) || error.code === 'INTERNAL') throw error;
    context.log.warn({ request_id: context.requestId, err: error }, 'A withdrawal could not be carried out just now');
    return refusal(code, notNow, 503);
  }
}

function refusal(code: string, trouble: string, status: number): Answer {
  return { page: { kind: 'ASK', offer: null, code, trouble }, status };
}

function shown(code: string, offer: WithdrawalOffer): Answer {
  return { page: { kind: 'ASK', offer, code }, status: 200 };
}

async function offerOf(context: OperationContext, link: LinkRow): Promise<WithdrawalOffer> {
  const notice = await noticeById(context, link.consent.noticeId);
  return {
    fromName: context.brands.get(link.a.brand).brand.name,
    toName: context.brands.get(link.b.brand).brand.name,
    attributes: link.consent.attributes,
    noticeText: notice.text,
    language: notice.language,
  };
}
