import type { ExecutionResult } from 'graphql';
import { World } from '../access/world.js';
import { pause } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { RequestContext } from './request-context.js';

/** Waits before the second, third and fourth run: long enough for the other shards of a commit to show. */
const waitsMs = [5, 25, 100];
/** What the whole operation may take beyond its deadline, so that a brand that used all of it is reported as such first. */
const graceMs = 500;

type MaybePromise<T> = T | Promise<T>;

/**
 * Runs reads until they show one world: after each run the last reads are made, and when what was seen does not fit
 * together, everything is read again in a new world.
 * @throws AppError `RETRY` after the fourth run, `DEADLINE_EXCEEDED`.
 */
export async function runUntilWhole(
  context: RequestContext,
  run: () => MaybePromise<ExecutionResult>,
  retryMessage: string,
): Promise<ExecutionResult> {
  for (let attempt = 0; ; attempt += 1) {
    context.trace.runs += 1;
    const running = run();
    const result = running instanceof Promise ? await beforeDeadline(context, settled(context, running)) : running;
    // What was answered without waiting needs no watch; last reads have deadlines of their own.
    if (!(running instanceof Promise)) await context.world.settle();
    const { breached } = context.world;
    if (breached === null) return result;
    const waitMs = waitsMs[attempt];
    if (waitMs === undefined) throw new AppError('RETRY', retryMessage);
    if (context.deadline.remainingMs() <= waitMs) throw outOfTime();
    context.log.info({ request_id: context.requestId, reason: breached }, 'An operation is run again');
    await pause(waitMs);
    context.world = new World();
  }
}

async function settled(context: RequestContext, running: Promise<ExecutionResult>): Promise<ExecutionResult> {
  const result = await running;
  await context.world.settle();
  return result;
}

/** Waits for work no longer than the operation may take. The work itself goes on: it has deadlines of its own. */
async function beforeDeadline<T>(context: RequestContext, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(outOfTime()), context.deadline.remainingMs() + graceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function outOfTime(): AppError {
  return new AppError('DEADLINE_EXCEEDED', 'The operation ran out of time; ask for less or send it again');
}
