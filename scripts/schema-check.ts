import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type ConstDirectiveNode, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { isRunDirectly } from './check.js';
import { printContract, repositoryRoot } from './sdl.js';

const releasedFile = 'schema/.snapshot/released.graphql';
const announcedFile = 'schema/.snapshot/announced.json';

/** A change that can break a client which works today. */
export interface BreakingChange {
  /** Schema coordinate, for example `Profile.email`; what `announced.json` names. */
  readonly path: string;
  readonly message: string;
}

/** A breaking change that clients were told of. */
export interface Announcement {
  readonly path: string;
  /** What clients use instead. */
  readonly reason: string;
  /** Day on which it takes effect, `YYYY-MM-DD`. */
  readonly effectiveOn: string;
}

/** What a release would do to its clients. */
export interface SchemaVerdict {
  /** Breaking and not announced: the check fails on these. */
  readonly unannounced: readonly BreakingChange[];
  /** Breaking, but announced. */
  readonly announced: readonly BreakingChange[];
  /** Announced, but nothing of the kind has been done. */
  readonly pending: readonly Announcement[];
}

function scopesIn(directives: readonly ConstDirectiveNode[] | undefined): string[] {
  const value = directives?.find((each) => each.name.value === 'requiresScopes')?.arguments?.[0]?.value;
  return value?.kind === 'ListValue' ? value.values.map((each) => ('value' in each ? String(each.value) : '')) : [];
}

function scopesByCoordinate(schema: GraphQLSchema): Map<string, string[]> {
  const scopes = new Map<string, string[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    scopes.set(type.name, scopesIn(type.astNode?.directives));
    for (const field of Object.values(type.getFields())) {
      scopes.set(`${type.name}.${field.name}`, scopesIn(field.astNode?.directives));
    }
  }
  return scopes;
}

/** A scope that was not asked for before shuts out tokens that work today; a structural diff does not see that. */
function addedScopes(before: GraphQLSchema, after: GraphQLSchema): BreakingChange[] {
  const wanted = scopesByCoordinate(after);
  return [...scopesByCoordinate(before)].flatMap(([path, old]) =>
    (wanted.get(path) ?? [])
      .filter((scope) => !old.includes(scope))
      .map((scope) => ({ path, message: `'${path}' needs the scope '${scope}', which it did not need before` })),
  );
}

/** Compares the contract that clients have with the one they would get. Pure; both are SDL texts. */
export async function compareContracts(
  released: string,
  current: string,
  announcements: readonly Announcement[],
): Promise<SchemaVerdict> {
  const before = buildSchema(released);
  const after = buildSchema(current);
  const changes = await diff(before, after);
  const breaking = changes
    .filter((change) => change.criticality.level === CriticalityLevel.Breaking)
    .map((change): BreakingChange => ({ path: change.path ?? '', message: change.message }))
    .concat(addedScopes(before, after));
  const isAnnounced = ({ path }: BreakingChange): boolean => announcements.some((each) => each.path === path);
  return {
    unannounced: breaking.filter((change) => !isAnnounced(change)),
    announced: breaking.filter(isAnnounced),
    pending: announcements.filter((each) => !breaking.some((change) => change.path === each.path)),
  };
}

/** The announcements on file; throws with the entry's position when one is incomplete. */
export function readAnnouncements(): Announcement[] {
  const entries: unknown = JSON.parse(readFileSync(join(repositoryRoot, announcedFile), 'utf8'));
  if (!Array.isArray(entries)) throw new Error(`${announcedFile} must hold a list`);
  return entries.map((entry: Partial<Announcement>, index) => {
    const { path, reason, effectiveOn } = entry;
    if (!path || !reason || !/^\d{4}-\d{2}-\d{2}$/.test(effectiveOn ?? '')) {
      throw new Error(`${announcedFile}[${index}] needs path, reason and effectiveOn as YYYY-MM-DD`);
    }
    return { path, reason, effectiveOn: effectiveOn ?? '' };
  });
}

/** The verdict on `schema/*.graphql` as they stand against the last release. */
export async function checkSchema(): Promise<SchemaVerdict> {
  const released = readFileSync(join(repositoryRoot, releasedFile), 'utf8');
  return compareContracts(released, printContract(), readAnnouncements());
}

/** Makes the contract as it stands the released one; announcements that came true are dropped. */
async function release(): Promise<void> {
  const path = join(repositoryRoot, releasedFile);
  const pending = existsSync(path) ? (await checkSchema()).pending : [];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, printContract());
  writeFileSync(join(repositoryRoot, announcedFile), `${JSON.stringify(pending, null, 2)}\n`);
}

async function main(): Promise<void> {
  if (process.argv.includes('--release')) return release();
  const { unannounced } = await checkSchema();
  if (unannounced.length === 0) return;
  const list = unannounced.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
  process.stderr.write(
    `These changes break clients and were not announced:\n${list}\nKeep the old form beside the new one, or name the path in ${announcedFile}\n`,
  );
  process.exitCode = 1;
}

if (isRunDirectly(import.meta.url)) await main();
