import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import { writeGroupFile } from './group-file.js';
import { dropFolder, newFolder } from './kindred-command.js';
import { ServerProcess } from './server-process.js';
import { createTokens } from './token-maker.js';

/** A gateway on a folder of its own, to be killed and followed by another. */
export interface CrashSite {
  readonly folder: string;
  /** Token of an administrator. */
  readonly admin: string;
  readonly random: SeededRandom;
  /** The gateway that serves the folder now, or did last. */
  readonly server: ServerProcess;
  /** Lets another gateway take over the folder. */
  serveAgain(): Promise<ServerProcess>;
}

/** Opens a site for some work and leaves nothing of it behind. The seed is printed: it decides what happens on it. */
export async function onCrashSite(what: string, seed: number, work: (site: CrashSite) => Promise<void>): Promise<void> {
  process.stdout.write(`${what} with seed ${seed}\n`);
  const folder = newFolder();
  // Sockets of a killed process stay behind; here they go with the folder.
  const env = { TMPDIR: folder };
  const configFile = await writeGroupFile(folder);
  let server = await ServerProcess.serve(configFile, env);
  try {
    const { admin } = await createTokens(configFile, { admin: {} });
    await work({
      ...{ folder, admin, random: seededRandom(seed) },
      get server() {
        return server;
      },
      serveAgain: async () => {
        server = await ServerProcess.serve(configFile, env);
        return server;
      },
    });
  } finally {
    await server.end('SIGKILL');
    await dropFolder(folder);
  }
}
