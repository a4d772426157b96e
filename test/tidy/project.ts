import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { parseSync } from 'vite';
import { browserFolders } from './rooms.js';

/** A node of a parsed file; walked without knowing every kind. */
export type SyntaxNode = { readonly type: string; readonly start: number; readonly end: number } & Readonly<
  Record<string, unknown>
>;

/** One way in which a file names another. */
export interface ImportStatement {
  readonly specifier: string;
  /** `url`: `new URL('./x.js', import.meta.url)`, the way a worker is named. */
  readonly form: 'import' | 're-export' | 'dynamic' | 'type' | 'url';
  /** Nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
  readonly line: number;
}

/** A file as the rules see it. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  readonly comments: readonly { readonly value: string; readonly start: number; readonly end: number }[];
  readonly imports: readonly ImportStatement[];
}

/** What the rules judge: a set of files by path from the repository's root, real or made up for a test. */
export interface Project {
  readonly texts: ReadonlyMap<string, string>;
  readonly topLevel: readonly string[];
  /** The TypeScript and JavaScript files whose path starts like this, parsed. */
  sources(prefix?: string): readonly SourceFile[];
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Every node below and including `node`, parents first. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child);
  }
}

/** The line, from 1, in which a position lies. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

function literal(node: unknown): string | null {
  return isNode(node) && node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : null;
}

function allTypes(node: SyntaxNode, kind: 'importKind' | 'exportKind'): boolean {
  if (node[kind] === 'type') return true;
  const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'] : [];
  return specifiers.length > 0 && specifiers.every((each) => isNode(each) && each[kind] === 'type');
}

function importOf(node: SyntaxNode): Omit<ImportStatement, 'line'> | null {
  switch (node.type) {
    case 'ImportDeclaration':
      return found(node['source'], 'import', allTypes(node, 'importKind'));
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return found(node['source'], 're-export', allTypes(node, 'exportKind'));
    case 'ImportExpression':
      return found(node['source'], 'dynamic', false);
    case 'TSImportType':
      return found(node['source'] ?? node['argument'], 'type', true);
    case 'NewExpression': {
      const callee = node['callee'];
      const isUrl = isNode(callee) && callee['name'] === 'URL' && Array.isArray(node['arguments']);
      return isUrl ? found((node['arguments'] as unknown[])[0], 'url', false) : null;
    }
    default:
      return null;
  }
}

function found(
  source: unknown,
  form: ImportStatement['form'],
  isTypeOnly: boolean,
): Omit<ImportStatement, 'line'> | null {
  const specifier = literal(source);
  if (specifier === null || (form === 'url' && !/^\.{1,2}\/.*\.[jt]s$/.test(specifier))) return null;
  return { specifier, form, isTypeOnly };
}

/** Parses one file. Throws with the path when it is not TypeScript. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const root = program as unknown as SyntaxNode;
  const imports = [...walk(root)].flatMap((node) => {
    const statement = importOf(node);
    return statement ? [{ ...statement, line: lineAt(text, node.start) }] : [];
  });
  return { path, text, program: root, comments, imports };
}

/** A project of the files given; those outside TypeScript and JavaScript stay text. */
export function projectOf(
  files: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
  topLevel?: readonly string[],
): Project {
  const texts = files instanceof Map ? (files as ReadonlyMap<string, string>) : new Map(Object.entries(files));
  const parsed = new Map<string, SourceFile>();
  const source = (path: string, text: string): SourceFile => {
    const known = parsed.get(path) ?? parseSource(path, text);
    parsed.set(path, known);
    return known;
  };
  return {
    texts,
    topLevel: topLevel ?? [...new Set([...texts.keys()].map((path) => path.split('/')[0] ?? ''))],
    sources: (prefix = '') =>
      [...texts]
        .filter(([path]) => path.startsWith(prefix) && /\.(ts|tsx|js|mjs)$/.test(path))
        .map(([path, text]) => source(path, text)),
  };
}

/** The server's files: all of `src/` but the programs for a browser. */
export function serverSources(project: Project): readonly SourceFile[] {
  return project.sources('src/').filter((file) => !browserFolders.some((folder) => file.path.startsWith(folder)));
}

/** The path of the file that a relative specifier names, with `.js` read as the `.ts` it is made from; null for packages. */
export function resolveImport(project: Project, from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = normalize(join(dirname(from), specifier)).replace(/^dist\//, 'src/');
  const source = target.replace(/\.js$/, '.ts');
  return project.texts.has(source) ? source : target;
}

/** What `.gitignore` leaves out; read from disk rather than from git, so that a tree without history can be judged too. */
const ignored: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist', '.kindred', 'coverage', 'bench/results']);

function* filesBelow(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (ignored.has(path) || ignored.has(entry.name) || entry.name.endsWith('.log')) continue;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else yield path;
  }
}

/** The files of the repository as they lie on disk, without what git ignores. */
export function readProject(root: string): Project {
  const paths = [...filesBelow(root, '')].sort();
  const texts = new Map<string, string>();
  for (const path of paths) {
    const isText = /\.(ts|js|mjs|tsx|graphql|md|json|yml|yaml|html)$/.test(path) || path.startsWith('.ci/');
    if (isText && path !== 'package-lock.json') texts.set(path, readFileSync(join(root, path), 'utf8'));
  }
  return projectOf(texts, [...new Set(paths.map((path) => path.split('/')[0] ?? ''))]);
}
