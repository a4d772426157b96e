import { describe, expect, it } from 'vitest';
import { brandKeysFrom, open, openText, seal } from '../../src/kernel/seal.js';

const keys = brandKeysFrom(new Uint8Array(32).fill(1));
const [hearth, wren] = [keys.keyFor('hearth'), keys.keyFor('wren')];

describe('sealed content', () => {
  it('opens with the key of its brand, for the place it is bound to, unchanged', () => {
    const sealed = seal(hearth, 'link-1', 'mei@example.org');
    expect(sealed).not.toContain('mei');
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('mei');
    expect(openText(hearth, 'link-1', sealed)).toBe('mei@example.org');
    expect(() => openText(wren, 'link-1', sealed)).toThrow('does not open');
    expect(() => openText(hearth, 'link-2', sealed)).toThrow('does not open');
    expect(() => openText(hearth, 'link-1', `${sealed.slice(0, -4)}AAAA`)).toThrow('does not open');
    expect(() => openText(hearth, 'link-1', '')).toThrow('does not open');
  });

  it('looks different every time', () => {
    const texts = new Set(Array.from({ length: 50 }, () => seal(hearth, 'link-1', 'mei@example.org')));
    expect(texts.size).toBe(50);
  });

  it('may be bytes', () => {
    const bytes = Uint8Array.from({ length: 1_000 }, (_, at) => at % 256);
    expect(new Uint8Array(open(hearth, 'merge:1', seal(hearth, 'merge:1', bytes)))).toEqual(bytes);
  });
});

describe('keys of brands', () => {
  it('are the same from the same master key, and another for each brand and master key', () => {
    expect(brandKeysFrom(new Uint8Array(32).fill(1)).keyFor('hearth')).toEqual(hearth);
    expect(hearth).toHaveLength(32);
    expect(hearth).not.toEqual(wren);
    expect(brandKeysFrom(new Uint8Array(32).fill(2)).keyFor('hearth')).not.toEqual(hearth);
  });
});
