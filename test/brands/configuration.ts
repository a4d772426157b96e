import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigMistake } from '../../src/brands/config-checks.js';
import { parseConfig } from '../../src/brands/load-config.js';
import { AppError } from '../../src/kernel/errors.js';

/** JSON that tests change at will. */
// biome-ignore lint/suspicious/noExplicitAny: a file that somebody edits wrongly has no type.
export type Json = any;

const repository = join(import.meta.dirname, '..', '..');

/** The configuration as shipped, before it is checked. */
export function shipped(): Json {
  return JSON.parse(readFileSync(join(repository, 'brands.config.json'), 'utf8'));
}

/** The JSON Schema as shipped. */
export function shippedSchema(): string {
  return readFileSync(join(repository, 'brands.config.schema.json'), 'utf8');
}

/** The mistakes that are told about a configuration; none when it is accepted. */
export function mistakesIn(json: Json, env: NodeJS.ProcessEnv = {}): readonly ConfigMistake[] {
  try {
    parseConfig(json, env);
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CONFIG_INVALID') throw error;
    return error.details['mistakes'] as ConfigMistake[];
  }
}

/** One way to get a configuration wrong. */
export interface Mistake {
  readonly what: string;
  readonly make: (config: Json) => void;
  readonly path: string;
  readonly hint: RegExp;
  /** Whether the JSON Schema sees it too; what lies between parts of the file it cannot. */
  readonly isSeenByEditor: boolean;
}

function row(what: string, make: (config: Json) => void, path: string, hint: RegExp, isSeenByEditor = true): Mistake {
  return { what, make, path, hint, isSeenByEditor };
}

/** Mistakes of one place; each leaves the rest of the shipped configuration right, and none touches another's place. */
export const mistakes: readonly Mistake[] = [
  row('no name', (c) => delete c.brands[0].name, 'brands[0].name', /is missing; give text/),
  row('an empty name', (c) => (c.brands[1].name = ''), 'brands[1].name', /must not be empty/),
  row('a name that is a number', (c) => (c.brands[2].name = 7), 'brands[2].name', /must be text/),
  row('a currency nobody has', (c) => (c.brands[0].currencyCode = 'XXQ'), 'brands[0].currencyCode', /ISO 4217/, false),
  row('a currency in lower case', (c) => (c.brands[1].currencyCode = 'aud'), 'brands[1].currencyCode', /ISO 4217/),
  row('a time zone nobody has', (c) => (c.brands[0].timeZone = 'Mars/North'), 'brands[0].timeZone', /IANA/, false),
  row(
    'a telephone region in words',
    (c) => (c.brands[0].phoneRegion = 'Australia'),
    'brands[0].phoneRegion',
    /ISO 3166/,
  ),
  row('no database', (c) => delete c.brands[2].database, 'brands[2].database', /is missing; give an object/),
  row(
    'a URI of another database',
    (c) => (c.brands[0].database.uri = 'postgres://db'),
    'brands[0].database.uri',
    /mongodb:\/\//,
  ),
  row(
    'a database name with a dot',
    (c) => (c.brands[0].database.name = 'a.b'),
    'brands[0].database.name',
    /1–38 lower-case/,
  ),
  row(
    'a database name that is too long',
    (c) => (c.brands[1].database.name = 'a'.repeat(39)),
    'brands[1].database.name',
    /1–38/,
    false,
  ),
  row(
    'an unknown key of a database',
    (c) => (c.brands[0].database.url = 'x'),
    'brands[0].database.url',
    /not a known key/,
  ),
  row('an unknown key of a brand', (c) => (c.brands[0].colour = 'green'), 'brands[0].colour', /not a known key/),
  row('an unknown key at the top', (c) => (c.brand = []), 'brand', /not a known key/),
  row(
    'an unknown key of an identity handle',
    (c) => (c.brands[0].identityHandles[0].reserved = 'x'),
    'brands[0].identityHandles[0].reserved',
    /not a known key/,
  ),
  row(
    'an unknown key of a system',
    (c) => (c.brands[0].systems[0].url = 'x'),
    'brands[0].systems[0].url',
    /not a known key/,
  ),
  row(
    'an unknown key of a sub-brand',
    (c) => (c.brands[1].subBrands[0].url = 'x'),
    'brands[1].subBrands[0].url',
    /not a known key/,
  ),
  row(
    'an unknown key of a status',
    (c) => (c.brands[0].statuses[0].right = true),
    'brands[0].statuses[0].right',
    /not a known key/,
  ),
  row(
    'an unknown key of a custom attribute',
    (c) => (c.brands[0].customAttributes[0].kind = 'x'),
    'brands[0].customAttributes[0].kind',
    /not a known key/,
  ),
  row('an unknown key of the registry', (c) => (c.registry.folder = 'x'), 'registry.folder', /not a known key/),
  row('an unknown key of a purpose', (c) => (c.purposes[0].name = 'x'), 'purposes[0].name', /not a known key/),
  row('an unknown key of a rule', (c) => (c.sharing[0].attribute = 'EMAIL'), 'sharing[0].attribute', /not a known key/),
  row(
    'an unknown key of a notice',
    (c) => (c.sharing[0].notice.lang = 'en'),
    'sharing[0].notice.lang',
    /not a known key/,
  ),
  row(
    'an unknown key of the embedded engine',
    (c) => (c.embedded = { ...c.embedded, path: 'x' }),
    'embedded.path',
    /not a known key/,
  ),
  row(
    'a handle in capitals',
    (c) => (c.brands[1].systems[0].handle = 'POS'),
    'brands[1].systems[0].handle',
    /2–32 lower-case/,
  ),
  row(
    'a handle used twice',
    (c) => c.brands[1].statuses.push({ handle: 'vip' }),
    'brands[1].statuses[3].handle',
    /used twice/,
    false,
  ),
  row(
    'a custom attribute used twice',
    (c) => c.brands[1].customAttributes.push(c.brands[1].customAttributes[0]),
    'brands[1].customAttributes[1].handle',
    /used twice/,
    false,
  ),
  row('a purpose used twice', (c) => c.purposes.push({ ...c.purposes[1] }), 'purposes[2].code', /used twice/, false),
  row(
    'a type of attribute that is none',
    (c) => (c.brands[0].customAttributes[1].type = 'DATE'),
    'brands[0].customAttributes[1].type',
    /STRING, INTEGER/,
  ),
  row(
    'a yes that is not true',
    (c) => (c.brands[0].identityHandles[1].isMultiple = 'yes'),
    'brands[0].identityHandles[1].isMultiple',
    /true or false/,
  ),
  row('a list that is an object', (c) => (c.brands[2].systems = {}), 'brands[2].systems', /must be a list/),
  row(
    'an unknown policy',
    (c) => (c.brands[0].onUnknownIdentity = 'IGNORE'),
    'brands[0].onUnknownIdentity',
    /CREATE_PROFILE, GUEST, REFUSE/,
  ),
  row(
    'a portal that is not of the web',
    (c) => (c.brands[0].portalUrl = 'ftp://x'),
    'brands[0].portalUrl',
    /http:\/\/ or https:\/\//,
    false,
  ),
  row(
    'an attribute that may never be shared',
    (c) => c.sharing[1].attributes.push('PASSWORD'),
    'sharing[1].attributes[4]',
    /use one of TITLE/,
  ),
  row(
    'a rule that shares nothing',
    (c) => (c.sharing[2].attributes = []),
    'sharing[2].attributes',
    /at least one attribute/,
  ),
  row('a rule without a purpose', (c) => (c.sharing[2].purposes = []), 'sharing[2].purposes', /at least one purpose/),
  row(
    'a rule of an unknown brand',
    (c) => (c.sharing[3].from = 'nobody'),
    'sharing[3].from',
    /"nobody" is not a configured brand; known: alder, wren, hearth/,
    false,
  ),
  row(
    'a rule to an unknown brand',
    (c) => (c.sharing[2].to = 'nobody'),
    'sharing[2].to',
    /"nobody" is not a configured brand/,
    false,
  ),
  row(
    'a rule for an unknown purpose',
    (c) => (c.sharing[0].purposes = ['profit']),
    'sharing[0].purposes[0]',
    /"profit" is not in the list of purposes/,
    false,
  ),
  row(
    'a shared handle that a brand lacks',
    (c) => (c.sharing[0].sharedHandle = 'staff-number'),
    'sharing[0].sharedHandle',
    /"staff-number" must be among the identity handles of hearth/,
    false,
  ),
  row(
    'a transport that does not exist',
    (c) => (c.brands[0].messages = { transport: { kind: 'pigeon' } }),
    'brands[0].messages.transport.kind',
    /use mailbox, smtp, webhook or none/,
  ),
  row(
    'SMS by mail server',
    (c) => (c.brands[1].messages = { sms: { kind: 'smtp', urlEnv: 'X', from: 'a@b.example' } }),
    'brands[1].messages.sms.kind',
    /smtp carries no SMS/,
  ),
  row(
    'a password among the messages',
    (c) =>
      (c.brands[2].messages = {
        transport: { kind: 'smtp', urlEnv: 'smtps://wren:secret@mail.example', from: 'a@b.example' },
        sms: { kind: 'mailbox' },
      }),
    'brands[2].messages.transport.urlEnv',
    /name an environment variable/,
  ),
  row('no wording', (c) => delete c.sharing[1].notice.text, 'sharing[1].notice.text', /is missing/),
  row(
    'a language nobody speaks',
    (c) => (c.sharing[1].notice.language = 'English'),
    'sharing[1].notice.language',
    /BCP 47/,
  ),
  row(
    'an activation that never ends',
    (c) => (c.sharing[0].activationHours = 10_000),
    'sharing[0].activationHours',
    /at most 720/,
  ),
  row(
    'an unknown key of the server',
    (c) => (c.server = { ...c.server, ports: [1] }),
    'server.ports',
    /not a known key/,
  ),
  row('a port in quotes', (c) => (c.server = { ...c.server, port: '4000' }), 'server.port', /must be a number/),
  row(
    'a relaxed engine misspelt',
    (c) => (c.embedded = { ...c.embedded, durability: 'fast' }),
    'embedded.durability',
    /durable, relaxed/,
  ),
];
