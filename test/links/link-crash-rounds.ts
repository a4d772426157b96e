import { expect } from 'vitest';
import { onCrashSite } from '../support/crash-site.js';
import { until } from '../support/until.js';
import { LinkRows, patienceMs } from './link-crash-rows.js';
import { LinkLoad } from './link-load.js';

/** Clients that work side by side. */
const clients = 4;
/** Customers that a round begins with. */
const customersPerRound = 16;

/**
 * Lets clients enrol, activate and withdraw, kills the gateway, lets another take over the folder, waits until it has done
 * all work of the one before, and looks at the raw rows; so many times on the same data. The seed decides who is to come
 * how far and after how many answers the gateway dies.
 */
export async function linkCrashRounds(rounds: number, seed: number): Promise<void> {
  await onCrashSite('link crash rounds', seed, async (site) => {
    const { admin, random, folder } = site;
    const load = new LinkLoad(admin, random);
    for (let round = 1; round <= rounds; round += 1) {
      await load.populate(site.server, customersPerRound);
      const before = await LinkRows.open(folder);
      load.isServerGoing = false;
      const killAt = load.acknowledged + 1 + random.below(customersPerRound * 2);
      const working = load.run(site.server, before, clients);
      const isReached = until(`${killAt} answers`, () => load.acknowledged >= killAt || load.isOver, patienceMs);
      await Promise.race([isReached, working.then(() => isReached)]);
      load.isServerGoing = true;
      await site.server.end('SIGKILL');
      const killedAtMs = Date.now();
      await working;
      await before.close();
      const server = await site.serveAgain();
      const readyMs = Date.now() - killedAtMs;
      const rows = await LinkRows.open(folder);
      await load.finish(server, rows);
      await rows.settled();
      const settledMs = Date.now() - killedAtMs;
      process.stdout.write(
        `round ${round}: ${load.acknowledged} answers, ready after ${readyMs} ms, all work done after ${settledMs} ms\n`,
      );
      const broken = await rows.broken(load.customers);
      await rows.close();
      expect(broken, `seed ${seed}, round ${round}`).toEqual([]);
    }
  });
}
