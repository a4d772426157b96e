import { ensureNotices } from '../../../src/consents/notice.service.js';
import { Deadline } from '../../../src/kernel/clock.js';
import { releasePending } from '../../../src/links/pending-release.service.js';
import { usePendingRelease } from '../../../src/profiles/own-sign-up.service.js';
import type { ProfileView } from '../../../src/profiles/profile.js';
import { DoubleStore } from '../../merges/explorer/double-store.js';
import { Scheduler } from '../../merges/explorer/scheduler.js';
import { anIdentity } from '../../support/factories/identity.js';
import { aProfile } from '../../support/factories/profile.js';
import { aTransaction } from '../../support/factories/transaction.js';
import type { HandClock } from '../link-group.js';
import { holdIntervals } from './held-intervals.js';
import { aProcess, askingBrand, invitedBrand, type LinkProcess, type LinkStores } from './link-process.js';
import type { LinkStep } from './link-steps.js';
import { takeStep } from './take-step.js';

/** P is invited; Q is the same person once more in the asking brand; O owns P's e-mail in the invited brand, M another. */
export type PersonName = 'P' | 'Q' | 'O' | 'M';

/** What a history begins with. */
export interface LinkWorld {
  readonly stores: LinkStores;
  readonly clock: HandClock;
  readonly people: Readonly<Partial<Record<PersonName, ProfileView>>>;
}

/** What the invited brand knows of P, and whether Q has a link of their own. */
export const worldKinds = ['stranger', 'known', 'duplicate invited', 'duplicate linked'] as const;
/** One of these worlds. */
export type WorldKind = (typeof worldKinds)[number];

const enrolP: LinkStep = { kind: 'enrol', of: 'P', key: 'enrol-before', attributes: null };
const enrolQ: LinkStep = { kind: 'enrol', of: 'Q', key: 'enrol-of-duplicate', attributes: null };
const work: LinkStep = { kind: 'work', effectsMax: null };
const activate: LinkStep = { kind: 'activate', link: 'newest' };
const withdraw: LinkStep = { kind: 'withdraw', link: 'newest', copies: 'ERASE_UNTOUCHED', key: 'withdraw-before' };

/** How far P's link has come when a history begins, with the steps that led there. */
const stages = {
  fresh: [],
  enrolled: [enrolP],
  invited: [enrolP, work],
  accepted: [enrolP, work, activate],
  active: [enrolP, work, activate, work],
  withdrawn: [enrolP, work, activate, work, withdraw],
} satisfies Record<string, LinkStep[]>;

/** How far P's link has come when a history begins. */
export type Stage = keyof typeof stages;
/** Every stage. */
export const stageNames = Object.keys(stages) as Stage[];

/** A clock that stands still until it is told otherwise. */
export function handClock(startMs = Date.parse('2026-06-01T00:00:00.000Z')): HandClock {
  let nowMs = startMs;
  return {
    now: () => new Date(nowMs),
    forward: (ms) => {
      nowMs += ms;
    },
  };
}

/** Another world that begins where this one stands. */
export function forked({ stores, clock, people }: LinkWorld): LinkWorld {
  const copies = { registry: stores.registry.fork(), wren: stores.wren.fork(), hearth: stores.hearth.fork() };
  return { stores: copies, clock: handClock(clock.now().getTime()), people };
}

const templates = new Map<string, LinkWorld>();
/** Ids are drawn under epochs: 1 is that of histories, whose rows meet those of their world. */
let epochs = 2;

/** A world of one's own at a stage. Made once by the real services. */
export async function linkWorld(kind: WorldKind, stage: Stage = 'fresh'): Promise<LinkWorld> {
  const name = `${kind} ${stage}`;
  let template = templates.get(name);
  if (template === undefined) {
    template = stage === 'fresh' ? await makeWorld(kind) : await linkWorld(kind);
    const { stores, people } = template;
    await alone(template, async (process) => {
      for (const step of stages[stage]) {
        const done = await takeStep(step, { process, people, stores, clock: (template as LinkWorld).clock });
        if (done.end !== 'DONE') throw new Error(`${name}: ${step.kind} was ${done.end} ${done.codes.join()}`);
      }
    });
    templates.set(name, template);
  }
  return forked(template);
}

/** Lets one process do something from beginning to end, command after command. */
export async function alone(
  { stores, clock }: Pick<LinkWorld, 'stores' | 'clock'>,
  work: (process: LinkProcess) => Promise<void>,
  epoch = epochs++,
): Promise<void> {
  const scheduler = new Scheduler(epoch);
  const process = aProcess(stores, clock, (command) => scheduler.issue(0, command));
  const restore = holdIntervals();
  try {
    await scheduler.run([() => scheduler.unscheduled(0, () => work(process))], ([only]) => ({
      pending: only as never,
      fate: 'ok',
    }));
  } finally {
    restore();
  }
}

async function makeWorld(kind: WorldKind): Promise<LinkWorld> {
  usePendingRelease(releasePending);
  const stores = { registry: new DoubleStore(), wren: new DoubleStore(), hearth: new DoubleStore() };
  const people: Partial<Record<PersonName, ProfileView>> = {};
  const clock = handClock();
  await alone({ stores, clock }, async (process) => {
    await ensureNotices(process.brands, Deadline.after(10_000));
    for (const name of kind === 'known' ? (['P', 'Q', 'O', 'M'] as const) : (['P', 'Q', 'M'] as const)) {
      people[name] = await aCustomer(process, name);
    }
    const own: LinkStep[] =
      kind === 'duplicate linked' ? [enrolQ, work, activate, work] : kind === 'duplicate invited' ? [enrolQ, work] : [];
    for (const step of own) await takeStep(step, { process, people, stores, clock });
  });
  return { stores, clock, people };
}

async function aCustomer(process: LinkProcess, name: PersonName): Promise<ProfileView> {
  const brand = name === 'P' || name === 'Q' ? askingBrand : invitedBrand;
  const view = await aProfile(process, brand, {
    title: 'Dr',
    firstName: `First${name}`,
    lastName: `Last${name}`,
    // The owner of P's address in the invited brand.
    email: `${name === 'O' ? 'p' : name.toLowerCase()}@example.com`,
    ...(name === 'P' ? { mobilePhone: '+61491570156', birthDate: { day: 1, month: 2, year: 1970 } } : {}),
    tags: [`of-${name}`],
  });
  await anIdentity(process, view, { identifier: `CARD-${name}` });
  await aTransaction(process, brand, view._id, { externalId: `sale-${name}` });
  return view;
}
