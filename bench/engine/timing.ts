import { median } from '../statistics.js';

/** Times of one operation in one round, in milliseconds. */
export interface Timing {
  readonly p50: number;
  readonly p99: number;
  /** One after the other, at this pace. */
  readonly perSecond: number;
}

/** What was measured of one operation, over all rounds. */
export interface Figure extends Timing {
  readonly name: string;
  /** Its p50 as a multiple of the ping's in the same round. */
  readonly pings: number;
}

/** An operation to time. */
export interface Operation {
  readonly name: string;
  readonly times: number;
  run(turn: number): Promise<void>;
}

/** The value below which this part of all values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** p50, p99 and pace of a list of times. */
export function timingOf(times: readonly number[]): Timing {
  const total = times.reduce((sum, ms) => sum + ms, 0);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), perSecond: (times.length * 1000) / total };
}

/** Milliseconds that work takes. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** One round: every operation in turn with the others and with the ping, so that noise reaches all of them alike. */
export async function round(operations: readonly Operation[]): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(operations.map((operation) => [operation.name, []]));
  const most = Math.max(...operations.map((operation) => operation.times));
  for (let turn = 0; turn < most; turn += 1) {
    for (const operation of operations) {
      // Rare operations are spread over the whole round.
      const isDue = Math.floor((turn * operation.times) / most) !== Math.floor(((turn - 1) * operation.times) / most);
      if (isDue) times.get(operation.name)?.push(await time(() => operation.run(turn)));
    }
  }
  return times;
}

/** Medians over rounds; ratios are taken within a round before. */
export function figures(rounds: readonly Map<string, number[]>[], pingName: string): Figure[] {
  const names = [...(rounds[0]?.keys() ?? [])];
  return names.map((name) => {
    const timings = rounds.map((times) => timingOf(times.get(name) ?? []));
    const pings = rounds.map((times) => timingOf(times.get(pingName) ?? []).p50);
    return {
      name,
      p50: median(timings.map((timing) => timing.p50)),
      p99: median(timings.map((timing) => timing.p99)),
      perSecond: median(timings.map((timing) => timing.perSecond)),
      pings: median(timings.map((timing, at) => timing.p50 / (pings[at] as number))),
    };
  });
}
