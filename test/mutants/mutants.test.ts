import { describe, expect, it } from 'vitest';
import { linkMutants } from './link-mutants.js';
import { mutated } from './mutant-plugin.js';
import { mutants } from './mutants.js';

const all = [...mutants, ...linkMutants];

describe('planted bugs', () => {
  it.each(all.map((mutant) => [mutant.name, mutant] as const))('can be planted: %s', (_name, mutant) => {
    for (const { file } of mutant.edits) expect(mutated(mutant, file).length).toBeGreaterThan(0);
  });

  it('are at least twenty in merging and eight in linking, each with a name of its own', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(mutants.length).toBeGreaterThanOrEqual(20);
    expect(linkMutants.length).toBeGreaterThanOrEqual(8);
  });
});
