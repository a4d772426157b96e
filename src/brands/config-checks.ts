import { type DatabasePlace, sameDatabases } from './same-database.js';

/** One mistake of a configuration file. */
export interface ConfigMistake {
  /** Path inside the file: `brands[1].database.name`. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly hint: string;
}

/** A part of the file before it was checked: any member may be missing or of any form. */
type Unread = Readonly<Record<string, unknown>>;

function unread(value: unknown): Unread {
  return value !== null && typeof value === 'object' ? (value as Unread) : {};
}

function rows(value: unknown): Unread[] {
  return Array.isArray(value) ? value.map(unread) : [];
}

function texts(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Mistakes that lie between parts of the file. Works on the file as it was read, so that they are told together with
 * mistakes of form; whatever has the wrong form is passed over here.
 */
export function crossChecks(json: unknown): ConfigMistake[] {
  const root = unread(json);
  const brands = rows(root['brands']);
  return [
    ...databaseMistakes(root, brands),
    ...repeated(brands, 'brands', ['handle']),
    ...brands.flatMap((brand, index) => [
      ...(['identityHandles', 'systems', 'subBrands', 'statuses'] as const).flatMap((list) =>
        repeated(rows(brand[list]), `brands[${index}].${list}`, ['handle']),
      ),
      ...repeated(rows(brand['webhooks']), `brands[${index}].webhooks`, ['name']),
      ...repeated(rows(brand['customAttributes']), `brands[${index}].customAttributes`, ['namespace', 'handle']),
    ]),
    ...repeated(rows(root['purposes']), 'purposes', ['code']),
    ...sharingMistakes(root, brands),
    ...messageMistakes(root, brands),
  ];
}

function databaseMistakes(root: Unread, brands: readonly Unread[]): ConfigMistake[] {
  const place = (path: string, database: unknown): DatabasePlace => {
    const { uri, name } = unread(database);
    return { path, uri, name };
  };
  const places = [
    place('registry.database', unread(root['registry'])['database']),
    ...brands.map((brand, index) => place(`brands[${index}].database`, brand['database'])),
  ];
  return sameDatabases(places).map(([path, first]) => ({
    path,
    hint: `is the same database as ${first}; every brand and the registry need one of their own`,
  }));
}

function repeated(items: readonly Unread[], path: string, keys: readonly string[]): ConfigMistake[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const values = keys.map((key) => item[key]);
    if (!values.every((value) => typeof value === 'string')) return [];
    const value = values.join('.');
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [{ path: `${path}[${index}].${keys.at(-1)}`, hint: `"${value}" is used twice; keep one` }];
  });
}

function sharingMistakes(root: Unread, brands: readonly Unread[]): ConfigMistake[] {
  const purposes = new Set(rows(root['purposes']).map((purpose) => purpose['code']));
  const pairs = new Set<string>();
  return rows(root['sharing']).flatMap((rule, index) => {
    const path = `sharing[${index}]`;
    const mistakes: ConfigMistake[] = [...endMistakes(rule, path, brands)];
    const pair = `${String(rule['from'])}→${String(rule['to'])}`;
    if (pairs.has(pair)) mistakes.push({ path, hint: `is a second rule for ${pair}; keep one` });
    pairs.add(pair);
    texts(rule['purposes']).forEach((code, at) => {
      if (typeof code === 'string' && !purposes.has(code))
        mistakes.push({ path: `${path}.purposes[${at}]`, hint: `"${code}" is not in the list of purposes` });
    });
    return mistakes;
  });
}

function endMistakes(rule: Unread, path: string, brands: readonly Unread[]): ConfigMistake[] {
  const { from, to, sharedHandle = 'group-member' } = rule;
  const known = brands.map((brand) => brand['handle']).filter((handle) => typeof handle === 'string');
  const mistakes = (['from', 'to'] as const).flatMap((end): ConfigMistake[] => {
    const handle = rule[end];
    // Without one brand that can be read, the mistake lies there.
    if (typeof handle !== 'string' || known.length === 0) return [];
    const brand = brands.find((candidate) => candidate['handle'] === handle);
    if (brand === undefined)
      return [{ path: `${path}.${end}`, hint: `"${handle}" is not a configured brand; known: ${known.join(', ')}` }];
    if (rows(brand['identityHandles']).some((entry) => entry['handle'] === sharedHandle)) return [];
    const hint = `"${String(sharedHandle)}" must be among the identity handles of ${handle}`;
    return [{ path: `${path}.sharedHandle`, hint }];
  });
  if (typeof from === 'string' && from === to)
    mistakes.push({ path: `${path}.to`, hint: 'is the giving brand itself; name another' });
  return mistakes;
}

/** A brand that invites must be able to send; words for a channel by which nothing goes would never be read. */
function messageMistakes(root: Unread, brands: readonly Unread[]): ConfigMistake[] {
  const inviting = new Set(rows(root['sharing']).map((rule) => rule['from']));
  return brands.flatMap((brand, index) => {
    const { transport, email, sms, templates } = unread(brand['messages']);
    const common = unread(transport)['kind'] ?? 'mailbox';
    const isSilent = {
      email: (unread(email)['kind'] ?? common) === 'none',
      sms: ['none', 'smtp'].includes(String(unread(sms)['kind'] ?? common)),
    };
    const path = `brands[${index}].messages`;
    const words = unread(unread(templates)['activation']);
    const idle = (['email', 'sms'] as const).filter((channel) => isSilent[channel] && words[channel] !== undefined);
    return [
      ...(isSilent.email && isSilent.sms && inviting.has(brand['handle'])
        ? [{ path, hint: 'no channel has a transport, but a sharing rule lets this brand invite; give it one' }]
        : []),
      ...idle.map((channel) => ({
        path: `${path}.templates.activation.${channel}`,
        hint: `is never used: no transport carries this channel; add "${channel}" beside "transport", or remove it`,
      })),
    ];
  });
}
