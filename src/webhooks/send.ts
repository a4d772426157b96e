import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { DeliveryError } from './delivery.js';
import type { Endpoint } from './endpoint.js';
import { AddressRefused, pinAddress, type Resolve, type ResolvedAddress, systemResolve } from './public-address.js';

/** Time for name, connection, request and the head of the answer: a receiver answers first and works afterwards. */
const timeoutMsDefault = 10_000;
/** Bytes of an answer's body that are taken in, to be thrown away: who sends more is cut off. */
const answerBytesMax = 65_536;

/** A message about to be sent. */
export interface WebhookMessage {
  readonly id: string;
  readonly body: string;
}

/** How an attempt ended: with an answer, whatever it says, or without. */
export type SendOutcome = { readonly status: number } | { readonly error: DeliveryError };

/** What differs in tests. */
export interface SendOptions {
  readonly resolve?: Resolve;
  readonly timeoutMs?: number;
  /** Certificate authorities instead of the machine's. */
  readonly ca?: string;
}

/** Sends messages; the one thing here that leaves the house. */
export type Send = (endpoint: Endpoint, message: WebhookMessage, now: Date) => Promise<SendOutcome>;

/** The headers of Standard Webhooks. The time is that of the attempt: receivers refuse what is older than minutes. */
export function signedHeaders(endpoint: Endpoint, message: WebhookMessage, now: Date): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': endpoint.signers.map((signer) => signer.sign(message.id, now, message.body)).join(' '),
  };
}

/** Makes a sender. Never throws for what a receiver or a network does; redirects are answers like any other. */
export function createSend(options: SendOptions = {}): Send {
  const { resolve = systemResolve, timeoutMs = timeoutMsDefault, ca } = options;
  return async (endpoint, message, now) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const url = new URL(endpoint.url);
      const address = await withSignal(pinAddress(url, endpoint.allowPrivate, resolve), signal);
      const headers = {
        'user-agent': 'Kindred',
        ...endpoint.headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(message.body)),
        ...signedHeaders(endpoint, message, now),
      };
      return {
        status: await post(url, address, message.body, { headers, signal, ...(ca === undefined ? {} : { ca }) }),
      };
    } catch (error) {
      return { error: signal.aborted ? 'TIMEOUT' : errorOf(error) };
    }
  };
}

/** Gives up waiting when the time is over; name servers cannot be told to stop. */
function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);
}

/** Posts to the pinned address and resolves with the status as soon as the head of the answer is there. */
function post(url: URL, pinned: ResolvedAddress, body: string, options: RequestOptions): Promise<number> {
  const lookup: LookupFunction = (_hostname, { all }, callback) => {
    if (all) callback(null, [pinned]);
    else callback(null, pinned.address, pinned.family);
  };
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send({
      ...options,
      method: 'POST',
      hostname,
      port: url.port === '' ? undefined : Number(url.port),
      path: `${url.pathname}${url.search}`,
      // No connection is shared: one that was checked for another endpoint must not be found in a pool.
      agent: false,
      lookup,
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > answerBytesMax) response.destroy();
      });
      // The head has been read: what happens to the rest changes nothing.
      response.on('error', () => {});
      resolve(response.statusCode ?? 0);
    });
    request.end(body);
  });
}

function errorOf(error: unknown): DeliveryError {
  if (error instanceof AddressRefused) return 'ADDRESS_REFUSED';
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if (syscall === 'getaddrinfo') return 'DNS';
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(String(code)))
    return 'TLS';
  return typeof code === 'string' ? 'CONNECTION' : 'INTERNAL';
}
