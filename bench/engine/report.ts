import { fixed, type Target, table, targetTable } from '../table.js';
import type { EngineResult, Memory } from './engine-process.js';
import { findByIdName, groupName, manyClaimsName, manyIdsName } from './operations.js';
import type { Figure } from './timing.js';

/** While something long runs, a point read takes at most this at p99, in milliseconds. */
const crowdedReadMs = 20;

/** What was measured beside what is wanted; times are for 100,000 rows. */
export function engineTargets(result: EngineResult): Target[] {
  const figure = (name: string): Figure => result.figures.find((one) => one.name === name) as Figure;
  const most = (name: string, measured: number, limit: number, unit: string): Target => ({
    name,
    wanted: `<= ${limit} ${unit}`,
    measured,
    isMet: measured <= limit,
  });
  return [
    most(`${findByIdName}, p50`, figure(findByIdName).pings, 1.5, 'x ping'),
    most(`${manyClaimsName}, p50`, figure(manyClaimsName).pings, 60, 'x ping'),
    most(`${manyIdsName}, p50`, figure(manyIdsName).pings, 60, 'x ping'),
    most(`${groupName}, p50`, figure(groupName).p50 / 1000, 1, 's'),
    most('insertMany of all rows', result.insertSeconds, 10, 's'),
    most('RSS after it', result.memoryAfterInsert.rss, 300, 'MB'),
    ...result.crowded.map(({ name, p99 }) => most(`point read beside ${name}, p99`, p99, crowdedReadMs, 'ms')),
  ];
}

/** The result for people. */
export function engineReport(result: EngineResult): string {
  const { figures, crowded, memoryBefore, memoryAfterInsert, memoryAtEnd } = result;
  const memory = (name: string, { rss, filePages }: Memory): string[] => [name, fixed(rss, 0), fixed(filePages, 0)];
  return [
    `Through mongoose lean, one after the other, ${result.rows} rows; medians of rounds`,
    table(
      ['operation', 'p50 ms', 'p99 ms', 'ops/s', 'x ping'],
      figures.map((one) => [one.name, fixed(one.p50), fixed(one.p99), fixed(one.perSecond, 0), fixed(one.pings)]),
    ),
    'Point reads while something long runs on another connection',
    table(
      ['beside', 'reads', 'p50 ms', 'p99 ms', 'slowest ms', 'work s', 'failure'],
      crowded.map((one) => [
        one.name,
        String(one.reads),
        fixed(one.p50),
        fixed(one.p99),
        fixed(one.slowestMs),
        fixed(one.workMs / 1000),
        one.failure,
      ]),
    ),
    'Memory of the process, client and engine together, in MB',
    table(
      ['when', 'RSS', 'of it pages of files'],
      [
        memory('before the inserts', memoryBefore),
        memory('after the inserts', memoryAfterInsert),
        memory('at the end', memoryAtEnd),
      ],
    ),
    targetTable(engineTargets(result)),
  ].join('\n');
}
