import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TokenService } from './access/token.service.js';
import { registryTokenStore } from './access/token.store.js';
import { type Brands, openBrands } from './brands/brands.js';
import type { GroupConfig } from './brands/config.js';
import { brandCollections, registryCollections } from './collections.js';
import type { Engine } from './embedded/engine.js';
import { type Clock, Deadline, pause } from './kernel/clock.js';
import { AppError } from './kernel/errors.js';
import type { Logger } from './kernel/logger.js';
import { brandKeysFrom } from './kernel/seal.js';
import { readSecret, type Secrets, secretFromFile } from './kernel/secrets.js';
import { releasePending } from './links/pending-release.service.js';
import { activeProfileCheck } from './profiles/bound-profile.service.js';
import { usePendingRelease } from './profiles/own-sign-up.service.js';

/** The databases of a group, open, with whatever serves them. */
export interface OpenGroup {
  readonly config: GroupConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly brands: Brands;
  readonly secrets: Secrets;
  readonly tokens: TokenService;
  readonly clock: Clock;
  readonly log: Logger;
  /** Settles with an error when the embedded engine dies by itself; never settles where there is none. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** What {@link openGroup} needs. */
export interface OpenGroupOptions {
  readonly config: GroupConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether, when another process owns the embedded data, its engine may be used beside it. For commands, not for servers. */
  readonly mayAttach?: boolean;
  readonly isMonitored?: boolean;
}

/**
 * Opens every database of the group; starts the embedded engine when one is configured without a URI.
 * @throws AppError `DATA_FOLDER_LOCKED`, `DATA_FOLDER_FOREIGN`, `DATA_FOLDER_UNUSABLE`, `TRANSACTIONS_UNSUPPORTED`, `DATABASE_UNREACHABLE`, `CONFIG_INVALID`.
 */
export async function openGroup(options: OpenGroupOptions): Promise<OpenGroup> {
  const { config, env, clock, log } = options;
  const secrets = secretsFor(config, env, log);
  usePendingRelease(releasePending);
  const engine = needsEngine(config) ? await embeddedEngine(config, options.mayAttach ?? false) : null;
  try {
    const brands = await openBrands({
      config,
      embeddedUri: engine === null ? null : (name) => engine.uri(name),
      brandCollections,
      registryCollections,
      keys: brandKeysFrom(secrets.derive('brands')),
      isMonitored: options.isMonitored ?? false,
      log,
    });
    if (!(await becomesReady(brands.registry))) {
      await brands.close();
      throw new AppError(
        'DATABASE_UNREACHABLE',
        `The registry ${config.registry.database.name} cannot be reached; check registry.database.uri and that its server is running`,
      );
    }
    const tokens = new TokenService({
      store: registryTokenStore(brands.registry),
      clock,
      log,
      brandHandles: config.brands.map((brand) => brand.handle),
      purposes: config.purposes,
      isActiveProfile: activeProfileCheck(brands, config.server.brandDeadlineMs),
    });
    const close = async (): Promise<void> => {
      await brands.close();
      await engine?.close();
    };
    return { config, env, brands, secrets, tokens, clock, log, ended: engine?.ended ?? new Promise(() => {}), close };
  } catch (error) {
    await engine?.close();
    throw error;
  }
}

/** A registry that starts together with this process gets some time; without one nothing can be served. */
async function becomesReady(registry: Brands['registry']): Promise<boolean> {
  const patience = Deadline.after(registryPatienceMs);
  while (registry.state !== 'READY' && !patience.isPast) await pause(100);
  return registry.state === 'READY';
}

function needsEngine(config: GroupConfig): boolean {
  return [config.registry, ...config.brands].some((owner) => owner.database.uri === undefined);
}

type UsedEngine = Pick<Engine, 'uri' | 'ended' | 'close'>;

async function embeddedEngine(config: GroupConfig, mayAttach: boolean): Promise<UsedEngine> {
  const { folder, durability } = config.embedded;
  const addressFile = `${folder}.address`;
  try {
    const { startEngine } = await import('./embedded/engine.js');
    const engine = await startEngine({ folder, durability });
    // Only this user can read it, as only this user can reach the engine's socket.
    writeFileSync(addressFile, engine.uri('__database__'), { mode: 0o600 });
    const close = async (): Promise<void> => {
      rmSync(addressFile, { force: true });
      await engine.close();
    };
    return { uri: (name) => engine.uri(name), ended: engine.ended, close };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'DATA_FOLDER_LOCKED' && mayAttach) return attachedEngine(addressFile, error);
    if (error.code === 'DATA_FOLDER_LOCKED') throw new AppError('DATA_FOLDER_LOCKED', error.message, { cause: error });
    if (error.code === 'DATA_FOLDER_FOREIGN' || error.code === 'DATA_FOLDER_UNUSABLE')
      throw new AppError(error.code, error.message, { cause: error });
    throw error;
  }
}

/** The engine of the process that owns the data, as that process left its address. */
function attachedEngine(addressFile: string, cause: Error): UsedEngine {
  let template: string;
  try {
    template = readFileSync(addressFile, 'utf8');
  } catch {
    throw new AppError('DATA_FOLDER_LOCKED', cause.message, { cause });
  }
  return {
    uri: (name) => template.replace('__database__', encodeURIComponent(name)),
    ended: new Promise(() => {}),
    close: async () => {},
  };
}

/**
 * Keys come from KINDRED_SECRET. As long as something still lives on the embedded engine, a secret kept beside its data
 * does as well, for one process.
 */
export function secretsFor(config: GroupConfig, env: NodeJS.ProcessEnv, log: Logger): Secrets {
  const given = env['KINDRED_SECRET'];
  if (given !== undefined && given !== '') return readSecret(given);
  if (!needsEngine(config)) {
    throw new AppError(
      'CONFIG_INVALID',
      'KINDRED_SECRET is not set; make one with: openssl rand -base64 32, and give every process of the group the same',
    );
  }
  const isMixed = [config.registry, ...config.brands].some((owner) => owner.database.uri !== undefined);
  if (isMixed)
    log.warn('KINDRED_SECRET is not set: using the secret beside the embedded data, which other processes do not have');
  return secretFromFile(join(dirname(config.embedded.folder), 'secret'));
}

/** How long a start waits for the registry. */
const registryPatienceMs = 10_000;
