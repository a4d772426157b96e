import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../scripts/sdl.js';
import * as fileRules from './file-rules.js';
import * as importRules from './import-rules.js';
import { readProject } from './project.js';
import { topLevelEntries } from './rooms.js';
import * as schemaArrows from './schema-arrows.js';
import { houseWith, rulesAndSins } from './sins.js';

const repository = readProject(repositoryRoot);

describe.each(rulesAndSins)('tidy: $name', ({ rule, sins }) => {
  it('in this repository', () => {
    expect(rule(repository)).toEqual([]);
  });

  it('in a clean house', () => {
    expect(rule(houseWith({}))).toEqual([]);
  });

  it.each(sins.map((sin) => [JSON.stringify(sin).slice(0, 120), sin] as const))('and notices %s', (_text, sin) => {
    expect(rule(houseWith(sin))).not.toEqual([]);
  });
});

describe('tidy: the top level is closed', () => {
  it('in this repository', () => {
    expect(fileRules.theTopLevelIsClosed(repository)).toEqual([]);
  });

  it('and notices one entry too many', () => {
    const entries = [...topLevelEntries, 'tsconfig.json', 'tsconfig.build.json'];
    expect(fileRules.theTopLevelIsClosed(houseWith({}, entries))).toEqual([]);
    expect(fileRules.theTopLevelIsClosed(houseWith({}, [...entries, 'notes.txt']))).toHaveLength(1);
  });
});

describe('tidy: the rules themselves', () => {
  it('are each tried with a deliberate sin', () => {
    const tried = new Set(rulesAndSins.map(({ rule }) => rule).concat(fileRules.theTopLevelIsClosed));
    const notRules: readonly unknown[] = [importRules.roleOf, importRules.roomEdges];
    const untried = Object.entries({ ...importRules, ...fileRules, ...schemaArrows }).filter(
      ([, value]) => !notRules.includes(value) && !tried.has(value as importRules.TidyRule),
    );
    expect(untried.map(([name]) => name)).toEqual([]);
  });
});
