import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import { readSender, type SmtpConfig } from '../brands/messages-config.js';
import { addressScope } from '../webhooks/public-address.js';
import type { CarriedMessage, Carrier, Handover, HandoverError } from './message.js';

/** Time for a mail server to do any one thing. */
const patienceMsDefault = 10_000;
/** Time for a whole conversation, for a server that always does something. */
const conversationFactor = 2;

/** What differs in tests. */
export interface SmtpOptions {
  readonly patienceMs?: number;
  /** Certificate authorities instead of the machine's. */
  readonly ca?: string;
  /** Whether a host is this machine. */
  readonly isHere?: (host: string) => boolean;
}

/** Where a mail server is and how it is spoken to. */
interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly isSecure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
}

/** Ports of submission with TLS from the start (RFC 8314 §3.3) and with STARTTLS (RFC 6409 §3.1). */
const ports = { 'smtps:': 465, 'smtp:': 587 } as const;

/** A mail server from a URL such as `smtps://user:password@host`; null when the text is none. */
export function readSmtpUrl(text: string): SmtpServer | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'smtps:' && url.protocol !== 'smtp:') || url.hostname === '') return null;
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return null;
  try {
    const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? ports[url.protocol] : Number(url.port),
      isSecure: url.protocol === 'smtps:',
      auth: auth.user === '' ? null : auth,
    };
  } catch {
    return null;
  }
}

/** Whether what is sent to a host never leaves this machine. */
function isThisMachine(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && /^(127\.|::1$)/.test(host) && addressScope(host) === 'private');
}

/**
 * Sends by a mail server: with TLS and a certificate that verifies, unless the server is on this machine or the brand
 * allows plain `smtp://`, where a certificate would prove nothing. One connection per message.
 */
export function smtpCarrier(config: SmtpConfig, server: SmtpServer, options: SmtpOptions = {}): Carrier {
  const { patienceMs = patienceMsDefault, ca, isHere = isThisMachine } = options;
  const mayBePlain = isHere(server.host) || (config.allowPlain && !server.isSecure);
  const sender = readSender(config.from) as NonNullable<ReturnType<typeof readSender>>;
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1);
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.isSecure,
    requireTLS: !server.isSecure && !mayBePlain,
    ...(server.auth === null ? {} : { auth: { ...server.auth } }),
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: !mayBePlain, ...(ca === undefined ? {} : { ca }) },
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    dnsTimeout: patienceMs,
    // Content comes from this process alone, never from a file or an address named in it.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const post = ({ id, at, content }: CarriedMessage) =>
    transport.sendMail({
      from: sender,
      to: { name: '', address: content.to },
      envelope: { from: sender.address, to: [content.to] },
      subject: content.subject,
      text: content.text,
      ...(content.html === undefined ? {} : { html: content.html }),
      messageId: `<${id}@${domain}>`,
      date: at,
      // No holiday note is wanted in return (RFC 3834 §5).
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  return {
    kind: 'smtp',
    hand: async (message) => {
      try {
        const { response } = await within(patienceMs * conversationFactor, post(message));
        return { isTaken: true, status: Number.parseInt(response, 10) || null };
      } catch (error) {
        return handoverOf(error);
      }
    },
  };
}

/** Gives up waiting when the time is over; what comes afterwards is of no interest. */
async function within<T>(durationMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('Too slow'), { code: 'ETIMEDOUT' })), durationMs);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** Errors of the mail library by its codes; a recipient it would not even ask the server for is refused for good. */
const errorsByCode: Readonly<Record<string, HandoverError>> = {
  ETIMEDOUT: 'TIMEOUT',
  ECONNECTION: 'CONNECTION',
  ESOCKET: 'CONNECTION',
  EPROTOCOL: 'CONNECTION',
  ETLS: 'TLS',
  EDNS: 'DNS',
  EAUTH: 'AUTH',
  ENOAUTH: 'AUTH',
};

function handoverOf(error: unknown): Handover {
  const { code, originalCode, responseCode, command } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const status = typeof responseCode === 'number' ? responseCode : null;
  const failed = (name: HandoverError, isFinal = false): Handover => ({ isTaken: false, isFinal, error: name, status });
  // RFC 5321 §4.2.1: 5yz is for good. Before the recipient is named it is about this sender, which operators can mend;
  // 530 asks for a login (RFC 4954 §6).
  const isAboutMessage = command === 'RCPT TO' || command === 'DATA';
  if (isAboutMessage && status !== null && status >= 500 && status !== 530) return failed('RECIPIENT_REFUSED', true);
  if (code === 'EENVELOPE' && status === null) return failed('RECIPIENT_REFUSED', true);
  if (code === 'EAUTH' || status === 530) return failed('AUTH');
  if (status !== null && code !== 'ETLS') return failed('REPLY');
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(String(originalCode)))
    return failed('TLS');
  return failed(errorsByCode[String(code)] ?? 'INTERNAL');
}
