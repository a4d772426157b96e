import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../scripts/check.js';
import { checkResolverTypes, generateResolverTypes } from '../../scripts/codegen.js';

describe('the typed resolvers', () => {
  it('are those that the SDL asks for', async () => {
    expect(await checkResolverTypes()).toBeNull();
  });

  it('import nothing at run time', async () => {
    const imports = (await generateResolverTypes()).split('\n').filter((line) => line.startsWith('import'));
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((line) => !line.startsWith('import type'))).toEqual([]);
  });
});

describe('the comparison of committed and generated text', () => {
  it('is silent about equal texts', () => {
    expect(firstDifference('a\nb\n', 'a\nb\n')).toBeNull();
  });

  it.each([
    ['a\nb\n', 'a\nc\n', 'line 2'],
    ['a\n', 'a\nb\n', 'line 2'],
    ['a\nb\nc', 'a\nb', 'line 3'],
  ])('names the first line in which %j and %j differ', (committed, wanted, line) => {
    expect(firstDifference(committed, wanted)).toContain(line);
  });
});
