import { createHash } from 'node:crypto';
import type { ShareableAttribute } from '../brands/brand.js';

/** What a customer is told of a link's consent: who shares what with whom, in the words of its notice. */
export interface SharingTerms {
  readonly fromName: string;
  readonly toName: string;
  readonly attributes: readonly ShareableAttribute[];
  readonly noticeText: string;
  /** BCP 47 tag of the notice. */
  readonly language: string;
}

/** Why a page asks again: a few words for the window's title, and what to do. */
export interface PageTrouble {
  readonly title: string;
  readonly text: string;
  /** Whether another code would help. */
  readonly isCodeWrong: boolean;
}

/** A page before it has its frame. */
export interface PageParts {
  readonly heading: string;
  /** HTML below the heading. */
  readonly body: string;
  /** BCP 47 tag of our words; English without one. */
  readonly language?: string | undefined;
  /** Takes heading's place in the title, and the focus. */
  readonly trouble?: PageTrouble | undefined;
  /** Whether the page answers a press of a button, so that whoever cannot see it has to be told where it begins. */
  readonly isAnswer: boolean;
}

const attributeNames: Readonly<Record<ShareableAttribute, string>> = {
  TITLE: 'Form of address',
  FIRST_NAME: 'First name',
  LAST_NAME: 'Last name',
  EMAIL: 'E-mail address',
  MOBILE_PHONE: 'Mobile number',
  BIRTH_DATE: 'Date of birth',
  GENDER: 'Gender',
};

/** Every pair of colours below has a contrast of 4.5 or more, in the light and in the dark. */
const style = `:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--line:#6b6b6b;--main:#14532d;--on-main:#fff;--link:#0b4f94}
@media (prefers-color-scheme:dark){:root{--ink:#eee;--paper:#161616;--line:#9a9a9a;--main:#86efac;--on-main:#052e16;--link:#9cc8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:36rem;margin:0 auto;padding:clamp(1rem,6vh,4rem) 1.25rem}
h1{font-size:1.6rem;line-height:1.25}
h2{font-size:1.15rem;margin-top:2rem}
a{color:var(--link)}
label{font-weight:600}
input[type=text],textarea,select{width:100%;padding:.5rem;border:1px solid var(--line);border-radius:.4rem;background:var(--paper);color:var(--ink);font:inherit}
input[type=text],textarea{font-family:ui-monospace,monospace}
fieldset{margin:1.25rem 0;border:1px solid var(--line);border-radius:.4rem;min-width:0}
fieldset label{font-weight:400}
blockquote{margin:1rem 0;padding-left:.8rem;border-left:.2rem solid var(--line)}
button{min-height:2.75rem;margin:0 .5rem .5rem 0;padding:.5rem 1.2rem;border:1px solid var(--line);border-radius:.4rem;background:var(--paper);color:var(--ink);font:inherit;cursor:pointer}
.main{border-color:var(--main);background:var(--main);color:var(--on-main)}
[role=alert]{padding-left:.8rem;border-left:.3rem solid}
:focus-visible{outline:.2rem solid var(--link);outline-offset:.2rem}`;

/**
 * Takes the code over from the fragment, which browsers send to nobody, and opens what it opens where looking changes
 * nothing. Without scripts it is typed or pasted.
 */
const script = `const field=document.getElementById('code');
function take(){const code=location.hash.slice(1);if(!field||!code)return;field.value=code;
history.replaceState(null,'',location.pathname);if('opens' in field.form.dataset)field.form.requestSubmit()}
take();addEventListener('hashchange',take)`;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Nothing from elsewhere, nothing in frames, forms to this server alone; the one style and script by their digests. */
export const customerPagePolicy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Text as it may stand in HTML, between tags or in quotes. */
export function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}

/** What is shared, as a list, and the words of the notice in their own language. */
export function termsHtml({ fromName, toName, attributes, noticeText, language }: SharingTerms): string {
  const items = attributes.map((attribute) => `<li>${escaped(attributeNames[attribute])}</li>`).join('');
  return `<p>${escaped(fromName)} may share with ${escaped(toName)}:</p><ul>${items}</ul>
<blockquote lang="${escaped(language)}">${escaped(noticeText)}</blockquote>`;
}

/** The same for programs. */
export function termsJson({ fromName, toName, attributes, noticeText, language }: SharingTerms): object {
  return {
    fromBrandName: fromName,
    toBrandName: toName,
    attributes,
    notice: { text: noticeText, language },
  };
}

/** The field for a code, with its label; the script fills it from the address. */
export function codeField(label: string, code: string, trouble?: PageTrouble): string {
  const fault = trouble?.isCodeWrong === true ? ' aria-invalid="true" aria-describedby="trouble"' : '';
  return `<p><label for="code">${escaped(label)}</label>
<input id="code" name="code" type="text" required maxlength="300" autocomplete="off" autocapitalize="off" spellcheck="false" value="${escaped(code)}"${fault}></p>`;
}

/** A signed receipt to copy or to keep as a file; nothing when there is none. */
export function receiptHtml(jws: string | null): string {
  if (jws === null) return '';
  const text = escaped(jws);
  return `<h2>Your receipt</h2>
<p><label for="receipt">A signed record of what you have done. Keep it.</label>
<textarea id="receipt" readonly rows="6">${text}</textarea></p>
<p><a download="receipt.jws" href="data:application/jose,${text}">Save the receipt as a file</a></p>`;
}

/** The page as HTML: readable, usable by keyboard and without scripts. `body` is taken as it is. */
export function pageHtml({ heading, body, language, trouble, isAnswer }: PageParts): string {
  const focus = ' tabindex="-1" autofocus';
  const alert =
    trouble === undefined ? '' : `<p id="trouble" role="alert"${isAnswer ? focus : ''}>${escaped(trouble.text)}</p>`;
  const headingFocus = isAnswer && trouble === undefined ? focus : '';
  return `<!doctype html>
<html lang="${escaped(language ?? 'en')}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex"><title>${escaped(trouble?.title ?? heading)}</title>
<style>${style}</style></head>
<body><main><h1${headingFocus}>${escaped(heading)}</h1>${alert}
${body}</main><script>${script}</script></body></html>
`;
}
