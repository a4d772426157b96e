import { z } from 'zod';
import { messages } from './messages-config.js';
import { insecureTarget, isSecureTarget, placeholder, webhookTarget } from './webhook-target.js';

/** Shapes of `brands.config.json`. The JSON Schema for editors is generated from here. */

const handle = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])$/, 'use 2–32 lower-case letters, digits and inner hyphens')
  .describe('Short name: 2–32 lower-case letters, digits and inner hyphens.');

const label = z.string().trim().min(1, 'must not be empty').max(200);

const timeZone = z
  .string()
  .refine((name) => isTimeZone(name), 'use an IANA time zone name, for example Australia/Melbourne')
  .describe('IANA time zone name.');

const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'use an ISO 4217 code, for example AUD', abort: true })
  .refine((code) => Intl.supportedValuesOf('currency').includes(code), 'use a current ISO 4217 code, for example AUD');

const countryCode = z.string().regex(/^[A-Z]{2}$/, 'use an ISO 3166-1 alpha-2 code, for example AU');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const database = z
  .strictObject({
    uri: z
      .string()
      .refine((uri) => /^mongodb(\+srv)?:\/\//.test(uri), 'use a URI that begins with mongodb:// or mongodb+srv://')
      .meta({ pattern: `^(mongodb(\\+srv)?://|${placeholder})` })
      .optional()
      .describe(
        'Where the MongoDB replica set or sharded cluster is; a dollar sign and a NAME in braces is replaced from the environment. Left out: the embedded engine.',
      ),
    name: z
      .string()
      .refine(
        (name) => /^[a-z0-9][a-z0-9_-]{0,37}$/.test(name),
        'use 1–38 lower-case letters, digits, hyphens and underscores',
      )
      .meta({ pattern: `^(${placeholder}|[a-z0-9])(${placeholder}|[a-z0-9_-])*$` })
      .describe('Name of the database. Every brand and the registry need one of their own.'),
  })
  .describe('The database of this brand alone.');

const identityHandle = z.strictObject({
  handle: handle.describe('For example shopify or loyalty-card.'),
  reservedFor: z.string().min(1).optional().describe('The extension that alone may write it.'),
  isMultiple: z.boolean().default(false).describe('Whether one profile may hold several.'),
});

const shareableAttribute = z.enum([
  'TITLE',
  'FIRST_NAME',
  'LAST_NAME',
  'EMAIL',
  'MOBILE_PHONE',
  'BIRTH_DATE',
  'GENDER',
]);

/** Facts that a webhook may ask for; what each tells stands in docs/webhooks.md. */
const webhookEvent = z.enum([
  'profile.created',
  'profile.updated',
  'profile.merged',
  'profile.unmerged',
  'identity.added',
  'identity.changed',
  'identity.removed',
  'transaction.ingested',
  'link.activated',
  'link.withdrawn',
]);

const webhook = z
  .strictObject({
    name: handle.describe('Names the endpoint on the command line and in logs.'),
    url: webhookTarget.url.describe(
      'Where facts are posted to. May hold a dollar sign and a NAME in braces from the environment.',
    ),
    events: z.array(webhookEvent).min(1, 'name at least one event').describe('What it is told of.'),
    secretEnv: webhookTarget.secretEnv,
    isActive: z.boolean().default(true).describe('false: it is told of nothing, and what waits goes on waiting.'),
    allowPrivate: webhookTarget.allowPrivate,
    headers: webhookTarget.headers,
  })
  .refine(isSecureTarget, insecureTarget);

const controller = z
  .strictObject({
    legalName: label.optional().describe('Registered name; left out: the name shown to customers.'),
    address: label.optional().describe('Postal address.'),
    contact: label.optional().describe('Where customers turn to about their data: an e-mail address or a page.'),
    jurisdiction: countryCode.optional().describe('Country whose law it answers to, ISO 3166-1.'),
    authority: label.optional().describe('Authority that customers may complain to.'),
  })
  .describe('Who answers for personal data in this brand, as consent receipts tell it.');

const brand = z.strictObject({
  handle,
  name: label.describe('Name shown to customers.'),
  controller: controller.prefault({}),
  database,
  currencyCode: currencyCode.describe('Currency of balances and totals.'),
  timeZone: timeZone.describe('Bounds the days and months of the brand.'),
  phoneRegion: countryCode.describe('Country whose national telephone numbers are understood.'),
  identityHandles: z.array(identityHandle).max(100).default([]),
  systems: z
    .array(z.strictObject({ handle, name: label }))
    .max(100)
    .default([])
    .describe('Systems that may send transactions.'),
  subBrands: z
    .array(z.strictObject({ handle, name: label }))
    .max(100)
    .default([]),
  statuses: z
    .array(z.strictObject({ handle, grantsRights: z.boolean().default(false) }))
    .max(100)
    .default([])
    .describe('Special relationships with the brand.'),
  customAttributes: z
    .array(
      z.strictObject({
        namespace: handle,
        handle: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'use lower-case letters, digits and underscores'),
        type: z.enum(['STRING', 'INTEGER', 'FLOAT', 'BOOLEAN', 'JSON', 'ARRAY']),
      }),
    )
    .max(500)
    .default([]),
  onUnknownIdentity: z
    .enum(['CREATE_PROFILE', 'GUEST', 'REFUSE'])
    .default('GUEST')
    .describe('What becomes of a sale that names an identity nobody has.'),
  portalUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where new members go on after activation.'),
  mergeUndoDays: z
    .int()
    .min(0)
    .max(365)
    .default(30)
    .describe(
      'Days in which a merge can be undone. What undoing needs is kept encrypted for so long; 0 keeps nothing.',
    ),
  messages: messages.prefault({}),
  webhooks: z.array(webhook).max(20).default([]).describe('Who is told, signed, of what happens in this brand.'),
});

const sharingRule = z.strictObject({
  from: handle.describe('The brand that may give.'),
  to: handle.describe('The brand that may receive.'),
  agreement: z.enum(['SAME_GROUP', 'ACTIVE_PARTNER', 'INACTIVE']).default('SAME_GROUP'),
  attributes: z
    .array(shareableAttribute)
    .min(1, 'name at least one attribute')
    .describe('The only attributes that may ever be copied.'),
  purposes: z.array(handle).min(1, 'name at least one purpose').describe('Codes from the list of purposes.'),
  notice: z
    .strictObject({
      version: label,
      language: z.string().regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/, 'use a BCP 47 tag'),
      text: label.max(4_000),
    })
    .describe('The wording that is read or shown to the customer. A change makes a new notice.'),
  activationHours: z.int().min(1).max(720).default(72),
  welcomeReward: label.optional().describe('What the receiving brand promises, in words.'),
  welcomeRewardValue: z
    .string()
    .regex(/^\d{1,7}(\.\d{1,3})?$/, 'use a decimal such as 10.00')
    .optional()
    .describe('What that is worth in its currency: issued once, as a reward. Left out, the promise is words alone.'),
  sharedHandle: handle.default('group-member').describe('Handle of the identity that both linked profiles carry.'),
  quietDays: z.int().min(1).max(3_650).default(365),
  storageLocation: label
    .optional()
    .describe('Where the receiving brand keeps what it gets, in words for the customer.'),
  retentionYears: z
    .int()
    .min(1)
    .max(100)
    .default(7)
    .describe('Years for which the evidence of a consent is kept after its end; then it is deleted.'),
});

const server = z.strictObject({
  port: z.int().min(0).max(65_535).default(4_000).describe('PORT in the environment wins.'),
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all.'),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('How customers reach this server; used in activation links.'),
  brandDeadlineMs: z
    .int()
    .min(50)
    .max(30_000)
    .default(2_000)
    .describe('How long one brand may take before it is left out.'),
  requestDeadlineMs: z.int().min(100).max(60_000).default(10_000),
  isJitEnabled: z.boolean().default(true).describe('Compile repeated documents. Generates code at run time.'),
  isIntrospectionEnabled: z.boolean().default(true),
  documentTokensMax: z.int().min(100).max(100_000).default(2_000),
  depthMax: z.int().min(3).max(50).default(15),
  aliasesMax: z.int().min(1).max(1_000).default(30),
  costMax: z.int().min(100).max(10_000_000).default(25_000),
  bodyBytesMax: z.int().min(1_024).max(10_485_760).default(1_048_576),
  searchesPerMinutePerTarget: z.int().min(1).max(10_000).default(20),
  duplicateScanHours: z
    .int()
    .min(0)
    .max(8_760)
    .default(24)
    .describe('Hours from one look for duplicates to the next; 0 never looks.'),
});

/** The whole file, unknown keys refused everywhere. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  brands: z.array(brand).min(1, 'configure at least one brand').max(200),
  registry: z.strictObject({ database }).describe("The group's own small database: links, consents, tokens."),
  purposes: z
    .array(z.strictObject({ code: handle, text: label.max(1_000) }))
    .default([])
    .describe('Purposes that customers agree to.'),
  sharing: z.array(sharingRule).default([]).describe('What may cross between brands, one rule per ordered pair.'),
  server: server.prefault({}),
  embedded: z
    .strictObject({
      folder: z.string().min(1).default('.kindred/data').describe('Where the embedded engine keeps its data.'),
      durability: z
        .enum(['durable', 'relaxed'])
        .default('durable')
        .describe('relaxed survives a killed process, not a power cut.'),
    })
    .prefault({}),
});

/** `brands.config.json` after defaults. */
export type GroupConfig = z.infer<typeof configSchema>;
/** Limits and addresses of the server. */
export type ServerConfig = GroupConfig['server'];
/** Where one database is. */
export type DatabaseConfig = z.infer<typeof database>;
/** Where a brand's facts are posted to. */
export type WebhookConfig = z.infer<typeof webhook>;
/** A kind of fact that is published. */
export type WebhookEvent = z.infer<typeof webhookEvent>;
