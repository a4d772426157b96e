import { expect } from 'vitest';
import { seededRandom } from '../../src/kernel/random.js';
import { writeGroupFile } from './group-file.js';
import { dropFolder, newFolder } from './kindred-command.js';
import { ServerProcess } from './server-process.js';
import { createTokens } from './token-maker.js';
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
  process.stdout.write(`crash rounds with seed ${seed}\n`);
  const random = seededRandom(seed);
  const folder = newFolder();
  // Sockets of a killed process stay behind; here they go with the folder.
  const env = { TMPDIR: folder };
  const configFile = await writeGroupFile(folder);
  let server = await ServerProcess.serve(configFile, env);
  try {
    const { admin } = await createTokens(configFile, { admin: {} });
    const load = new WriteLoad(random, admin);
    for (let round = 1; round <= rounds; round += 1) {
      const killAt = load.acknowledged + 5 + random.below(40);
      const writing = load.run(server, clients);
      await until(`${killAt} writes are acknowledged`, () => load.acknowledged >= killAt, 60_000);
      expect((await server.end('SIGKILL')).signal).toBe('SIGKILL');
      await writing;
      server = await ServerProcess.serve(configFile, env);
      const label = `seed ${seed}, round ${round}`;
      // What was under way may be there or not; what was acknowledged must be.
      expect(load.missingFrom(await load.found(server)), label).toEqual([]);
      await load.sendPending(server);
      expect(await load.repeated(server, 10), label).toEqual([]);
      expect(await load.found(server), label).toEqual(load.expected());
    }
  } finally {
    await server.end('SIGKILL');
    await dropFolder(folder);
  }
}
