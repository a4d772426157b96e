import { z } from 'zod';

/** Editors see the file before the environment is put in: what `${NAME}` looks like in a pattern. */
export const placeholder = '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}';

/** Names of headers; those that carry the message itself are not to be set. */
const headerName = /^[a-z0-9-]{1,64}$/i;
const ownHeader = /^(?:host|connection|content-.*|transfer-encoding|expect|te|upgrade|trailer|webhook-.*)$/i;

/** Where something is posted to, signed: the keys that every such entry has. To be refined with {@link isSecureTarget}. */
export const webhookTarget = {
  url: z
    .string()
    .refine((url) => isWebhookUrl(url), 'use a URL that begins with https:// and has no user name and no fragment')
    .meta({ pattern: `^(https?://|${placeholder})` }),
  secretEnv: z
    .string()
    .regex(
      /^(?!whsec_)[A-Za-z_][A-Za-z0-9_]*$/,
      'name an environment variable that holds the secret; the secret itself does not belong in this file',
    )
    .describe('Environment variable that holds whsec_…; two, with a space between them, while the secret is changed.'),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe('Whether it may be on this machine or in a private network, by http as well. For development.'),
  headers: z
    .record(z.string(), z.string().regex(/^[\x20-\x7e]{0,2000}$/, 'use printable ASCII, at most 2000 characters'))
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        const hint = ownHeader.test(name)
          ? 'is a header that the message itself needs'
          : 'use letters, digits and hyphens';
        if (ownHeader.test(name) || !headerName.test(name))
          context.addIssue({ code: 'custom', path: [name], message: hint });
      }
    })
    .default({})
    .describe('Sent with every delivery, for example for a gateway in front of the receiver.'),
};

/** Whether an entry goes by https, or may do without. */
export function isSecureTarget(entry: { readonly url: string; readonly allowPrivate: boolean }): boolean {
  return entry.allowPrivate || !entry.url.startsWith('http:');
}

/** How {@link isSecureTarget} is told. */
export const insecureTarget = {
  path: ['url'],
  error: 'http:// is for receivers on this machine or in a private network, with "allowPrivate": true; use https://',
};

function isWebhookUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  return url.username === '' && url.password === '' && url.hash === '';
}
