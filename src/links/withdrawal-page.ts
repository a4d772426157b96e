import { createHash } from 'node:crypto';
import type { ShareableAttribute } from '../brands/brand.js';

/** What the page says of a link to whoever holds its receipt. */
export interface WithdrawalOffer {
  readonly fromName: string;
  readonly toName: string;
  readonly attributes: readonly ShareableAttribute[];
  readonly noticeText: string;
  readonly language: string;
}

/** What the page is to show. */
export type WithdrawalPage =
  | { readonly kind: 'ASK'; readonly offer: WithdrawalOffer | null; readonly code: string; readonly trouble?: string }
  | { readonly kind: 'DONE'; readonly at: Date; readonly jws: string | null };

const attributeNames: Readonly<Record<ShareableAttribute, string>> = {
  TITLE: 'Form of address',
  FIRST_NAME: 'First name',
  LAST_NAME: 'Last name',
  EMAIL: 'E-mail address',
  MOBILE_PHONE: 'Mobile number',
  BIRTH_DATE: 'Date of birth',
  GENDER: 'Gender',
};

const style = `:root{color-scheme:light dark;font-family:system-ui,sans-serif;line-height:1.5}
main{max-width:36rem;margin:8vh auto;padding:0 1.25rem}
h2{font-size:1.1rem}
input[type=text],textarea{box-sizing:border-box;width:100%;font:1rem ui-monospace,monospace;padding:.4rem}
fieldset{margin:1.25rem 0;border:1px solid;border-radius:.4rem}
button{font:inherit;padding:.6rem 1.2rem;border:1px solid;border-radius:.4rem;cursor:pointer;margin:0 .5rem .5rem 0}
.main{border-color:#14532d;background:#14532d;color:#fff}
[role=alert]{border-left:.3rem solid;padding-left:.8rem}`;

/** Takes the code over from the fragment, which browsers send to nobody. Without scripts it is typed or pasted. */
const script = `const code=document.getElementById('code');
if(code&&location.hash.length>1){code.value=location.hash.slice(1);history.replaceState(null,'',location.pathname)}`;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Nothing from elsewhere, nothing in frames, forms to this server alone; the one style and script by their digests. */
export const withdrawalPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}

function offerText({ fromName, toName, attributes, noticeText, language }: WithdrawalOffer): string {
  const items = attributes.map((attribute) => `<li>${escaped(attributeNames[attribute])}</li>`).join('');
  return `<h2>What you agreed to</h2>
<p>${escaped(fromName)} may share with ${escaped(toName)}:</p><ul>${items}</ul>
<blockquote lang="${escaped(language)}">${escaped(noticeText)}</blockquote>`;
}

function askText({ offer, code, trouble }: Extract<WithdrawalPage, { kind: 'ASK' }>): string {
  const alert = trouble === undefined ? '' : `<p role="alert">${escaped(trouble)}</p>`;
  const codeError = trouble === undefined ? '' : ' aria-invalid="true"';
  return `<h1>Take back your consent</h1>${alert}
<p>From that moment the two brands no longer see you as one customer. You keep both accounts and everything in them.</p>
<form method="post" action="/withdraw">
<p><label for="code">Code from your receipt</label>
<input id="code" name="code" type="text" required maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" value="${escaped(code)}"${codeError}></p>
${offer === null ? '' : offerText(offer)}
<fieldset><legend>Details that were passed on</legend>
<p><label><input type="radio" name="copies" value="KEEP" checked> may stay in my account there</label></p>
<p><label><input type="radio" name="copies" value="ERASE_UNTOUCHED"> are erased there, unless they were changed since</label></p>
</fieldset>
<p><button class="main" name="action" value="withdraw">Take back my consent</button>
<button name="action" value="show">Show what I agreed to</button></p>
</form>`;
}

function doneText({ at, jws }: Extract<WithdrawalPage, { kind: 'DONE' }>): string {
  const receipt =
    jws === null
      ? ''
      : `<h2><label for="receipt">Your receipt</label></h2><p>A signed record of what you have done. Keep it.</p>
<textarea id="receipt" readonly rows="6">${escaped(jws)}</textarea>`;
  const time = at.toISOString();
  return `<h1>Your consent is taken back</h1>
<p role="status">It has not applied since <time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time>.</p>${receipt}`;
}

/** The page as HTML: readable, usable by keyboard and without scripts. Whatever is not ours is escaped. */
export function withdrawalHtml(page: WithdrawalPage): string {
  const body = page.kind === 'ASK' ? askText(page) : doneText(page);
  const title = page.kind === 'ASK' ? 'Take back your consent' : 'Your consent is taken back';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex"><title>${title}</title>
<style>${style}</style></head>
<body><main>${body}</main><script>${script}</script></body></html>
`;
}
