import { codeField, type PageTrouble, pageHtml, receiptHtml, type SharingTerms, termsHtml } from './customer-page.js';

/** What the page is to show. */
export type WithdrawalPage =
  | { readonly kind: 'ASK'; readonly terms: SharingTerms | null; readonly code: string; readonly trouble?: PageTrouble }
  | { readonly kind: 'DONE'; readonly at: Date; readonly jws: string | null };

/** Where receipts lead. */
export const withdrawalPath = '/withdraw';

const title = 'Take back your consent';

function askHtml({ terms, code, trouble }: Extract<WithdrawalPage, { kind: 'ASK' }>): string {
  const shown = terms === null ? '' : `${termsHtml(terms)}\n<h2>${title}</h2>\n`;
  const body = `${shown}<p>From the moment you take it back the two brands no longer see you as one customer. You keep both accounts and everything in them.</p>
<form method="post" action="${withdrawalPath}">
${codeField('Code from your receipt', code, trouble)}
<fieldset><legend>Details that were passed on</legend>
<p><label><input type="radio" name="copies" value="KEEP" checked> may stay in my account there</label></p>
<p><label><input type="radio" name="copies" value="ERASE_UNTOUCHED"> are erased there, unless they were changed since</label></p>
</fieldset>
<p><button class="main" name="action" value="withdraw">Take back my consent</button>
<button name="action" value="show">Show what I agreed to</button></p>
</form>`;
  const heading = terms === null ? title : 'What you agreed to';
  return pageHtml({ heading, body, trouble, isAnswer: terms !== null || trouble !== undefined });
}

function doneHtml({ at, jws }: Extract<WithdrawalPage, { kind: 'DONE' }>): string {
  const time = at.toISOString();
  const words = `${time.slice(0, 16).replace('T', ' ')} UTC`;
  const body = `<p>It has not applied since <time datetime="${time}">${words}</time>.</p>${receiptHtml(jws)}`;
  return pageHtml({ heading: 'Your consent is taken back', body, isAnswer: true });
}

/** The page on which a customer takes consent back, as HTML. */
export function withdrawalHtml(page: WithdrawalPage): string {
  return page.kind === 'ASK' ? askHtml(page) : doneHtml(page);
}
