import { type ImportStatement, type Project, resolveImport, type SourceFile, serverSources } from './project.js';
import { browserFolders, compositionRooms, type Room, roomOf } from './rooms.js';

/** One sentence per breach, starting with the path; empty when all is well. */
export type TidyRule = (project: Project) => string[];

interface Edge {
  readonly file: SourceFile;
  readonly statement: ImportStatement;
  readonly target: string;
  readonly from: Room;
  readonly to: Room;
}

/** Suffixes of file names, lowest first: a file may import those of its own room that stand no higher than itself. */
const roles = ['', 'model', 'store', 'loader', 'service', 'resolvers'] as const;
type Role = (typeof roles)[number];

/** The role a file name ends in, for example `store` for `claim.store.ts`; null when the suffix means nothing. */
export function roleOf(path: string): Role | null {
  const suffix = path.split('/').pop()?.replace(/\.ts$/, '').split('.').slice(1).join('.') ?? '';
  return roles.find((role) => role === suffix) ?? null;
}

function where(file: SourceFile, statement: ImportStatement): string {
  return `${file.path}:${statement.line} imports ${statement.specifier}`;
}

function edges(project: Project): Edge[] {
  return serverSources(project).flatMap((file) =>
    file.imports.flatMap((statement) => {
      const target = resolveImport(project, file.path, statement.specifier);
      const from = roomOf(file.path);
      const to = target === null ? undefined : roomOf(target);
      return target !== null && from && to ? [{ file, statement, target, from, to }] : [];
    }),
  );
}

/** Imports between two different rooms, by name. */
export function roomEdges(project: Project): Map<string, Set<string>> {
  const map = new Map<string, Set<string>>();
  for (const { from, to } of edges(project)) {
    if (from !== to) map.set(from.name, (map.get(from.name) ?? new Set()).add(to.name));
  }
  return map;
}

/** Every file under `src/` lies in a room of the table. */
export const everyFileHasARoom: TidyRule = (project) =>
  serverSources(project)
    .filter((file) => roomOf(file.path) === undefined)
    .map((file) => `${file.path} lies in no room; the table is test/tidy/rooms.ts`);

/** Arrows point downward. Generated code may name any room, because it does so by type alone. */
export const importsGoDown: TidyRule = (project) =>
  edges(project)
    .filter(({ from, to }) => from !== to && from.name !== 'generated' && to.rank >= from.rank)
    .map(
      ({ file, statement, from, to }) =>
        `${where(file, statement)}: ${to.name} (${to.rank}) is not below ${from.name} (${from.rank})`,
    );

/** What an import names exists. */
export const importsExist: TidyRule = (project) =>
  serverSources(project).flatMap((file) =>
    file.imports.flatMap((statement) => {
      const target = resolveImport(project, file.path, statement.specifier);
      if (target === null) return [];
      if (!/\.(js|ts|json)$/.test(statement.specifier)) return [`${where(file, statement)} without .js`];
      return project.texts.has(target) ? [] : [`${where(file, statement)}, which does not exist`];
    }),
  );

/** A room is entered by its door: types, pure rules and use cases; not its storage, not its resolvers. */
export const roomsAreEnteredByTheirDoor: TidyRule = (project) =>
  edges(project)
    .filter(
      ({ from, to }) =>
        from !== to && !compositionRooms.has(from.name) && from.name !== 'generated' && to.door === 'nouns',
    )
    .filter(({ from, target }) => {
      const role = roleOf(target);
      if (role === 'resolvers') return from.name !== 'graphql';
      return role !== '' && role !== 'service';
    })
    .map(({ file, statement, to }) => `${where(file, statement)}: not a door of ${to.name}`);

/** Resolvers are joined in one place. */
export const resolversAreJoinedInOnePlace: TidyRule = (project) =>
  edges(project)
    .filter(({ target, from, to }) => roleOf(target) === 'resolvers' && from !== to)
    .filter(({ from }) => from.name !== 'graphql' && from.name !== 'app.ts')
    .map(({ file, statement }) => `${where(file, statement)}: only graphql/ and app.ts join resolvers`);

/**
 * Inside a room: resolvers → service → loader → store → model, and every one of them may know the noun. A file without a
 * suffix is types and pure rules in rooms of nouns; in open rooms it may be anything.
 */
export const rolesGoDown: TidyRule = (project) =>
  edges(project)
    .filter(({ from, to }) => from === to)
    .flatMap(({ file, statement, target, from }) => {
      const own = roleOf(file.path);
      if (own === '' && from.door === 'open') return [];
      const other = roleOf(target);
      if (own === null || other === null) return [];
      if (roles.indexOf(other) > roles.indexOf(own)) return [`${where(file, statement)}: a ${other} stands above it`];
      if (other === 'model' && own !== 'model' && own !== 'store')
        return [`${where(file, statement)}: models stay with their store`];
      return [];
    });

/** The one cycle allowed is by type; at run time generated code does not exist. */
export const generatedCodeIsTypeOnly: TidyRule = (project) =>
  edges(project)
    .filter(
      ({ from, to, statement }) => (from.name === 'generated' || to.name === 'generated') && !statement.isTypeOnly,
    )
    .map(({ file, statement }) => `${where(file, statement)} at run time; use import type`);

/** Commands on a folder on which no engine runs, where there is no address. */
const dataFolderDoor = 'src/cli/data-folder.ts';

/** Between the engine and everybody else there is only a `mongodb://` address. */
export const onlyTheAppStartsTheEngine: TidyRule = (project) =>
  edges(project)
    .filter(({ from, to }) => to.name === 'embedded' && from.name !== 'embedded' && from.name !== 'open-group.ts')
    .filter(({ file }) => file.path !== dataFolderDoor)
    .map(({ file, statement }) => `${where(file, statement)}: only open-group.ts knows the engine`);

const databasePackages = /^(mongoose|mongodb)(\/|$)/;

/**
 * The driver stays in stores and models, and in `brands/`, which opens the connections. A service may name the type of
 * the session it hands from one store to the next.
 */
export const onlyStoresTouchTheDatabase: TidyRule = (project) =>
  serverSources(project).flatMap((file) => {
    const role = roleOf(file.path);
    if (role === 'store' || role === 'model' || file.path.startsWith('src/brands/')) return [];
    return file.imports
      .filter((statement) => databasePackages.test(statement.specifier) && !statement.isTypeOnly)
      .map((statement) => `${where(file, statement)}: only stores, models and brands/ may`);
  });

/** Low rooms stay free of what belongs to high ones. */
export const theEngineKnowsNoFramework: TidyRule = (project) =>
  project
    .sources('src/embedded/')
    .flatMap((file) =>
      file.imports
        .filter((statement) => /^(mongoose|graphql|@apollo|fastify)/.test(statement.specifier))
        .map((statement) => `${where(file, statement)}: the engine is a library in waiting`),
    );

/** Shipped code imports what `package.json` ships: a dependency of a dependency may go away with the next version. */
export const packagesAreDeclared: TidyRule = (project) => {
  const manifest = JSON.parse(project.texts.get('package.json') ?? '{}') as { dependencies?: Record<string, string> };
  return serverSources(project).flatMap((file) =>
    file.imports
      .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .filter(({ specifier }) => {
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        return !(name in (manifest.dependencies ?? {}));
      })
      .map((statement) => `${where(file, statement)}, which is not among the dependencies`),
  );
};

/** Files that processes start with, and what tests and benches reach. */
const entries = /^(bin\/|bench\/|test\/|scripts\/|src\/main\.ts$)/;

/** Nothing lies about unused: every file is reached from a program or a test. */
export const noFileIsDead: TidyRule = (project) => {
  const byPath = new Map(project.sources().map((file) => [file.path, file]));
  const reached = new Set<string>();
  const queue = [...byPath.keys()].filter((path) => entries.test(path));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { specifier } of byPath.get(path)?.imports ?? []) {
      const target = resolveImport(project, path, specifier);
      if (target !== null) queue.push(target);
    }
  }
  return serverSources(project)
    .map((file) => file.path)
    .filter((path) => !reached.has(path))
    .map((path) => `${path} is imported by nothing`);
};

/** Programs for a browser and the server share nothing but HTTP. */
export const browsersStandApart: TidyRule = (project) =>
  project.sources('src/').flatMap((file) => {
    const own = browserFolders.find((folder) => file.path.startsWith(folder));
    return file.imports
      .filter((statement) => {
        const target = resolveImport(project, file.path, statement.specifier);
        return target !== null && browserFolders.find((folder) => target.startsWith(folder)) !== own;
      })
      .filter(({ specifier }) => own !== undefined || /\.[jt]sx?$/.test(specifier))
      .map((statement) => `${where(file, statement)} across the network`);
  });
