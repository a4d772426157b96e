import type { Brand } from '../brands/brand.js';
import { type MessagePurpose, renderTemplate, type TemplateScope } from '../brands/message-template.js';
import type { OwnTemplates } from '../brands/messages-config.js';
import type { MessageContent } from '../messages/message.js';
import type { LinkRow, MessageChannel } from './cross-brand-link.js';

/** Words for brands that have none of their own. The code stands in the text for who cannot follow the address. */
const builtIn = {
  activation: {
    email: {
      subject: '{{ fromBrandName }} invites you to {{ toBrandName }}',
      text: [
        'You told {{ fromBrandName }} that {{ toBrandName }} may welcome you as a member.',
        'Nothing is opened before you confirm it yourself:',
        '',
        '{{ url }}',
        '{% if welcomeReward %}',
        'What awaits you: {{ welcomeReward }}',
        '{% endif %}',
        'Your code: {{ code }}',
        'It works once, until {{ activateBy }}.',
        'If this was not you, do nothing: the invitation ends by itself.',
      ].join('\n'),
    },
    sms: {
      text: [
        '{{ fromBrandName }} invites you to {{ toBrandName }}. To confirm, until {{ activateBy }}:',
        '{{ url }}',
        'Not you? Do nothing.',
      ].join('\n'),
    },
  },
  confirmation: {
    email: {
      subject: 'You are a member of {{ toBrandName }} now',
      text: [
        'You have accepted: {{ fromBrandName }} and {{ toBrandName }} know you as one customer now.',
        '{% if portalUrl %}',
        'Your account: {{ portalUrl }}',
        '{% endif %}',
        'Keep this message. Here you take your consent back at any time, without signing in:',
        '',
        '{{ url }}',
        '',
        'Your code: {{ code }}',
        'Whoever has this address can do so; do not pass it on. If it was not you who accepted, take it back there.',
      ].join('\n'),
    },
    sms: {
      text: [
        '{{ fromBrandName }} and {{ toBrandName }} know you as one customer now. To take that back at any time, keep:',
        '{{ url }}',
      ].join('\n'),
    },
  },
} as const;

/** What a message is made of. */
export interface MessageSource {
  readonly from: Brand;
  readonly to: Brand;
  readonly link: Pick<LinkRow, 'welcomeReward' | 'activateBy'>;
  /** Of the notice that the customer was read. */
  readonly language: string;
  readonly publicUrl: string;
  readonly token: string;
}

/**
 * Subject and words of a message, in the sending brand's templates. The token stands in the URL's fragment, which browsers
 * send to nobody, so no log and no referrer ever holds it.
 */
export function messageWords(
  purpose: MessagePurpose,
  channel: MessageChannel,
  source: MessageSource,
): Omit<MessageContent, 'to'> {
  const scope = purpose === 'activation' ? invitationScope(source) : confirmationScope(source);
  const words = render(channel, { ...builtIn[purpose], ...source.from.messages.templates[purpose] }, scope);
  // A template may take a turn that no sample took when the configuration was read.
  const isWhole = words.text.includes(scope.url ?? '') && (words.html?.includes(scope.url ?? '') ?? true);
  return isWhole ? words : render(channel, builtIn[purpose], scope);
}

function render(
  channel: MessageChannel,
  { email, sms }: { readonly [Channel in keyof OwnTemplates]-?: NonNullable<OwnTemplates[Channel]> },
  scope: TemplateScope,
): Omit<MessageContent, 'to'> {
  if (channel === 'SMS') return { subject: '', text: renderTemplate('text', sms.text, scope) };
  return {
    subject: renderTemplate('subject', email.subject, scope),
    text: renderTemplate('text', email.text, scope),
    ...(email.html === undefined ? {} : { html: renderTemplate('html', email.html, scope) }),
  };
}

function pageUrl(publicUrl: string, page: 'activate' | 'withdraw', token: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/${page}#${token}`;
}

function invitationScope({ from, to, link, language, publicUrl, token }: MessageSource): TemplateScope<'activation'> {
  return {
    fromBrandName: from.name,
    toBrandName: to.name,
    url: pageUrl(publicUrl, 'activate', token),
    code: token,
    activateBy: inWords(link.activateBy, from.timeZone, language),
    welcomeReward: link.welcomeReward,
  };
}

function confirmationScope({ from, to, publicUrl, token }: MessageSource): TemplateScope<'confirmation'> {
  return {
    fromBrandName: from.name,
    toBrandName: to.name,
    url: pageUrl(publicUrl, 'withdraw', token),
    code: token,
    portalUrl: to.portalUrl,
  };
}

/** A moment as people read it, with its time zone: whoever is elsewhere must not guess. */
function inWords(at: Date, timeZone: string, language: string): string {
  return new Intl.DateTimeFormat([...supported(language), 'en'], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(at);
}

/** The language, when it is one; a tag may have the right form and yet mean nothing. */
function supported(language: string): string[] {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([language]);
  } catch {
    return [];
  }
}
