import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { type GraphQLSchema, isAbstractType, isObjectType } from 'graphql';
import type { Resolvers } from '../generated/resolvers-types.js';
import { AppError } from '../kernel/errors.js';
import { typenameOf } from './node.resolvers.js';
import { scalars } from './scalars.js';

/** The folder of `package.json`: two levels above this file both in `src/` and in `dist/`. */
export const packageRoot = findPackageRoot();

function findPackageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new AppError('INTERNAL', 'No package.json lies above the program; install it again');
    folder = parent;
  }
  return folder;
}

/** The contract as text: every `schema/*.graphql`, in the order of their names. */
export function readTypeDefs(folder: string = join(packageRoot, 'schema')): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/**
 * The executable schema. Resolvers for fields the SDL does not have are refused, so that no dead code hides. Abstract
 * types are told apart synchronously, because compiled documents cannot wait for that answer.
 */
export function buildSchema(typeDefs: string, resolvers: readonly Resolvers[]): GraphQLSchema {
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: [onlyKnown(scalars, typeDefs), ...resolvers] as IResolvers[],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error', requireResolversForResolveType: 'ignore' },
  });
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = typenameOf;
    // Checks of their own would be asked for every object of every answer.
    if (isObjectType(type)) type.isTypeOf = undefined;
  }
  return schema;
}

function onlyKnown(all: typeof scalars, typeDefs: string): Partial<typeof scalars> {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => new RegExp(`^scalar ${name}\\b`, 'm').test(typeDefs)),
  );
}
