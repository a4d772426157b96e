import { describe, expect, it } from 'vitest';
import { mutated } from './mutant-plugin.js';
import { mutants } from './mutants.js';

describe('planted bugs', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('can be planted: %s', (_name, mutant) => {
    for (const { file } of mutant.edits) expect(mutated(mutant, file).length).toBeGreaterThan(0);
  });

  it('are at least twenty, each with a name of its own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    expect(mutants.length).toBeGreaterThanOrEqual(20);
  });
});
