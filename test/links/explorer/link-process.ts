import type { OperationContext } from '../../../src/access/context.js';
import { World } from '../../../src/access/world.js';
import { Brands } from '../../../src/brands/brands.js';
import { brandsOf } from '../../../src/brands/load-config.js';
import { JournalRunner } from '../../../src/journal/journal-runner.js';
import { Deadline } from '../../../src/kernel/clock.js';
import { createLogger } from '../../../src/kernel/logger.js';
import type { ActivationDeps } from '../../../src/links/activation.service.js';
import { registerLinkJournals } from '../../../src/links/link-journals.service.js';
import type { LinkDeps } from '../../../src/links/link-work.js';
import { DoubleDatabase } from '../../merges/explorer/double-database.js';
import type { Issue } from '../../merges/explorer/double-session.js';
import type { DoubleStore } from '../../merges/explorer/double-store.js';
import { anActor, groupConfig, type TestGroup } from '../../support/group.js';
import type { HandClock } from '../link-group.js';

/** The asking brand. */
export const askingBrand = 'wren';
/** The invited brand. */
export const invitedBrand = 'hearth';
/** The three databases that a link lives in. */
export const storeNames = ['registry', askingBrand, invitedBrand] as const;
/** One of them. */
export type StoreName = (typeof storeNames)[number];
/** Their contents. */
export type LinkStores = Readonly<Record<StoreName, DoubleStore>>;

const config = groupConfig('explored');
for (const rule of config.sharing) Object.assign(rule, { welcomeRewardValue: '10.00' });
const brands = brandsOf(config).filter(({ handle }) => handle === askingBrand || handle === invitedBrand);
const log = createLogger({ level: 'silent' });
/** Nothing here takes time: a deadline that is never met would be chance. */
const deadlineMs = 24 * 60 * 60 * 1_000;
const sealKey = new Uint8Array(32).fill(7);
/** Whoever was silent for longer has lost its work. */
export const leaseMs = 30_000;

/** Signatures take turns of their own in other threads; what is signed is looked at elsewhere. */
const signer: ActivationDeps['signer'] = {
  kid: 'explored',
  publicJwk: {},
  sign: async ({ receiptId }) => `signed ${receiptId}`,
  signAgain: async (payload) => `signed ${payload}`,
};

/** Work is done only by workers of the history, and only when it says so. */
const nobody = { poke: async () => {} } as unknown as JournalRunner;

/** One process of the group on databases that are doubles. */
export interface LinkProcess extends TestGroup {
  readonly deps: ActivationDeps;
  /** Carries journaled work on; dies after so many effects, unless there is no limit. */
  worker(effectsMax?: number): JournalRunner;
}

/** A process whose commands are carried out when `issue` says so. */
export function aProcess(stores: LinkStores, clock: HandClock, issue: Issue): LinkProcess {
  const entries = brands.map((brand) => ({
    brand,
    database: DoubleDatabase.of(brand.handle, stores[brand.handle as StoreName], issue),
    sealKey,
  }));
  const group = new Brands(entries, DoubleDatabase.of('registry', stores.registry, issue));
  const links: LinkDeps = {
    brands: group,
    clock,
    log,
    carriers: () => 'mailbox',
    publicUrl: 'https://group.example/',
  };
  const deadline = Deadline.after(deadlineMs);
  return {
    config,
    brands: group,
    deps: { links, journals: nobody, signer },
    entry: (handle) => group.get(handle),
    context: (overrides = {}): OperationContext => ({
      requestId: 'explored',
      actor: anActor(),
      brands: group,
      clock,
      deadline,
      log,
      selection: null,
      world: new World(),
      ...overrides,
    }),
    worker: (effectsMax = Number.POSITIVE_INFINITY) => {
      let left = effectsMax;
      const afterEffect = (): void => {
        left -= 1;
        if (left < 0) throw new Error('killed');
      };
      // One journal after the other: side by side they meet as the work of two workers.
      const runner = new JournalRunner({ database: group.registry, clock, log, leaseMs, concurrency: 1, afterEffect });
      registerLinkJournals(runner, links);
      return runner;
    },
    close: async () => {},
  };
}
