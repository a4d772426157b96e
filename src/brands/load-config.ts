import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { AppError } from '../kernel/errors.js';
import type { Brand, Controller, SharingRule } from './brand.js';
import { configSchema, type GroupConfig } from './config.js';
import { type ConfigMistake, crossChecks } from './config-checks.js';
import { configHint } from './config-hint.js';

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
  const parsed = configSchema.safeParse(substituted, { error: configHint });
  // A text that lacks its variable is not also told to be malformed.
  const unset = new Set(mistakes.map((mistake) => mistake.path));
  const found = [...(parsed.error?.issues.flatMap(mistakesOf) ?? []), ...crossChecks(substituted)];
  mistakes.push(...found.filter((mistake) => !unset.has(mistake.path)));
  if (!parsed.success || mistakes.length > 0) throw configError(file, mistakes);
  return parsed.data;
}

function mistakesOf(issue: z.core.$ZodIssue): ConfigMistake[] {
  const path = formatPath(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ path: path === '' ? '(file)' : path, hint: issue.message }];
  return issue.keys.map((key) => ({
    path: path === '' ? key : `${path}.${key}`,
    hint: 'is not a known key; remove it or check its spelling',
  }));
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

/** The brands of a checked configuration, each with the sharing rules under which it may give. */
export function brandsOf(config: GroupConfig): Brand[] {
  const purposes = new Map(config.purposes.map((purpose) => [purpose.code, purpose]));
  const rules: SharingRule[] = config.sharing.map((rule) => ({
    ...rule,
    purposes: rule.purposes.map((code) => purposes.get(code) ?? { code, text: code }),
    welcomeReward: rule.welcomeReward ?? null,
    storageLocation: rule.storageLocation ?? null,
  }));
  return config.brands.map((brand) => ({
    ...brand,
    controller: controllerOf(brand),
    identityHandles: brand.identityHandles.map((entry) => ({ ...entry, reservedFor: entry.reservedFor ?? null })),
    portalUrl: brand.portalUrl ?? null,
    sharingRules: rules.filter((rule) => rule.from === brand.handle),
  }));
}

function controllerOf({ name, controller }: GroupConfig['brands'][number]): Controller {
  const { legalName = name, address = null, contact = null, jurisdiction = null, authority = null } = controller;
  return { legalName, address, contact, jurisdiction, authority };
}
