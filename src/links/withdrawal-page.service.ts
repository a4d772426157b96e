import type { FastifyInstance } from 'fastify';
import type { OperationContext } from '../access/context.js';
import type { ActivationDeps } from './activation.service.js';
import type { LinkRow } from './cross-brand-link.js';
import type { PageTrouble } from './customer-page.js';
import { type PageAnswer, serveCustomerPage, termsOf } from './customer-page.service.js';
import { linkOfReceipt, withdrawLink } from './link-withdraw.service.js';
import { withdrawalHtml, withdrawalPath } from './withdrawal-page.js';

const unknownCode: PageTrouble = {
  title: 'This code does not work',
  text: 'This code does not work. Copy it from your receipt, whole.',
  isCodeWrong: true,
};

/** The page on which a customer takes consent back, and the public keys of receipts. */
export function withdrawalRoutes(deps: ActivationDeps): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.get('/receipt-keys.json', async () => ({ keys: [deps.signer.publicJwk] }));
    await serveCustomerPage(app, deps, {
      path: withdrawalPath,
      ask: askHtml,
      refused: (code) => askHtml(code, unknownCode),
      open: linkOfReceipt,
      act: (context, code, link, fields) => act(context, deps, { code, link, fields }),
    });
  };
}

interface Choice {
  readonly code: string;
  readonly link: LinkRow;
  readonly fields: URLSearchParams;
}

async function act(
  context: OperationContext,
  deps: ActivationDeps,
  { code, link, fields }: Choice,
): Promise<PageAnswer> {
  if (fields.get('action') === 'show') {
    return { html: withdrawalHtml({ kind: 'ASK', terms: await termsOf(context, link), code }), status: 200 };
  }
  const copies = fields.get('copies') === 'ERASE_UNTOUCHED' ? 'ERASE_UNTOUCHED' : 'KEEP';
  const { withdrawnAt, receipt } = await withdrawLink(context, deps, { link: { receiptToken: code }, copies });
  return { html: withdrawalHtml({ kind: 'DONE', at: withdrawnAt, jws: receipt?.jws ?? null }), status: 200 };
}

function askHtml(code: string, trouble?: PageTrouble): string {
  return withdrawalHtml({ kind: 'ASK', terms: null, code, trouble });
}
