import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../src/access/rate-limit.js';

function limiter(): {
  take: (key?: string, perMinute?: number) => string;
  pass: (ms: number) => void;
  size: () => number;
} {
  let ms = 1_000_000;
  const limit = new RateLimiter({ now: () => new Date(ms) });
  return {
    take: (key = 'k', perMinute = 3) => {
      try {
        limit.takeFrom(key, perMinute);
        return 'taken';
      } catch (error) {
        const { code, details } = error as { code: string; details: { retryAfterSeconds: number } };
        return `${code} ${details.retryAfterSeconds}`;
      }
    },
    pass: (duration) => {
      ms += duration;
    },
    size: () => limit.size,
  };
}

describe('the rate limiter', () => {
  test("allows a minute's worth at once and then says when to come again", () => {
    const { take } = limiter();
    expect([take(), take(), take(), take()]).toEqual(['taken', 'taken', 'taken', 'RATE_LIMITED 20']);
  });

  test('gives places back evenly, and refusals take none', () => {
    const { take, pass } = limiter();
    for (let i = 0; i < 3; i += 1) take();
    for (let i = 0; i < 5; i += 1) expect(take()).toBe('RATE_LIMITED 20');
    pass(20_000);
    expect([take(), take()]).toEqual(['taken', 'RATE_LIMITED 20']);
  });

  test('is right where a minute does not divide', () => {
    const { take, pass } = limiter();
    for (let i = 0; i < 7; i += 1) expect(take('k', 7)).toBe('taken');
    expect(take('k', 7)).toBe('RATE_LIMITED 9');
    pass(60_000);
    for (let i = 0; i < 7; i += 1) expect(take('k', 7)).toBe('taken');
  });

  test('counts every key by itself', () => {
    const { take } = limiter();
    for (let i = 0; i < 3; i += 1) take('a');
    expect([take('a'), take('b')]).toEqual(['RATE_LIMITED 20', 'taken']);
  });

  test('remembers a bounded number of keys', () => {
    const { take, size } = limiter();
    for (let i = 0; i < 60_000; i += 1) take(`key ${i}`);
    expect(size()).toBeLessThanOrEqual(50_000);
  });
});
