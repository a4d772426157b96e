import { readFileSync } from 'node:fs';
import { AppError } from '../kernel/errors.js';
import type { Brand, SharingRule } from './brand.js';
import { configSchema, type GroupConfig } from './config.js';

/** One mistake of a configuration file. */
export interface ConfigMistake {
  /** Path inside the file: `brands[1].database.name`. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly hint: string;
}

/**
 * Reads and checks a configuration file.
 * @throws AppError `CONFIG_INVALID` with every mistake at once in `details.mistakes`, or `FILE_UNREADABLE`.
 */
export function loadConfigFile(file: string, env: NodeJS.ProcessEnv): GroupConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `The configuration file ${file} cannot be read`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const at = cause instanceof SyntaxError ? (/position \d+.*$/.exec(cause.message)?.[0] ?? '') : '';
    throw configError(file, [{ path: '(file)', hint: `is not JSON ${at}`.trim() }]);
  }
  return parseConfig(json, env, file);
}

/**
 * Checks a configuration that was already parsed. `${NAME}` in text values is replaced from `env`.
 * @throws AppError `CONFIG_INVALID` with every mistake at once.
 */
export function parseConfig(json: unknown, env: NodeJS.ProcessEnv, file = 'brands.config.json'): GroupConfig {
  const mistakes: ConfigMistake[] = [];
  const substituted = substitute(json, '', env, mistakes);
  const parsed = configSchema.safeParse(substituted);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = formatPath(issue.path);
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys)
          mistakes.push({
            path: path === '' ? key : `${path}.${key}`,
            hint: 'is not a known key; remove it or check its spelling',
          });
      } else {
        mistakes.push({ path: path === '' ? '(file)' : path, hint: issue.message });
      }
    }
  }
  if (parsed.success) mistakes.push(...crossChecks(parsed.data));
  else mistakes.push(...duplicateDatabases(substituted));
  if (!parsed.success || mistakes.length > 0) throw configError(file, mistakes);
  return parsed.data;
}

function configError(file: string, mistakes: readonly ConfigMistake[]): AppError {
  const lines = mistakes.map((mistake) => `  ${mistake.path}: ${mistake.hint}`);
  return new AppError('CONFIG_INVALID', `${file} has ${mistakes.length} mistake(s):\n${lines.join('\n')}`, {
    details: { mistakes },
  });
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

function substitute(value: unknown, path: string, env: NodeJS.ProcessEnv, mistakes: ConfigMistake[]): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = env[name];
      if (found === undefined)
        mistakes.push({ path, hint: `needs the environment variable ${name}, which is not set` });
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, `${path}[${index}]`, env, mistakes));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      substitute(item, path === '' ? key : `${path}.${key}`, env, mistakes),
    ]),
  );
}

interface DatabasePlace {
  readonly path: string;
  readonly key: string;
}

function databasePlace(path: string, database: unknown): DatabasePlace | null {
  if (database === null || typeof database !== 'object') return null;
  const { uri, name } = database as { uri?: unknown; name?: unknown };
  if (typeof name !== 'string') return null;
  const cluster =
    typeof uri === 'string'
      ? uri.replace(/^(mongodb(?:\+srv)?:\/\/)(?:[^@/]*@)?([^/?]*).*$/, '$2').toLowerCase()
      : 'embedded';
  return { path, key: `${cluster}/${name.toLowerCase()}` };
}

function duplicateDatabases(json: unknown): ConfigMistake[] {
  const root = (json ?? {}) as { brands?: unknown; registry?: { database?: unknown } };
  const places: (DatabasePlace | null)[] = [databasePlace('registry.database', root.registry?.database)];
  if (Array.isArray(root.brands)) {
    root.brands.forEach((brand: { database?: unknown } | null, index) => {
      places.push(databasePlace(`brands[${index}].database`, brand?.database));
    });
  }
  const seen = new Map<string, string>();
  const mistakes: ConfigMistake[] = [];
  for (const place of places) {
    if (place === null) continue;
    const first = seen.get(place.key);
    if (first === undefined) seen.set(place.key, place.path);
    else
      mistakes.push({
        path: place.path,
        hint: `is the same database as ${first}; every brand and the registry need one of their own`,
      });
  }
  return mistakes;
}

function duplicates(items: readonly { readonly handle: string }[], path: string): ConfigMistake[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    if (!seen.has(item.handle)) {
      seen.add(item.handle);
      return [];
    }
    return [{ path: `${path}[${index}].handle`, hint: `"${item.handle}" is used twice; handles are unique` }];
  });
}

function crossChecks(config: GroupConfig): ConfigMistake[] {
  const mistakes: ConfigMistake[] = [...duplicateDatabases(config), ...duplicates(config.brands, 'brands')];
  config.brands.forEach((brand, index) => {
    for (const list of ['identityHandles', 'systems', 'subBrands', 'statuses'] as const) {
      mistakes.push(...duplicates(brand[list], `brands[${index}].${list}`));
    }
  });
  const handles = new Set(config.brands.map((brand) => brand.handle));
  const purposes = new Set(config.purposes.map((purpose) => purpose.code));
  const pairs = new Set<string>();
  config.sharing.forEach((rule, index) => {
    const path = `sharing[${index}]`;
    for (const end of ['from', 'to'] as const) {
      if (!handles.has(rule[end]))
        mistakes.push({
          path: `${path}.${end}`,
          hint: `"${rule[end]}" is not a configured brand; known: ${[...handles].join(', ')}`,
        });
    }
    if (rule.from === rule.to) mistakes.push({ path: `${path}.to`, hint: 'is the giving brand itself; name another' });
    const pair = `${rule.from}→${rule.to}`;
    if (pairs.has(pair)) mistakes.push({ path, hint: `is a second rule for ${pair}; keep one` });
    pairs.add(pair);
    rule.purposes.forEach((code, at) => {
      if (!purposes.has(code))
        mistakes.push({ path: `${path}.purposes[${at}]`, hint: `"${code}" is not in the list of purposes` });
    });
    for (const end of ['from', 'to'] as const) {
      const brand = config.brands.find((candidate) => candidate.handle === rule[end]);
      if (brand !== undefined && !brand.identityHandles.some((entry) => entry.handle === rule.sharedHandle)) {
        mistakes.push({
          path: `${path}.sharedHandle`,
          hint: `"${rule.sharedHandle}" must be among the identity handles of ${brand.handle}`,
        });
      }
    }
  });
  return mistakes;
}

/** The brands of a checked configuration, each with the sharing rules under which it may give. */
export function brandsOf(config: GroupConfig): Brand[] {
  const purposes = new Map(config.purposes.map((purpose) => [purpose.code, purpose]));
  const rules: SharingRule[] = config.sharing.map((rule) => ({
    ...rule,
    purposes: rule.purposes.map((code) => purposes.get(code) ?? { code, text: code }),
    welcomeReward: rule.welcomeReward ?? null,
  }));
  return config.brands.map((brand) => ({
    ...brand,
    identityHandles: brand.identityHandles.map((entry) => ({ ...entry, reservedFor: entry.reservedFor ?? null })),
    portalUrl: brand.portalUrl ?? null,
    sharingRules: rules.filter((rule) => rule.from === brand.handle),
  }));
}
