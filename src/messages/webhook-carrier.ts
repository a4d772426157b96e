import type { BrandHandle } from '../brands/brand.js';
import type { MessageWebhookConfig } from '../brands/messages-config.js';
import { contentDigest } from '../kernel/digest.js';
import type { Endpoint } from '../webhooks/endpoint.js';
import { createSend, type Send } from '../webhooks/send.js';
import type { CarriedMessage, Carrier, Handover, HandoverError } from './message.js';

/** The answer of a platform that will never take this message (RFC 9110 §15.5.11). */
const statusGone = 410;

/** The body that is posted; the same bytes at every attempt. */
export function webhookBody({ brand, purpose, channel, at, expiresAt, content }: CarriedMessage): string {
  const data = {
    brand,
    purpose,
    channel,
    to: content.to,
    ...(content.subject === '' ? {} : { subject: content.subject }),
    text: content.text,
    ...(content.html === undefined ? {} : { html: content.html }),
    expiresAt: expiresAt.toISOString(),
  };
  return JSON.stringify({ type: 'message.requested', timestamp: at.toISOString(), data });
}

/** Posts messages, signed, to a brand's own platform, by the rules of webhooks for addresses and signatures. */
export function webhookCarrier(
  brand: BrandHandle,
  config: MessageWebhookConfig,
  signers: Endpoint['signers'],
  send: Send = createSend(),
): Carrier {
  const { url, allowPrivate, headers } = config;
  const endpoint: Endpoint = {
    key: `${brand}/messages`,
    brand,
    name: 'messages',
    url,
    allowPrivate,
    headers,
    signers,
    events: new Set(),
    isActive: true,
    urlDigest: contentDigest(url),
  };
  return {
    kind: 'webhook',
    hand: async (message, now) => {
      // Signed together with an id that must not hold a full stop.
      const id = `msg_${message.id.replace('.', '_')}`;
      return handoverOf(await send(endpoint, { id, body: webhookBody(message) }, now));
    },
  };
}

function handoverOf(outcome: Awaited<ReturnType<Send>>): Handover {
  if ('error' in outcome) {
    const error: HandoverError =
      outcome.error === 'STATUS' || outcome.error === 'ENDPOINT_GONE' ? 'REPLY' : outcome.error;
    return { isTaken: false, isFinal: false, error, status: null };
  }
  const { status } = outcome;
  if (status >= 200 && status < 300) return { isTaken: true, status };
  const isFinal = status === statusGone;
  return { isTaken: false, isFinal, error: isFinal ? 'GONE' : 'REPLY', status };
}
