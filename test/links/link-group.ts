import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import { runTransaction } from '../../src/brands/transaction.js';
import { givenConsent } from '../../src/consents/consent.service.js';
import { currentNotice, ensureNotices } from '../../src/consents/notice.service.js';
import { createReceiptSigner } from '../../src/consents/receipt.service.js';
import type { CrossBrandLinkEnrolInput } from '../../src/generated/resolvers-types.js';
import { JournalRunner, type JournalRunnerOptions } from '../../src/journal/journal-runner.js';
import { Deadline } from '../../src/kernel/clock.js';
import { AppError, Refusal } from '../../src/kernel/errors.js';
import { formatNodeId, type Uuid } from '../../src/kernel/ids.js';
import { createLogger, type Logger } from '../../src/kernel/logger.js';
import { type ActivationDeps, activateLink } from '../../src/links/activation.service.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { insertLink } from '../../src/links/link.store.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { registerLinkJournals, registerMessageJournals } from '../../src/links/link-journals.service.js';
import { readLink } from '../../src/links/link-transition.service.js';
import type { LinkDeps } from '../../src/links/link-work.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import { releasePending } from '../../src/links/pending-release.service.js';
import { type Carriers, readCarriers } from '../../src/messages/carriers.js';
import { insertNewProfiles, type NewProfile, planNewProfile } from '../../src/profiles/new-profile.service.js';
import { usePendingRelease } from '../../src/profiles/own-sign-up.service.js';
import type { ProfileRow, ProfileValues } from '../../src/profiles/profile.js';
import { readProfile } from '../../src/profiles/profile.service.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { aLink } from './group-customer-world.js';

/** A clock that stands still until it is told otherwise. */
export interface HandClock {
  now(): Date;
  forward(ms: number): void;
}

/** A group with everything that links need, on a clock set by hand. */
export interface LinkGroup extends TestGroup {
  readonly clock: HandClock;
  readonly deps: ActivationDeps;
  readonly journals: JournalRunner;
  /** Another process on the same databases. */
  runner(overrides?: Partial<JournalRunnerOptions>): JournalRunner;
  /** Does all work that can be done now. */
  settle(): Promise<void>;
  staff(brand: string, overrides?: Partial<OperationContext>): OperationContext;
  customer(brand: string, values?: ProfileValues, more?: Partial<NewProfile>): Promise<ProfileRow>;
  profile(brand: string, id: Uuid): Promise<ProfileRow | null>;
  profiles(brand: string): Promise<ProfileRow[]>;
  link(id: Uuid): Promise<LinkRow>;
  enrolInput(profile: ProfileRow, overrides?: Partial<CrossBrandLinkEnrolInput>): CrossBrandLinkEnrolInput;
  /** Enrols, does the work that follows, and gives back link and token. */
  enrol(profile: ProfileRow, overrides?: Partial<CrossBrandLinkEnrolInput>): Promise<{ link: LinkRow; token: string }>;
  tokenOf(linkId: Uuid, brand?: string): Promise<string>;
  activate(token: string): ReturnType<typeof activateLink>;
  /** Two profiles that are linked as if the customer had activated long ago. */
  linked(
    from: ProfileRow,
    to: ProfileRow,
    ends: { from: string; to: string },
    more?: Partial<LinkRow>,
  ): Promise<LinkRow>;
  /** Cuts a brand off until the returned function is called. */
  cutOff(brand: string): () => void;
}

let counter = 0;

/** Values that no other customer of the run has. */
export function aPerson(overrides: ProfileValues = {}): ProfileValues {
  counter += 1;
  return {
    firstName: `Megumi${counter}`,
    lastName: `Tanakasson${counter}`,
    email: `megumi.${counter}.${randomUUID().slice(0, 8)}@example.org`,
    ...overrides,
  };
}

/** The token in the address that stands in a receipt. */
export function receiptTokenOf(activated: { readonly receipt: { readonly withdrawalUrl: string | null } }): string {
  return activated.receipt.withdrawalUrl?.split('#')[1] ?? '';
}

/** A signer during whose first signature something else happens: between reading a link and committing its change. */
export function signerDuring(signer: ActivationDeps['signer'], meanwhile: () => Promise<unknown>) {
  let isFirst = true;
  const sign: ActivationDeps['signer']['sign'] = async (record) => {
    if (isFirst) {
      isFirst = false;
      await meanwhile();
    }
    return signer.sign(record);
  };
  return { ...signer, sign };
}

/** The codes with which something was refused. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal['refusals']> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error.refusals;
    throw error;
  }
  throw new Error('Nothing was refused');
}

/** Opens a group for tests of links; `rules` changes its configuration first. */
export async function openLinkGroup(
  options: { isMonitored?: boolean; config?: TestGroup['config']; carriers?: Carriers; log?: Logger } = {},
): Promise<LinkGroup> {
  let nowMs = Date.parse('2026-11-22T04:05:06.789Z');
  const clock: HandClock = {
    now: () => new Date(nowMs),
    forward: (ms) => {
      nowMs += ms;
    },
  };
  const group = await openGroup({ clock, ...options });
  const { log = createLogger({ level: 'silent' }) } = options;
  const { brands } = group;
  const links: LinkDeps = {
    brands,
    clock,
    log,
    publicUrl: 'https://group.example/',
    carriers: options.carriers ?? readCarriers(group.config, {}),
  };
  const signer = await createReceiptSigner(await aSigningKey());
  const runner = (overrides: Partial<JournalRunnerOptions> = {}) => {
    const made = new JournalRunner({ database: brands.registry, clock, log, leaseMs: 30_000, ...overrides });
    registerLinkJournals(made, links);
    registerMessageJournals(made, links);
    return made;
  };
  const journals = runner();
  usePendingRelease(releasePending);
  await ensureNotices(brands, Deadline.after(10_000));
  const staff = (brand: string, overrides: Partial<OperationContext> = {}) =>
    group.context({
      actor: anActor({ reference: `staff_${brand}_19`, brandHandles: new Set([brand]), isGroup: false }),
      ...overrides,
    });
  const read = (brand: string, id: Uuid) =>
    readProfile(group.entry(brand).database, id, { deadline: Deadline.after(10_000) });
  const linkGroup: LinkGroup = {
    ...group,
    clock,
    deps: { links, journals, signer },
    journals,
    runner,
    settle: () => journals.idle(),
    staff,
    customer: async (brand, values = aPerson(), more = {}) => {
      const entry = group.entry(brand);
      const planned = planNewProfile({ brand: entry.brand, values, now: clock.now(), ...more });
      await runTransaction(entry.database, Deadline.after(10_000), (session) =>
        insertNewProfiles(entry.database, [planned], session),
      );
      return planned.profile;
    },
    profile: read,
    profiles: async (brand) =>
      (await group
        .entry(brand)
        .database.connection.db?.collection('profiles')
        .find({})
        .toArray()) as unknown as ProfileRow[],
    link: async (id) => (await readLink(brands.registry, id, Deadline.after(10_000))) as LinkRow,
    enrolInput: (profile, overrides = {}) => {
      const rule = group.entry('wren').brand.sharingRules[0] as NonNullable<
        ReturnType<TestGroup['entry']>['brand']['sharingRules'][0]
      >;
      return {
        profileId: formatNodeId('prof', 'wren', profile._id),
        toBrand: 'hearth',
        idempotencyKey: `till-${randomUUID()}`,
        consent: { method: 'VERBAL', isConfirmed: true, noticeId: currentNotice(rule).id, givenAt: clock.now() },
        ...overrides,
      };
    },
    enrol: async (profile, overrides) => {
      const view = await enrolLink(staff('wren'), journals, linkGroup.enrolInput(profile, overrides));
      await journals.idle();
      const link = await linkGroup.link(view?.row._id as Uuid);
      return { link, token: await linkGroup.tokenOf(link._id) };
    },
    tokenOf: async (linkId, brand = 'wren') => {
      const messages = await listMessages(group.entry(brand).database, { limit: 1_000 });
      const message = messages.find((each) => each.linkId === linkId && each.purpose === 'activation');
      return /activate#([\w-]{43})\n/.exec(message?.text ?? '')?.[1] ?? '';
    },
    activate: (token) => activateLink(group.context({ actor: null }), linkGroup.deps, { token, isAccepted: true }),
    linked: async (from, to, ends, more = {}) => {
      const row = { ...anActiveLink(from, to, ends, clock.now()), ...more };
      await runTransaction(brands.registry, Deadline.after(10_000), (session) =>
        insertLink(brands.registry, row, session),
      );
      return row;
    },
    cutOff: (brand) => {
      const { database } = group.entry(brand);
      const spy = vi.spyOn(database, 'run').mockImplementation(async () => {
        throw new AppError('BRAND_UNAVAILABLE', 'cut off', { details: { brand } });
      });
      return () => spy.mockRestore();
    },
  };
  return linkGroup;
}

function anActiveLink(from: ProfileRow, to: ProfileRow, ends: { from: string; to: string }, at: Date): LinkRow {
  const linkId = randomUUID();
  const staff = { kind: 'STAFF' as const, reference: 'staff_1' };
  const { record } = givenConsent(
    linkId,
    {
      purposes: [{ code: 'group-service', text: 'To serve you' }],
      attributes: [],
      noticeId: 'notice_test',
      method: 'ONLINE',
      givenAt: at,
      recordedAt: at,
      recordedBy: staff,
      validUntil: null,
      storageLocation: null,
      retentionYears: 7,
    },
    { at, actor: staff },
  );
  const [a, b] = [
    { brand: ends.from, _id: from._id },
    { brand: ends.to, _id: to._id },
  ];
  return aLink(a, b, at, { _id: linkId, consent: { ...record, status: 'CONFIRMED' } });
}

async function aSigningKey() {
  const { exportJWK, generateKeyPair } = await import('jose');
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return exportJWK(privateKey);
}

/** Every document of a database, as one text. */
export async function dump(entry: { connection: TestGroup['brands']['registry']['connection'] }): Promise<string> {
  const { db } = entry.connection;
  const collections = (await db?.listCollections().toArray()) ?? [];
  const texts = await Promise.all(
    collections.map(async ({ name }) => JSON.stringify(await db?.collection(name).find({}).toArray())),
  );
  return texts.join('\n');
}
