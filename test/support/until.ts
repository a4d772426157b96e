import { Deadline, pause } from '../../src/kernel/clock.js';

/** How often a condition is looked at. */
const lookEveryMs = 25;

/** Waits until the question has an answer that is neither null, undefined nor false; fails, saying what for, after the deadline. */
export async function until<T>(what: string, ask: () => T | Promise<T>, withinMs = 20_000): Promise<NonNullable<T>> {
  const deadline = Deadline.after(withinMs);
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (deadline.isPast) throw new Error(`Waited ${withinMs} ms in vain until ${what}`);
    await pause(lookEveryMs);
  }
}
