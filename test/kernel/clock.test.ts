import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline, pause, systemClock } from '../../src/kernel/clock.js';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-07-01T00:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a deadline', () => {
  it('counts down to nothing and no further', () => {
    const deadline = Deadline.after(1_000);
    expect([deadline.remainingMs(), deadline.isPast]).toEqual([1_000, false]);
    vi.advanceTimersByTime(999);
    expect([deadline.remainingMs(), deadline.isPast]).toEqual([1, false]);
    vi.advanceTimersByTime(1);
    expect([deadline.remainingMs(), deadline.isPast]).toEqual([0, true]);
    vi.advanceTimersByTime(60_000);
    expect([deadline.remainingMs(), deadline.isPast]).toEqual([0, true]);
  });

  it('can be brought forward, never put off', () => {
    const deadline = Deadline.after(1_000);
    expect(deadline.atMost(100).remainingMs()).toBe(100);
    expect(deadline.atMost(5_000).remainingMs()).toBe(1_000);
    expect(deadline.remainingMs()).toBe(1_000);
  });
});

describe('the machine clock', () => {
  it('tells the time, a fresh value each time', () => {
    const first = systemClock.now();
    first.setFullYear(1999);
    expect(systemClock.now()).toEqual(new Date('2026-07-01T00:00:00Z'));
  });
});

describe('a pause', () => {
  it('ends when its time is over', async () => {
    let isOver = false;
    const over = pause(500).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(499);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await over;
    expect(isOver).toBe(true);
  });
});
