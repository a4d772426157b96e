import type { Connection } from 'mongoose';
import { accountOf, type BenchModels, claimId, customerId } from './customers.js';
import type { Operation } from './timing.js';

/** Names of the operations that have a target. */
export const pingName = 'ping';
export const findByIdName = 'find by _id';
export const manyIdsName = '$in of 1,000 _ids, 40 fields each';
/** See {@link manyIdsName}; small rows, so that the engine and not the driver's decoding shows. */
export const manyClaimsName = '$in of 1,000 claim _ids';
export const groupName = '$group over all rows';

const idsAtOnce = 1000;

/** Point reads and pings of a round. */
const pointTimes = 400;

/** The operations that are timed, over so many rows. Answers are checked, so that nothing wrong is fast. */
export function benchOperations(connection: Connection, { customers, claims }: BenchModels, rows: number): Operation[] {
  const versions = new Map<string, number>();
  const spread = (turn: number, step: number): number => (turn * step) % rows;
  const expect = (isRight: boolean, name: string): void => {
    if (!isRight) throw new Error(`The answer to ${name} is wrong`);
  };
  const one = (name: string, ask: (turn: number) => Promise<unknown>): Operation => ({
    name,
    times: pointTimes,
    run: async (turn) => expect((await ask(turn)) !== null, name),
  });
  return [
    one(pingName, async () => connection.db?.admin().ping()),
    one(findByIdName, (turn) =>
      customers
        .findById(customerId(spread(turn, 7919)))
        .lean()
        .exec(),
    ),
    one('find by claim _id', (turn) =>
      claims
        .findById(claimId(spread(turn, 7919)))
        .lean()
        .exec(),
    ),
    {
      name: manyClaimsName,
      times: 20,
      run: async (turn) => {
        const ids = Array.from({ length: idsAtOnce }, (_, at) => claimId((turn * 131 + at * 97) % rows));
        const found = await claims
          .find({ _id: { $in: ids } }, null, { batchSize: idsAtOnce + 1 })
          .lean()
          .exec();
        expect(found.length === new Set(ids).size, manyClaimsName);
      },
    },
    {
      name: manyIdsName,
      times: 20,
      run: async (turn) => {
        const ids = Array.from({ length: idsAtOnce }, (_, at) => customerId((turn * 131 + at * 97) % rows));
        const found = await customers
          .find({ _id: { $in: ids } }, null, { batchSize: idsAtOnce + 1 })
          .lean()
          .exec();
        expect(found.length === new Set(ids).size, manyIdsName);
      },
    },
    {
      name: 'equality + sort + limit 20',
      times: pointTimes / 2,
      run: async (turn) => {
        const filter = { account: accountOf(spread(turn, 7919)) };
        const found = await customers.find(filter).sort({ at: -1, _id: -1 }).limit(20).lean().exec();
        expect(found.length === 20, 'the list');
      },
    },
    {
      name: 'update by CAS',
      times: pointTimes / 2,
      run: async (turn) => {
        const _id = customerId(spread(turn, 6947));
        const version = versions.get(_id) ?? 1;
        const change = { $set: { f01: `changed ${turn}` }, $inc: { version: 1 } };
        const { modifiedCount } = await customers.updateOne({ _id, version }, change);
        expect(modifiedCount === 1, 'the update');
        versions.set(_id, version + 1);
      },
    },
    {
      name: groupName,
      times: 1,
      run: async () => {
        const group = { _id: '$tier', count: { $sum: 1 }, points: { $sum: '$points' }, newest: { $max: '$at' } };
        const found = await customers.aggregate<{ count: number }>([{ $group: group }]);
        expect(found.reduce((sum, one) => sum + one.count, 0) === rows, groupName);
      },
    },
  ];
}
