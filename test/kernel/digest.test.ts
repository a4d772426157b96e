import { describe, expect, it } from 'vitest';
import { canonicalJson, contentDigest, keyDigest, sha256Hex } from '../../src/kernel/digest.js';
import { seededRandom } from '../../src/kernel/random.js';

describe('keyDigest', () => {
  it('is 32 hexadecimal digits that repeat', () => {
    expect(keyDigest('claim', 'email', 'a')).toMatch(/^[0-9a-f]{32}$/);
    expect(keyDigest('claim', 'email', 'a')).toBe(keyDigest('claim', 'email', 'a'));
  });

  it.each([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [['a', 'b'], ['ab']],
    [
      ['', 'a'],
      ['a', ''],
    ],
    [['a'], ['a', '']],
    [['1:a'], ['1', 'a']],
    [['a1:b'], ['a', 'b']],
    [['é'], ['e', '\u0301']],
  ])('tells the parts %j from %j', (one, other) => {
    expect(keyDigest('kind', ...one)).not.toBe(keyDigest('kind', ...other));
  });

  it('tells kinds apart that run together with their first part', () => {
    expect(keyDigest('a', 'bc')).not.toBe(keyDigest('ab', 'c'));
  });

  it('never meets itself over 20,000 lists of parts (seed 7)', () => {
    const random = seededRandom(7);
    const seen = new Map<string, string>();
    for (let i = 0; i < 20_000; i += 1) {
      const parts = Array.from({ length: random.below(4) }, () => 'ab:1'.slice(0, random.below(5)));
      const known = seen.get(keyDigest('k', ...parts));
      if (known !== undefined) expect(JSON.stringify(parts)).toBe(known);
      seen.set(keyDigest('k', ...parts), JSON.stringify(parts));
    }
    expect(seen.size).toBeGreaterThan(100);
  });
});

describe('canonicalJson', () => {
  it('gives equal text for equal values, however their keys are ordered', () => {
    expect(canonicalJson({ b: 1, a: { d: [1, { f: 1, e: 2 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[1,{"e":2,"f":1}]},"b":1}',
    );
  });

  it('orders keys by code units, not by language', () => {
    expect(canonicalJson({ é: 1, z: 2, Z: 3, a: 4 })).toBe('{"Z":3,"a":4,"z":2,"é":1}');
  });

  it('leaves undefined members out and keeps places in lists', () => {
    expect(canonicalJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}');
    expect(canonicalJson(undefined)).toBe('null');
  });

  it('writes a date as ISO text, so that a stored and a fresh one are the same', () => {
    const at = new Date('2026-07-01T00:00:00.123Z');
    expect(canonicalJson({ at })).toBe(canonicalJson({ at: at.toISOString() }));
  });

  it('keeps a key called __proto__ as a key', () => {
    const value = JSON.parse('{"__proto__": {"isAdmin": true}, "a": 1}') as unknown;
    expect(canonicalJson(value)).toBe('{"__proto__":{"isAdmin":true},"a":1}');
  });

  it('tells values of different types apart', () => {
    const values = [1, '1', true, 'true', null, [], {}, [null], ''];
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
  });
});

describe('contentDigest', () => {
  it('is the same for equal contents and another for any change', () => {
    const digest = contentDigest({ a: 1, b: [1, 2] });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(contentDigest({ b: [1, 2], a: 1 })).toBe(digest);
    expect(contentDigest({ a: 1, b: [2, 1] })).not.toBe(digest);
    expect(digest).toBe(sha256Hex('{"a":1,"b":[1,2]}'));
  });
});

describe('sha256Hex', () => {
  it('agrees with the published example', () => {
    // FIPS 180-4 example: SHA-256 of "abc".
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex(Buffer.from('abc'))).toBe(sha256Hex('abc'));
  });
});
