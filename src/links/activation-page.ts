import {
  codeField,
  escaped,
  type PageTrouble,
  pageHtml,
  receiptHtml,
  type SharingTerms,
  termsHtml,
} from './customer-page.js';

/** What the page says of an invitation to whoever holds its code. */
export interface ActivationOffer extends SharingTerms {
  readonly welcomeReward: string | null;
  readonly activateBy: Date;
  /** IANA name of the asking brand's time zone: the one in which its customers read times. */
  readonly timeZone: string;
}

/** Where activation messages lead. */
export const activationPath = '/activate';

/** Days for which a customer can choose to be left alone, with the words for them; the first is what is meant without a choice. */
const quietChoices: readonly (readonly [days: number, words: string])[] = [
  [365, 'One year'],
  [30, 'One month'],
  [90, 'Three months'],
  [3_650, 'Ten years'],
];

/** The days chosen; null when none of those that are offered. */
export function quietDaysIn(fields: URLSearchParams): number | null {
  return quietChoices.find(([days]) => String(days) === fields.get('quietDays'))?.[0] ?? null;
}

/** Our words are English: the notice's own kind of it where it is English too, so that dates look familiar. */
function languageOf({ language }: SharingTerms): string {
  return /^en(-[a-z]{2})?$/i.test(language) ? language : 'en';
}

function timeHtml(at: Date, offer: ActivationOffer): string {
  const words = new Intl.DateTimeFormat(languageOf(offer), {
    timeZone: offer.timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);
  return `<time datetime="${at.toISOString()}">${escaped(words)}</time>`;
}

/** Asks for the code. A browser with scripts sends the one in the address by itself, for looking changes nothing. */
export function askPage(code: string, trouble?: PageTrouble): string {
  const body = `<p>Your code stands in the message that brought you here. With it you see what would be shared; nothing is opened before you say so.</p>
<form method="post" action="${activationPath}" data-opens>
<input type="hidden" name="action" value="show">
${codeField('Code from your message', code, trouble)}
<p><button class="main">Show the invitation</button></p>
</form>`;
  return pageHtml({ heading: 'Open your invitation', body, trouble, isAnswer: trouble !== undefined });
}

/**
 * The one answer to every code that does not work, be it mistyped, used, replaced, ended or made up. What was sent is
 * not repeated, so the answers are alike to the byte.
 */
export function refusedPage(): string {
  const text =
    'This code does not work. It may be mistyped, used already, or have ended; a newer message replaces the one before. Nothing was changed.';
  return askPage('', { title: 'This code does not work', text, isCodeWrong: true });
}

function choiceForm(action: 'accept' | 'decline', code: string, content: string): string {
  return `<form method="post" action="${activationPath}">
<input type="hidden" name="code" value="${escaped(code)}"><input type="hidden" name="action" value="${action}">
${content}
</form>`;
}

/** What the customer is asked to agree to. Each answer is a form of its own, so that no key sends the wrong one. */
export function offerPage(offer: ActivationOffer, code: string): string {
  const to = escaped(offer.toName);
  const reward = offer.welcomeReward === null ? '' : `<h2>What awaits you</h2><p>${escaped(offer.welcomeReward)}</p>`;
  const options = quietChoices.map(([days, words]) => `<option value="${days}">${escaped(words)}</option>`).join('');
  const body = `<h2>What would be shared</h2>
${termsHtml(offer)}${reward}
<h2>Your answer</h2>
<p>The invitation is open until ${timeHtml(offer.activateBy, offer)}. If you do nothing, it ends by itself and nothing is opened.</p>
${choiceForm('accept', code, `<p><button class="main">Yes, open my membership at ${to}</button></p>`)}
${choiceForm(
  'decline',
  code,
  `<p><label for="quiet-days">If not, do not ask me again for</label>
<select id="quiet-days" name="quietDays">${options}</select></p>
<p><button>No, thank you</button></p>`,
)}`;
  const heading = `${offer.fromName} invites you to ${offer.toName}`;
  return pageHtml({ heading, body, language: languageOf(offer), isAnswer: true });
}

/** What the customer gets for saying yes. */
export function acceptedPage(
  offer: ActivationOffer,
  got: { readonly jws: string; readonly withdrawalUrl: string | null; readonly portalUrl: string | null },
): string {
  const link = (url: string, words: string) =>
    `<p><a href="${escaped(url)}" rel="noreferrer">${escaped(words)}</a></p>`;
  const next = got.portalUrl === null ? '' : link(got.portalUrl, `Go to your account at ${offer.toName}`);
  const back =
    got.withdrawalUrl === null
      ? ''
      : `<h2>If you change your mind</h2>
<p>Keep this address: with it you take your consent back at any time, without signing in. Whoever has it can do so.</p>
${link(got.withdrawalUrl, got.withdrawalUrl)}`;
  const body = `<p>You have accepted. ${escaped(offer.fromName)} and ${escaped(offer.toName)} know you as one customer now.</p>
${next}${receiptHtml(got.jws)}${back}`;
  return pageHtml({ heading: 'Your membership is open', body, language: languageOf(offer), isAnswer: true });
}

/** Confirms a no. */
export function declinedPage(offer: ActivationOffer, quietUntil: Date): string {
  const body = `<p>${escaped(offer.toName)} got nothing from this. ${escaped(offer.fromName)} will not ask you again before ${timeHtml(quietUntil, offer)}.</p>`;
  return pageHtml({
    heading: 'You have said no, and nothing was opened',
    body,
    language: languageOf(offer),
    isAnswer: true,
  });
}

/** Tells the holder of a working code that there is nothing left to open. */
export function alreadyLinkedPage(offer: ActivationOffer): string {
  const body = `<p>${escaped(offer.fromName)} and ${escaped(offer.toName)} are linked for you already. Nothing was changed.</p>`;
  return pageHtml({ heading: 'You are linked already', body, language: languageOf(offer), isAnswer: true });
}
