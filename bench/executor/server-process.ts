import { type StackName, stacks } from './stacks.js';
import { sourceCounters } from './synthetic-schema.js';

/** What the process says of itself when asked. */
export interface ProcessFigures {
  /** CPU of all threads since the start, user and system, in microseconds. */
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly batches: number;
  readonly keys: number;
}

const stack = await stacks[process.argv[2] as StackName]();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const figures: ProcessFigures = { cpuMicros: user + system, rssBytes: process.memoryUsage.rss(), ...sourceCounters };
  process.send?.(figures);
});
process.on('disconnect', () => process.exit(0));
process.send?.(stack);
