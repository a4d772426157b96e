import { isTypeDefinitionNode, isTypeExtensionNode, parse, visit } from 'graphql';
import type { TidyRule } from './import-rules.js';
import { commonSchemaFile, rooms, schemaRooms } from './rooms.js';

const builtIn = new Set(['ID', 'String', 'Int', 'Float', 'Boolean']);

function rankOf(file: string): number {
  return rooms.find((room) => room.name === schemaRooms[file])?.rank ?? 0;
}

function namesIn(text: string): { defined: Set<string>; used: Set<string> } {
  const defined = new Set<string>();
  const used = new Set<string>();
  const document = parse(text);
  for (const definition of document.definitions) {
    if (isTypeDefinitionNode(definition)) defined.add(definition.name.value);
    if (isTypeExtensionNode(definition)) used.add(definition.name.value);
  }
  visit(document, {
    NamedType(node) {
      used.add(node.name.value);
    },
  });
  return { defined, used };
}

/**
 * The contract's files know each other as the rooms do: a later noun adds its fields to an earlier type with `extend`,
 * so no file names a type of a higher room or of a stranger of the same rank.
 */
export const contractArrowsGoDown: TidyRule = (project) => {
  const files = [...project.texts]
    .filter(([path]) => /^schema\/[^/]+\.graphql$/.test(path))
    .map(([path, text]) => ({ name: path.slice('schema/'.length), ...namesIn(text) }));
  const home = new Map(files.flatMap((file) => [...file.defined].map((type) => [type, file.name] as const)));
  return files.flatMap((file) =>
    [...file.used].flatMap((type) => {
      const other = home.get(type);
      if (builtIn.has(type) || other === file.name || other === commonSchemaFile) return [];
      if (other === undefined) return [`schema/${file.name} names ${type}, which nothing defines`];
      const isDown =
        file.name !== commonSchemaFile &&
        (rankOf(other) < rankOf(file.name) || schemaRooms[other] === schemaRooms[file.name]);
      return isDown ? [] : [`schema/${file.name} names ${type} of schema/${other}, which is not below it`];
    }),
  );
};
