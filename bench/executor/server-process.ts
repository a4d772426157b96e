import { type StackName, stacks } from './stacks.js';
import { sourceCounters } from './synthetic-schema.js';

/** What the process says of itself when asked. */
export interface ProcessFigures {
  /** CPU of all threads since the start, user and system, in microseconds. */
  readonly cpuMicros: number;
  /** The part of it spent outside the system: what waking a waiting client costs is not in it. */
  readonly userMicros: number;
  readonly rssBytes: number;
  readonly batches: number;
  readonly keys: number;
}

const stack = await stacks[process.argv[2] as StackName]();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const rssBytes = process.memoryUsage.rss();
  const figures: ProcessFigures = { cpuMicros: user + system, userMicros: user, rssBytes, ...sourceCounters };
  process.send?.(figures);
});
process.on('disconnect', () => process.exit(0));
process.send?.(stack);
