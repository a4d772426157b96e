import { describe, expect, it } from 'vitest';
import { checkArchitecturePage, generateMap } from '../../scripts/architecture.js';
import { houseWith } from './sins.js';

describe('the map of rooms', () => {
  it('shows the imports as they are', () => {
    expect(checkArchitecturePage()).toBeNull();
  });

  it('draws an import between rooms, and leaves out what a longer way already says', () => {
    const map = generateMap(houseWith({}));
    expect(map).toContain('app_ts --> merges');
    expect(map).toContain('merges --> profiles');
    expect(map).not.toContain('app_ts --> profiles');
    expect(map).toMatch(/`app\.ts`.*\| .*profiles.*merges/);
  });

  it('leaves out rooms that are not built yet', () => {
    expect(generateMap(houseWith({}))).not.toContain('imports[');
  });
});
