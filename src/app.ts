import { visibleBrand } from './access/context.js';
import { useCursorKey } from './access/cursor.js';
import { RateLimiter } from './access/rate-limit.js';
import { viewerResolvers } from './access/viewer.resolvers.js';
import { interactionResolvers } from './activity/interaction.resolvers.js';
import { loadInteractionNode } from './activity/interaction.service.js';
import { locationResolvers } from './activity/location.resolvers.js';
import { loadLocationNode } from './activity/location.service.js';
import { transactionResolvers } from './activity/transaction.resolvers.js';
import { loadTransactionNode } from './activity/transaction.service.js';
import { brandResolvers } from './brands/brand.resolvers.js';
import { createConsentResolvers } from './consents/consent.resolvers.js';
import { ensureNotices } from './consents/notice.service.js';
import { createReceiptSigner } from './consents/receipt.service.js';
import { duplicateResolvers } from './duplicates/duplicate.resolvers.js';
import { loadDuplicateNode } from './duplicates/duplicate.service.js';
import { DuplicateSchedule } from './duplicates/duplicate-schedule.service.js';
import { createNodeResolvers } from './graphql/node.resolvers.js';
import { createGraphqlServer, type GraphqlServer } from './graphql/server.js';
import { identityResolvers } from './identities/identity.resolvers.js';
import { loadIdentityNode } from './identities/identity.service.js';
import { JournalRunner } from './journal/journal-runner.js';
import { Deadline } from './kernel/clock.js';
import { activationRoutes } from './links/activation-page.service.js';
import { startConsentSweep } from './links/consent-retention.service.js';
import { createLinkResolvers } from './links/cross-brand-link.resolvers.js';
import { loadConsentNode, loadLinkNode } from './links/cross-brand-link.service.js';
import { groupCustomerResolvers } from './links/group-customer.resolvers.js';
import { registerLinkJournals, registerMessageJournals } from './links/link-journals.service.js';
import type { LinkDeps } from './links/link-work.js';
import { withdrawalRoutes } from './links/withdrawal-page.service.js';
import { createMergeBatchResolvers } from './merge-batches/merge-batch.resolvers.js';
import { loadMergeBatchNode } from './merge-batches/merge-batch.service.js';
import { MergeBatchJournals } from './merge-batches/merge-batch-journals.service.js';
import { mergeResolvers } from './merges/merge.resolvers.js';
import { loadMergeNode } from './merges/merge.service.js';
import { startSnapshotSweep } from './merges/merge-erasure.service.js';
import { readCarriers, tellSilentChannels } from './messages/carriers.js';
import type { OpenGroup } from './open-group.js';
import { addressResolvers } from './profiles/address.resolvers.js';
import { loadAddressNode } from './profiles/address.service.js';
import { boundProfileResolvers } from './profiles/bound-profile.resolvers.js';
import { profileResolvers } from './profiles/profile.resolvers.js';
import { loadProfileNode } from './profiles/profile-lookup.service.js';
import { createProfileSearchResolvers } from './profiles/profile-search.resolvers.js';
import { walletResolvers } from './wallet/wallet.resolvers.js';
import { loadRewardNode } from './wallet/wallet.service.js';
import { readEndpoints } from './webhooks/endpoint.js';
import { Publisher } from './webhooks/publisher.js';

/** Time for the registry to take in new notices at start. */
const startDeadlineMs = 10_000;
/** Messages handed over at once: each waits for a carrier, seconds in a bad hour. */
const messagesAtOnce = 32;

/** A server with the work it carries on beside answering. */
export interface RunningServer extends Pick<GraphqlServer, 'listen' | 'inject' | 'counters'> {
  /** Carries journaled work on; `idle` tells when none is left that can run now. */
  readonly journals: JournalRunner;
  /** Tells facts to whoever follows them, in its own time. */
  readonly publisher: Publisher;
  /** Carries batches of merges on, on the databases of their brands. */
  readonly mergeBatches: MergeBatchJournals;
  /** Settles with an error when the embedded engine dies by itself. */
  readonly ended: Promise<never>;
  /** Stops accepting, drains, gives journals back, closes the group's databases. */
  close(): Promise<void>;
}

/** Builds the GraphQL server of an open group and starts its journals. Closing the server closes the group. */
export async function createServer(group: OpenGroup): Promise<RunningServer> {
  const { config, brands, secrets, tokens, clock, log } = group;
  const endpoints = readEndpoints(config, group.env);
  const carriers = readCarriers(config, group.env);
  tellSilentChannels(config, log);
  useCursorKey(secrets.derive('cursors'));
  await ensureNotices(brands, Deadline.after(startDeadlineMs));
  const journals = new JournalRunner({ database: brands.registry, clock, log });
  const mergeBatches = new MergeBatchJournals({ brands, clock, log });
  let address = `http://localhost:${config.server.port}`;
  const links: LinkDeps = {
    brands,
    clock,
    log,
    // Known for sure only once the server listens.
    get publicUrl() {
      return config.server.publicUrl ?? address;
    },
    carriers,
  };
  registerLinkJournals(journals, links);
  const messages = new JournalRunner({ database: brands.registry, clock, log, concurrency: messagesAtOnce });
  registerMessageJournals(messages, links);
  const signer = await createReceiptSigner(secrets.signingJwk());
  const activation = { links, journals, signer };
  const resolvers = [
    viewerResolvers,
    brandResolvers,
    profileResolvers,
    boundProfileResolvers,
    addressResolvers,
    createProfileSearchResolvers({
      limiter: new RateLimiter(clock),
      searchesPerMinutePerTarget: config.server.searchesPerMinutePerTarget,
      brandDeadlineMs: config.server.brandDeadlineMs,
    }),
    identityResolvers,
    createConsentResolvers({ signer }),
    transactionResolvers,
    interactionResolvers,
    locationResolvers,
    walletResolvers,
    createLinkResolvers(activation),
    groupCustomerResolvers,
    mergeResolvers,
    duplicateResolvers,
    createMergeBatchResolvers({ journals: mergeBatches }),
    nodeResolvers(),
  ];
  const routes = [activationRoutes(activation), withdrawalRoutes(activation)];
  const server = await createGraphqlServer({ config: config.server, brands, tokens, clock, log, resolvers, routes });
  const publisher = new Publisher({ brands, endpoints, clock, log });
  const duplicates = new DuplicateSchedule({
    entries: brands.all(),
    clock,
    log,
    secret: secrets.derive('duplicates'),
    everyHours: config.server.duplicateScanHours,
  });
  for (const work of [journals, messages, mergeBatches, publisher, duplicates]) work.start();
  const sweeps = [startSnapshotSweep({ brands, clock, log }), startConsentSweep(links)];
  return {
    listen: async (port, host) => {
      address = await server.listen(port, host);
      return address;
    },
    inject: server.inject,
    counters: server.counters,
    journals,
    mergeBatches,
    publisher,
    ended: group.ended.then(() => new Promise<never>(() => {})),
    close: async () => {
      await server.close();
      await Promise.all([journals.stop(), messages.stop(), publisher.stop(), mergeBatches.stop(), duplicates.stop()]);
      await Promise.all(sweeps.map((sweep) => sweep.stop()));
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
    ixn: (id, context) => loadInteractionNode(context, id),
    loc: (id, context) => loadLocationNode(context, id),
    rwd: (id, context) => loadRewardNode(context, id),
    merge: (id, context) => loadMergeNode(context, id),
    dup: (id, context) => loadDuplicateNode(context, id),
    batch: (id, context) => loadMergeBatchNode(context, id),
    link: (id, context) => loadLinkNode(context, id),
    cons: (id, context) => loadConsentNode(context, id),
  });
}
