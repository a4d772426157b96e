import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { OperationContext } from '../access/context.js';
import type { ActivationDeps } from './activation.service.js';
import type { LinkRow } from './cross-brand-link.js';
import type { CustomerAnswer } from './customer-answer.js';
import { type PageTrouble, termsJson } from './customer-page.js';
import { serveCustomerPage, termsOf } from './customer-page.service.js';
import { linkOfReceipt, receiptRefusal, withdrawLink } from './link-withdraw.service.js';
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
      refusal: receiptRefusal,
      choiceOf,
      body,
      open: linkOfReceipt,
      act: (context, code, link, choice) => act(context, deps, { code, link, choice }),
    });
  };
}

const body = z.strictObject({
  code: z.string(),
  action: z.enum(['show', 'withdraw']),
  copies: z.enum(['KEEP', 'ERASE_UNTOUCHED']).nullish(),
});

type Choice = Omit<z.infer<typeof body>, 'code'>;

function choiceOf(fields: URLSearchParams): Choice {
  return {
    action: fields.get('action') === 'show' ? 'show' : 'withdraw',
    copies: fields.get('copies') === 'ERASE_UNTOUCHED' ? 'ERASE_UNTOUCHED' : 'KEEP',
  };
}

interface Chosen {
  readonly code: string;
  readonly link: LinkRow;
  readonly choice: Choice;
}

async function act(
  context: OperationContext,
  deps: ActivationDeps,
  { code, link, choice }: Chosen,
): Promise<CustomerAnswer> {
  if (choice.action === 'show') {
    const terms = await termsOf(context, link);
    return { status: 200, html: withdrawalHtml({ kind: 'ASK', terms, code }), json: termsJson(terms) };
  }
  const copies = choice.copies ?? 'KEEP';
  const { withdrawnAt, receipt } = await withdrawLink(context, deps, { link: { receiptToken: code }, copies });
  const jws = receipt?.jws ?? null;
  return {
    status: 200,
    html: withdrawalHtml({ kind: 'DONE', at: withdrawnAt, jws }),
    json: { withdrawnAt, receipt: jws === null ? null : { jws } },
  };
}

function askHtml(code: string, trouble?: PageTrouble): string {
  return withdrawalHtml({ kind: 'ASK', terms: null, code, trouble });
}
