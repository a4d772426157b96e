import { expect } from 'vitest';
import { onCrashSite } from './crash-site.js';
import { until } from './until.js';
import { WriteLoad } from './write-load.js';

/** Clients that write side by side. */
const clients = 6;

/**
 * Lets clients write, kills the server in the middle of it, starts it again on the same folder and looks at everything
 * that was acknowledged, so many times over on the same data. The seed is printed: it decides what is written and after
 * how many acknowledged writes the server dies.
 */
export async function crashRounds(rounds: number, seed: number): Promise<void> {
  await onCrashSite('crash rounds', seed, async (site) => {
    const { admin, random } = site;
    const load = new WriteLoad(random, admin);
    for (let round = 1; round <= rounds; round += 1) {
      const killAt = load.acknowledged + 5 + random.below(40);
      const writing = load.run(site.server, clients);
      await until(`${killAt} writes are acknowledged`, () => load.acknowledged >= killAt, 60_000);
      expect((await site.server.end('SIGKILL')).signal).toBe('SIGKILL');
      await writing;
      const server = await site.serveAgain();
      const label = `seed ${seed}, round ${round}`;
      // What was under way may be there or not; what was acknowledged must be.
      expect(load.missingFrom(await load.found(server)), label).toEqual([]);
      await load.sendPending(server);
      expect(await load.repeated(server, 10), label).toEqual([]);
      expect(await load.found(server), label).toEqual(load.expected());
    }
  });
}
