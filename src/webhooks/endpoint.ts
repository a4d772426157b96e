import { Webhook } from 'standardwebhooks';
import type { BrandHandle } from '../brands/brand.js';
import type { GroupConfig, WebhookConfig, WebhookEvent } from '../brands/config.js';
import { contentDigest } from '../kernel/digest.js';
import { AppError } from '../kernel/errors.js';

/** A receiver of a brand's facts, with what is needed to reach it and to sign for it. */
export interface Endpoint {
  /** `brand/name`: names it in every database and log. */
  readonly key: string;
  readonly brand: BrandHandle;
  readonly name: string;
  readonly url: string;
  readonly events: ReadonlySet<WebhookEvent>;
  /** One signer per secret: two while a secret is changed. Empty when the endpoint is not active. */
  readonly signers: readonly Webhook[];
  readonly headers: Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
  readonly isActive: boolean;
  /** Tells whether the address is still the one that an earlier answer was about. */
  readonly urlDigest: string;
}

/** Bytes of a secret, as the Standard Webhooks specification bounds them. */
const secretBytes = { min: 24, max: 64 } as const;
/** Secrets of one endpoint: the new one and the one it replaces. */
const secretsMax = 2;
const howToMake = 'make one with: echo "whsec_$(openssl rand -base64 32)"';

/**
 * The endpoints of all brands. Secrets come from the environment; those of endpoints that are not active are not needed.
 * @throws AppError `CONFIG_INVALID` with every secret that is missing or malformed.
 */
export function readEndpoints(config: GroupConfig, env: NodeJS.ProcessEnv): Endpoint[] {
  const mistakes: { path: string; hint: string }[] = [];
  const endpoints = config.brands.flatMap((brand, brandIndex) =>
    brand.webhooks.map((webhook, index): Endpoint => {
      const path = `brands[${brandIndex}].webhooks[${index}].secretEnv`;
      const read = webhook.isActive ? readSigners(webhook, env) : [];
      if (typeof read === 'string') mistakes.push({ path, hint: read });
      return {
        ...webhook,
        key: endpointKey(brand.handle, webhook.name),
        brand: brand.handle,
        events: new Set(webhook.events),
        signers: typeof read === 'string' ? [] : read,
        urlDigest: contentDigest(webhook.url),
      };
    }),
  );
  if (mistakes.length === 0) return endpoints;
  const lines = mistakes.map((mistake) => `  ${mistake.path}: ${mistake.hint}`);
  throw new AppError(
    'CONFIG_INVALID',
    `The configuration has ${mistakes.length} mistake(s) about webhooks:\n${lines.join('\n')}`,
    { details: { mistakes } },
  );
}

/** How an endpoint is named in rows and logs. */
export function endpointKey(brand: BrandHandle, name: string): string {
  return `${brand}/${name}`;
}

/** One signer per secret, or what is wrong; never the text of a secret. */
export function readSigners(
  { secretEnv }: Pick<WebhookConfig, 'secretEnv'>,
  env: NodeJS.ProcessEnv,
): Webhook[] | string {
  const secrets = (env[secretEnv] ?? '').split(/\s+/).filter(Boolean);
  if (secrets.length === 0)
    return `needs the environment variable ${secretEnv}, which is not set or empty; ${howToMake}`;
  if (secrets.length > secretsMax)
    return `${secretEnv} holds ${secrets.length} secrets; at most ${secretsMax}, the new one and the old one`;
  if (!secrets.every(isSecret))
    return `${secretEnv} must hold whsec_ and ${secretBytes.min}–${secretBytes.max} bytes in base 64; ${howToMake}`;
  return secrets.map((secret) => new Webhook(secret));
}

function isSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (encoded === undefined) return false;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded && bytes.length >= secretBytes.min && bytes.length <= secretBytes.max;
}
