import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildASTSchema, concatAST, type DocumentNode, type GraphQLSchema, parse, Source } from 'graphql';

/** The folder that holds `package.json`; every path in the scripts starts here. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/** One file of the contract, as text and as syntax tree. */
export interface SchemaFile {
  /** File name without the folder, for example `profile.graphql`. */
  readonly name: string;
  readonly text: string;
  readonly document: DocumentNode;
}

/** Every `schema/*.graphql`, in the order of their names so that whatever is made from them is stable. */
export function readSchemaFiles(folder: string = join(repositoryRoot, 'schema')): SchemaFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { name, text, document: parse(new Source(text, `schema/${name}`)) };
    });
}

/** The whole contract as one document. */
export function readSchemaDocument(): DocumentNode {
  return concatAST(readSchemaFiles().map((file) => file.document));
}

/** The whole contract as a schema without resolvers. Throws when the files do not fit together. */
export function readSchema(): GraphQLSchema {
  return buildASTSchema(readSchemaDocument());
}

/** The contract as one text, file after file as they stand; the form in which it is released. */
export function printContract(): string {
  return readSchemaFiles()
    .map((file) => file.text)
    .join('\n');
}
