import { describe, expect, it } from 'vitest';
import { characterCount, hasControlCharacter, hasLoneSurrogate, trimmedOrNull } from '../../src/kernel/text.js';

describe('text', () => {
  it.each(['\ud83d', 'a\udc00b', '\udc00\ud83d', 'x\ud800'])('knows a lone surrogate in %j', (text) => {
    expect(hasLoneSurrogate(text)).toBe(true);
  });

  it.each(['', 'Zoë', '🦊', '👨‍👩‍👧', '\ufffd'])('finds none in %j', (text) => {
    expect(hasLoneSurrogate(text)).toBe(false);
  });

  it('knows control characters, and lets tabs and line breaks pass', () => {
    for (const text of ['\u0000', 'a\u0007', '\u001b[31m', 'x\u007f', '\u000b'])
      expect(hasControlCharacter(text)).toBe(true);
    for (const text of ['', 'a\tb', 'a\r\nb', 'Ōtāhuhu', '🦊']) expect(hasControlCharacter(text)).toBe(false);
  });

  it('counts characters as people do', () => {
    expect([characterCount(''), characterCount('Zoë'), characterCount('🦊🦊'), characterCount('\ud83d')]).toEqual([
      0, 3, 2, 1,
    ]);
  });

  it('makes one form of the same name and nothing of white space', () => {
    expect(trimmedOrNull('  Zoe\u0308 ')).toBe('Zoë');
    expect(trimmedOrNull('\u00a0\u2003\n')).toBeNull();
    expect([trimmedOrNull(''), trimmedOrNull(null), trimmedOrNull(undefined)]).toEqual([null, null, null]);
  });
});
