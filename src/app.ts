import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { visibleBrand } from './access/context.js';
import { useCursorKey } from './access/cursor.js';
import { RateLimiter } from './access/rate-limit.js';
import { TokenService } from './access/token.service.js';
import { registryTokenStore } from './access/token.store.js';
import { viewerResolvers } from './access/viewer.resolvers.js';
import { locationResolvers } from './activity/location.resolvers.js';
import { loadLocationNode } from './activity/location.service.js';
import { transactionResolvers } from './activity/transaction.resolvers.js';
import { loadTransactionNode } from './activity/transaction.service.js';
import { brandResolvers } from './brands/brand.resolvers.js';
import { type Brands, openBrands } from './brands/brands.js';
import type { GroupConfig } from './brands/config.js';
import { brandCollections, registryCollections } from './collections.js';
import { consentResolvers } from './consents/consent.resolvers.js';
import { ensureNotices } from './consents/notice.service.js';
import { createReceiptSigner } from './consents/receipt.service.js';
import type { Engine } from './embedded/engine.js';
import { createNodeResolvers } from './graphql/node.resolvers.js';
import { createGraphqlServer, type GraphqlServer } from './graphql/server.js';
import { identityResolvers } from './identities/identity.resolvers.js';
import { loadIdentityNode } from './identities/identity.service.js';
import { JournalRunner } from './journal/journal-runner.js';
import { type Clock, Deadline, pause } from './kernel/clock.js';
import { AppError } from './kernel/errors.js';
import type { Logger } from './kernel/logger.js';
import { readSecret, type Secrets, secretFromFile } from './kernel/secrets.js';
import { createLinkResolvers } from './links/cross-brand-link.resolvers.js';
import { loadConsentNode, loadLinkNode } from './links/cross-brand-link.service.js';
import { groupCustomerResolvers } from './links/group-customer.resolvers.js';
import { registerLinkJournals } from './links/link-journals.service.js';
import type { LinkDeps } from './links/link-work.js';
import { brandKeysFrom } from './links/sealed-address.js';
import { mergeResolvers } from './merges/merge.resolvers.js';
import { loadMergeNode } from './merges/merge.service.js';
import { addressResolvers } from './profiles/address.resolvers.js';
import { loadAddressNode } from './profiles/address.service.js';
import { profileResolvers } from './profiles/profile.resolvers.js';
import { loadProfileNode } from './profiles/profile-lookup.service.js';
import { createProfileSearchResolvers } from './profiles/profile-search.resolvers.js';
import { walletResolvers } from './wallet/wallet.resolvers.js';
import { loadRewardNode } from './wallet/wallet.service.js';

/** The databases of a group, open, with whatever serves them. */
export interface OpenGroup {
  readonly config: GroupConfig;
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
 * @throws AppError `DATA_FOLDER_LOCKED`, `DATA_FOLDER_FOREIGN`, `TRANSACTIONS_UNSUPPORTED`, `DATABASE_UNREACHABLE`, `CONFIG_INVALID`.
 */
export async function openGroup(options: OpenGroupOptions): Promise<OpenGroup> {
  const { config, env, clock, log } = options;
  const secrets = secretsFor(config, env, log);
  const engine = needsEngine(config) ? await embeddedEngine(config, options.mayAttach ?? false) : null;
  try {
    const brands = await openBrands({
      config,
      embeddedUri: engine === null ? null : (name) => engine.uri(name),
      brandCollections,
      registryCollections,
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
    });
    const close = async (): Promise<void> => {
      await brands.close();
      await engine?.close();
    };
    return { config, brands, secrets, tokens, clock, log, ended: engine?.ended ?? new Promise(() => {}), close };
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
    if (String(error.code).startsWith('DATA_FOLDER_'))
      throw new AppError('DATA_FOLDER_FOREIGN', error.message, { cause: error });
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
function secretsFor(config: GroupConfig, env: NodeJS.ProcessEnv, log: Logger): Secrets {
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
/** Time for the registry to take in new notices at start. */
const startDeadlineMs = 10_000;

/** A server with the work it carries on beside answering. */
export interface RunningServer extends Pick<GraphqlServer, 'listen' | 'inject' | 'counters'> {
  /** Carries journaled work on; `idle` tells when none is left that can run now. */
  readonly journals: JournalRunner;
  /** Settles with an error when the embedded engine dies by itself. */
  readonly ended: Promise<never>;
  /** Stops accepting, drains, gives journals back, closes the group's databases. */
  close(): Promise<void>;
}

/** Builds the GraphQL server of an open group and starts its journals. Closing the server closes the group. */
export async function createServer(group: OpenGroup): Promise<RunningServer> {
  const { config, brands, secrets, tokens, clock, log } = group;
  useCursorKey(secrets.derive('cursors'));
  await ensureNotices(brands, Deadline.after(startDeadlineMs));
  const journals = new JournalRunner({ database: brands.registry, clock, log });
  let address = `http://localhost:${config.server.port}`;
  const links: LinkDeps = {
    brands,
    clock,
    log,
    keys: brandKeysFrom(secrets.derive('brands')),
    // Known for sure only once the server listens.
    get publicUrl() {
      return config.server.publicUrl ?? address;
    },
  };
  registerLinkJournals(journals, links);
  const signer = await createReceiptSigner(secrets.signingJwk());
  const resolvers = [
    viewerResolvers,
    brandResolvers,
    profileResolvers,
    addressResolvers,
    createProfileSearchResolvers({
      limiter: new RateLimiter(clock),
      searchesPerMinutePerTarget: config.server.searchesPerMinutePerTarget,
      brandDeadlineMs: config.server.brandDeadlineMs,
    }),
    identityResolvers,
    consentResolvers,
    transactionResolvers,
    locationResolvers,
    walletResolvers,
    createLinkResolvers({ links, journals, signer }),
    groupCustomerResolvers,
    mergeResolvers,
    nodeResolvers(),
  ];
  const server = await createGraphqlServer({ config: config.server, brands, tokens, clock, log, resolvers });
  journals.start();
  return {
    listen: async (port, host) => {
      address = await server.listen(port, host);
      return address;
    },
    inject: server.inject,
    counters: server.counters,
    journals,
    ended: group.ended.then(() => new Promise<never>(() => {})),
    close: async () => {
      await server.close();
      await journals.stop();
      await group.close();
    },
  };
}

function nodeResolvers(): ReturnType<typeof createNodeResolvers> {
  return createNodeResolvers({
    brand: async (id, context) => visibleBrand(context, id.brand)?.brand ?? null,
    prof: (id, context) => loadProfileNode(context, id),
    addr: (id, context) => loadAddressNode(context, id),
    iden: (id, context) => loadIdentityNode(context, id),
    txn: (id, context) => loadTransactionNode(context, id),
    loc: (id, context) => loadLocationNode(context, id),
    rwd: (id, context) => loadRewardNode(context, id),
    merge: (id, context) => loadMergeNode(context, id),
    link: (id, context) => loadLinkNode(context, id),
    cons: (id, context) => loadConsentNode(context, id),
  });
}
