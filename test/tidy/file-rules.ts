import { roleOf, type TidyRule } from './import-rules.js';
import { lineAt, type SourceFile, type SyntaxNode, serverSources, walk } from './project.js';
import { commonSchemaFile, otherTestFolders, roomOf, rooms, schemaRooms, topLevelEntries } from './rooms.js';

/** A file that does not fit on a few screens holds more than one thing. */
const fileLinesMax = 300;

/** Configuration files that a tool reads by their default export. */
const toolFiles = /(^|\/)(vitest(\.long|\.mutants|\.searches)?\.config|vite\.config|vitest-setup)\.ts$/;

/** Files with deliberate sins in them. */
const sinFiles = /^test\/tidy\//;

function at(file: SourceFile, position: number): string {
  return `${file.path}:${lineAt(file.text, position)}`;
}

/** A file stays within a few screens; generated code is exempt. */
export const filesAreShort: TidyRule = (project) =>
  project
    .sources()
    .filter((file) => !file.path.startsWith('src/generated/'))
    .map((file) => ({ path: file.path, lines: file.text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > fileLinesMax)
    .map(({ path, lines }) => `${path} has ${lines} lines; at most ${fileLinesMax}`);

/** Names are kebab-case, say what is inside, and end in a role that is known. */
export const fileNamesAreRegular: TidyRule = (project) =>
  project.sources().flatMap(({ path }) => {
    const name = path.split('/').pop() ?? '';
    if (/^index\.[a-z]+$/.test(name)) return [`${path}: no index files; import the file that has the thing`];
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)*\.(ts|tsx|js|mjs)$/.test(name)) return [`${path} is not kebab-case`];
    // Rooms of nouns have a closed list of roles; the engine's `.commands.ts` and the like are its own affair.
    if (roomOf(path)?.door === 'nouns' && roleOf(path) === null) return [`${path}: its suffix says no role`];
    if (/(^|[-.])(utils?|helpers?|managers?|misc|common|data|info)\.ts$/.test(name))
      return [`${path}: name the thing it holds`];
    return [];
  });

/** A thing is imported under the name it was given. */
export const exportsAreNamed: TidyRule = (project) =>
  project
    .sources()
    .filter((file) => !toolFiles.test(file.path))
    .flatMap((file) =>
      [...walk(file.program)]
        .filter((node) => node.type === 'ExportDefaultDeclaration' || node.type === 'TSExportAssignment')
        .map((node) => `${at(file, node.start)} has a default export`),
    );

/** A thing is imported from where it is. */
export const nothingIsReExported: TidyRule = (project) =>
  serverSources(project).flatMap((file) =>
    file.imports
      .filter((statement) => statement.form === 're-export')
      .map((statement) => `${file.path}:${statement.line} passes on ${statement.specifier}; import it where it is`),
  );

function declares(node: SyntaxNode): boolean {
  return node.type === 'ExportNamedDeclaration' && node['declaration'] != null;
}

/** Every exported thing says what it means in a docstring right above it. */
export const exportsAreDescribed: TidyRule = (project) =>
  serverSources(project)
    .filter((file) => !file.path.startsWith('src/generated/'))
    .flatMap((file) => {
      const body = (file.program['body'] ?? []) as SyntaxNode[];
      const docstrings = file.comments.filter((comment) => comment.value.startsWith('*'));
      const isDescribed = (node: SyntaxNode): boolean =>
        docstrings.some((each) => each.end <= node.start && file.text.slice(each.end, node.start).trim() === '');
      const nameOf = (node: SyntaxNode): string => {
        const declaration = node['declaration'] as SyntaxNode & { id?: { name?: string } };
        const first = (declaration['declarations'] as { id?: { name?: string } }[] | undefined)?.[0];
        return declaration.id?.name ?? first?.id?.name ?? declaration.type;
      };
      // Overloads share the docstring of the first.
      const seen = new Set<string>();
      return body.filter(declares).flatMap((node) => {
        const name = nameOf(node);
        const isKnown = seen.has(name) || isDescribed(node);
        seen.add(name);
        return isKnown ? [] : [`${at(file, node.start)} exports ${name} without a docstring`];
      });
    });

function calls(file: SourceFile): { name: string; start: number }[] {
  return [...walk(file.program)].flatMap((node) => {
    const callee = node.type === 'CallExpression' ? (node['callee'] as SyntaxNode) : null;
    if (callee?.type !== 'MemberExpression') return [];
    const object = callee['object'] as SyntaxNode & { name?: string };
    const property = callee['property'] as SyntaxNode & { name?: string };
    return [{ name: `${object.name ?? ''}.${property.name ?? ''}`, start: node.start }];
  });
}

const printing = /^(src\/cli\/|bin\/|bench\/|scripts\/)/;

/** No reminders, switched-off tests or debug output. */
export const nothingIsLeftOver: TidyRule = (project) =>
  project
    .sources()
    .filter((file) => !sinFiles.test(file.path))
    .flatMap((file) => [
      ...file.comments
        .filter((comment) => /\b(TODO|FIXME|XXX|HACK)\b(?! ?\(#\d+\))/.test(comment.value))
        .map((comment) => `${at(file, comment.start)} has a reminder without an id; write TODO(#12)`),
      ...calls(file)
        .filter(({ name }) => /^(it|test|describe|suite)\.(only|skip|todo)$/.test(name))
        .map(({ name, start }) => `${at(file, start)} calls ${name}`),
      ...calls(file)
        .filter(({ name }) => name.startsWith('console.') && !printing.test(file.path))
        .map(({ name, start }) => `${at(file, start)} calls ${name}; use the logger`),
      ...[...walk(file.program)]
        .filter((node) => node.type === 'DebuggerStatement')
        .map((node) => `${at(file, node.start)} stops the debugger`),
    ]);

/** A path on somebody's machine, or a mention of how the work was organised. */
const machineSpecific = [
  /(^|[\s'"`(=])\/(home|Users|root|work|mnt)\/[\w.-]/m,
  /\bC:\\Users\\/,
  /\bissue #?\d+\b/i,
  /\.\.\/shared\b/,
];

/** Nothing that is true only where it was written. */
export const nothingNamesTheMachine: TidyRule = (project) =>
  [...project.texts]
    .filter(([path]) => !sinFiles.test(path))
    .flatMap(([path, text]) =>
      machineSpecific.flatMap((pattern) => {
        const match = pattern.exec(text);
        return match ? [`${path}:${lineAt(text, match.index + 1)} mentions ${JSON.stringify(match[0].trim())}`] : [];
      }),
    );

/** The top of the repository is a short list. */
export const theTopLevelIsClosed: TidyRule = (project) =>
  project.topLevel
    .filter((entry) => !topLevelEntries.has(entry) && !/^tsconfig(\.[a-z]+)?\.json$/.test(entry))
    .map((entry) => `${entry} does not belong at the top of the repository`);

/** schema/<noun>.graphql ↔ src/<room>/ ↔ test/<room>/. */
export const contractAndRoomsPair: TidyRule = (project) => {
  const paths = [...project.texts.keys()];
  const files = paths
    .filter((path) => /^schema\/[^/]+\.graphql$/.test(path))
    .map((path) => path.slice('schema/'.length));
  const resolversOf = (room: string): string[] =>
    paths.filter((path) => path.startsWith(`src/${room}/`) && roleOf(path) === 'resolvers');
  return [
    ...files
      .filter((file) => file !== commonSchemaFile && !(file in schemaRooms))
      .map((file) => `schema/${file} has no room`),
    ...Object.keys(schemaRooms)
      .filter((file) => !files.includes(file))
      .map((file) => `schema/${file} is in the table and not on disk`),
    ...Object.entries(schemaRooms)
      .filter(([, room]) => resolversOf(room).length === 0)
      .map(([file, room]) => `schema/${file} is resolved nowhere in src/${room}/`),
  ];
};

/** Tests lie in a folder named after the room they are about, or in one of a few others. */
export const testFoldersAreRooms: TidyRule = (project) => {
  const folders = new Set([...project.texts.keys()].flatMap((path) => /^test\/([^/]+)\//.exec(path)?.[1] ?? []));
  const known = new Set([...rooms.map((room) => room.name), ...otherTestFolders]);
  return [...folders].filter((folder) => !known.has(folder)).map((folder) => `test/${folder}/ is named after no room`);
};
