import { createServer, type RunningServer } from '../app.js';
import { systemClock } from '../kernel/clock.js';
import { createLogger } from '../kernel/logger.js';
import { openGroup } from '../open-group.js';
import { logLevel, portOf, readConfig } from './group-options.js';
import { say } from './terminal.js';

interface ServeOptions {
  readonly config: string;
  readonly port?: string;
}

/** `kindred serve`: until a signal ends it. */
export async function runServe(options: ServeOptions): Promise<void> {
  const config = readConfig(options.config);
  const port = portOf(options.port, config.server.port);
  const log = createLogger({ level: logLevel('info') });
  const group = await openGroup({ config, env: process.env, clock: systemClock, log });
  const server = await closingOnFailure(group, () => createServer(group));
  const url = await closingOnFailure(server, () => server.listen(port, config.server.host));
  const engine = config.brands.filter((brand) => brand.database.uri === undefined).map((brand) => brand.handle);
  if (engine.length > 0)
    say(`On the embedded engine (one process, this machine): ${engine.join(', ')}; data in ${config.embedded.folder}`);
  say(`GraphQL at ${url}/graphql, state at ${url}/readyz`);
  await untilStopped(server, log);
}

/** Does a step of a start; when it fails, closes what is open already, so that the process ends and the data is free. */
export async function closingOnFailure<T>(open: { close(): Promise<void> }, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await open.close();
    throw error;
  }
}

/**
 * Waits for SIGTERM or SIGINT, then stops gracefully; a second signal ends the process at once. Ends with exit code 1
 * when the embedded engine dies by itself.
 */
export async function untilStopped(server: RunningServer, log: ReturnType<typeof createLogger>): Promise<void> {
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      resolve(signal);
      for (const each of ['SIGTERM', 'SIGINT'] as const) {
        process.removeListener(each, onSignal);
        process.once(each, () => process.exit(130));
      }
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
  const signal = await Promise.race([stopped, server.ended]);
  log.info({ signal }, 'Stopping');
  await server.close();
  log.info('Stopped');
}
