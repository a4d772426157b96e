import type { Brand } from '../brands/brand.js';
import { renderTemplate, type TemplateScope } from '../brands/message-template.js';
import type { ActivationTemplates } from '../brands/messages-config.js';
import type { MessageContent } from '../messages/message.js';
import type { LinkRow, MessageChannel } from './cross-brand-link.js';

/** Words for brands that have none of their own. The code stands in the text for who cannot follow the address. */
const builtIn = {
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
} as const;

/** What an activation message is made of. */
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
 * Subject and words of an activation message, in the sending brand's templates. The token stands in the URL's fragment,
 * which browsers send to nobody, so no log and no referrer ever holds it.
 */
export function activationWords(channel: MessageChannel, source: MessageSource): Omit<MessageContent, 'to'> {
  const own = source.from.messages.templates.activation;
  const scope = scopeOf(source);
  const words = render(channel, own, scope);
  // A template may take a turn that no sample took when the configuration was read.
  const isWhole = words.text.includes(scope.url ?? '') && (words.html?.includes(scope.url ?? '') ?? true);
  return isWhole ? words : render(channel, {}, scope);
}

function render(
  channel: MessageChannel,
  { email = builtIn.email, sms = builtIn.sms }: ActivationTemplates,
  scope: TemplateScope,
): Omit<MessageContent, 'to'> {
  if (channel === 'SMS') return { subject: '', text: renderTemplate('text', sms.text, scope) };
  const html = 'html' in email ? email.html : undefined;
  return {
    subject: renderTemplate('subject', email.subject, scope),
    text: renderTemplate('text', email.text, scope),
    ...(html === undefined ? {} : { html: renderTemplate('html', html, scope) }),
  };
}

function scopeOf({ from, to, link, language, publicUrl, token }: MessageSource): TemplateScope {
  return {
    fromBrandName: from.name,
    toBrandName: to.name,
    url: `${publicUrl.replace(/\/+$/, '')}/activate#${token}`,
    code: token,
    activateBy: inWords(link.activateBy, from.timeZone, language),
    welcomeReward: link.welcomeReward,
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
