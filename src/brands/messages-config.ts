import { z } from 'zod';
import { type MessagePurpose, type TemplateKind, templateMistake } from './message-template.js';
import { insecureTarget, isSecureTarget, webhookTarget } from './webhook-target.js';

/** Channels that messages to customers can go by. */
export type MessageChannel = 'EMAIL' | 'SMS';

const mailbox = z
  .strictObject({ kind: z.literal('mailbox') })
  .describe("Kept in the brand's database in clear, for `kindred mailbox`. For demos: no message leaves.");

const none = z.strictObject({ kind: z.literal('none') }).describe('Nothing goes by this channel.');

const smtp = z
  .strictObject({
    kind: z.literal('smtp'),
    urlEnv: z
      .string()
      .regex(
        /^[A-Za-z_][A-Za-z0-9_]*$/,
        'name an environment variable that holds the URL; the URL itself, with its password, does not belong in this file',
      )
      .describe('Environment variable that holds smtps://user:password@host or smtp://user:password@host:587.'),
    from: z
      .string()
      .refine((text) => readSender(text) !== null, 'use an address such as Wren <hello@wren.example>')
      .describe('Sender, for example Wren <hello@wren.example>.'),
    allowPlain: z
      .boolean()
      .default(false)
      .describe('Whether smtp:// may go without TLS to another machine. On this machine it always may.'),
  })
  .describe('By e-mail, through a mail server.');

const webhook = z
  .strictObject({ kind: z.literal('webhook'), ...webhookTarget })
  .refine(isSecureTarget, insecureTarget)
  .describe("Posted, signed, to the brand's own platform, which sends it.");

function template(kind: TemplateKind, purpose: MessagePurpose) {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(20_000)
    .superRefine((source, context) => {
      const mistake = templateMistake(kind, source, purpose);
      if (mistake !== null) context.addIssue({ code: 'custom', message: mistake });
    });
}

function wordsFor(purpose: MessagePurpose) {
  const text = template('text', purpose).describe('Must hold {{ url }}.');
  return z.strictObject({
    email: z
      .strictObject({
        subject: template('subject', purpose).describe('One line.'),
        text,
        html: template('html', purpose)
          .optional()
          .describe('Beside the text; values are escaped. Must hold {{ url }}.'),
      })
      .optional(),
    sms: z.strictObject({ text }).optional(),
  });
}

const templates = z
  .strictObject({
    activation: wordsFor('activation').prefault({}).describe('The invitation to another brand.'),
    confirmation: wordsFor('confirmation')
      .prefault({})
      .describe('What the customer keeps after accepting: the address at which consent is taken back.'),
  })
  .prefault({})
  .describe('Words of the brand, in Liquid; docs/messages.md lists the variables. Left out: plain words in English.');

/** How a brand reaches its customers. */
export const messages = z
  .strictObject({
    transport: z
      .discriminatedUnion('kind', [mailbox, smtp, webhook, none], { error: kindHint('mailbox, smtp, webhook or none') })
      .prefault({ kind: 'mailbox' })
      .describe('Takes every message that it can carry; smtp carries no SMS.'),
    email: z
      .discriminatedUnion('kind', [mailbox, smtp, webhook, none], { error: kindHint('mailbox, smtp, webhook or none') })
      .optional()
      .describe('For e-mail, instead of transport.'),
    sms: z
      .discriminatedUnion('kind', [mailbox, webhook, none], {
        error: kindHint('mailbox, webhook or none; smtp carries no SMS'),
      })
      .optional()
      .describe('For SMS, instead of transport.'),
    templates,
  })
  .describe('How messages of this brand reach its customers.');

function kindHint(kinds: string) {
  return (issue: { readonly code?: string }) => (issue.code === 'invalid_union' ? `use ${kinds}` : undefined);
}

/** How a brand reaches its customers, after defaults. */
export type MessagesConfig = z.infer<typeof messages>;
/** What takes the messages of a channel. */
export type TransportConfig = MessagesConfig['transport'];
/** By mail server. */
export type SmtpConfig = z.infer<typeof smtp>;
/** By the brand's own platform. */
export type MessageWebhookConfig = z.infer<typeof webhook>;
/** Words of a brand for one kind of message; absent where it has none of its own. */
export type OwnTemplates = MessagesConfig['templates'][MessagePurpose];

/** What takes the messages of a channel: its own transport, else the common one as far as that can carry it. */
export function transportFor(config: MessagesConfig, channel: MessageChannel): TransportConfig {
  if (channel === 'EMAIL') return config.email ?? config.transport;
  return config.sms ?? (config.transport.kind === 'smtp' ? { kind: 'none' } : config.transport);
}

/** Channels by which a brand's messages can go, in the order in which they are chosen. */
export function channelsOf(config: MessagesConfig): MessageChannel[] {
  return (['EMAIL', 'SMS'] as const).filter((channel) => transportFor(config, channel).kind !== 'none');
}

/** A sender's name and address; null when the text is none. Names hold nothing that would need quotes in a header. */
export function readSender(text: string): { readonly name: string; readonly address: string } | null {
  const [, name = '', inBrackets, alone] =
    /^(?:([^<>"\p{Cc}]{0,100}?) ?<([^<>]+)>|([^<> ]+))$/u.exec(text.trim()) ?? [];
  const address = inBrackets ?? alone ?? '';
  const isAddress = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/.test(address);
  return isAddress ? { name: name.trim(), address } : null;
}
