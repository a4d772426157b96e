import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkMutants } from './link-mutants.js';
import { type Mutant, mutants } from './mutants.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The file with the mutant's edits made. @throws Error when a snippet is not there exactly once: the mutant has rotted. */
export function mutated(mutant: Mutant, file: string): string {
  let text = readFileSync(join(root, file), 'utf8');
  for (const edit of mutant.edits.filter((each) => each.file === file)) {
    const parts = text.split(edit.find);
    if (parts.length !== 2) {
      throw new Error(`${mutant.name}: ${file} holds ${parts.length - 1} × the snippet, wanted 1: ${edit.find}`);
    }
    text = parts.join(edit.replace);
  }
  return text;
}

/** Serves the files of one mutant in the place of the real ones; nothing on disk changes. */
export function mutantPlugin(name: string): {
  readonly name: string;
  readonly enforce: 'pre';
  readonly load: (id: string) => string | null;
} {
  const mutant = [...mutants, ...linkMutants].find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`There is no mutant "${name}"`);
  const files = new Map(mutant.edits.map(({ file }) => [join(root, file), file]));
  return {
    name: 'planted-bug',
    enforce: 'pre',
    load: (id) => {
      const file = files.get(id.split('?')[0] ?? '');
      return file === undefined ? null : mutated(mutant, file);
    },
  };
}
