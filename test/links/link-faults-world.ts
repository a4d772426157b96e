import { runTransaction } from '../../src/brands/transaction.js';
import { currentNotice, ensureNotices } from '../../src/consents/notice.service.js';
import type { CrossBrandLinkEnrolInput } from '../../src/generated/resolvers-types.js';
import type { JournalRunner } from '../../src/journal/journal-runner.js';
import { Deadline } from '../../src/kernel/clock.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import type { MessageRow } from '../../src/links/delivery.js';
import { insertNewProfiles, planNewProfile } from '../../src/profiles/new-profile.service.js';
import type { ProfileRow, ProfileValues } from '../../src/profiles/profile.js';
import type { Issue } from '../merges/explorer/double-session.js';
import { DoubleStore } from '../merges/explorer/double-store.js';
import { aProcess, askingBrand, invitedBrand, type LinkProcess, type LinkStores } from './explorer/link-process.js';
import { handClock } from './explorer/link-world.js';
import type { HandClock } from './link-group.js';

/** What outlives every process: the databases and the time of day. */
export interface Durable {
  readonly stores: LinkStores;
  readonly clock: HandClock;
}

/** A process that works on its own journals, on databases that outlive it. */
export interface WorkingProcess extends LinkProcess {
  readonly durable: Durable;
  readonly runner: JournalRunner;
}

const dayMs = 86_400_000;

/** Empty databases. */
export function emptyDurable(): Durable {
  return {
    stores: { registry: new DoubleStore(), wren: new DoubleStore(), hearth: new DoubleStore() },
    clock: handClock(),
  };
}

/** A copy that goes its own way from here. */
export function forkOf({ stores, clock }: Durable): Durable {
  const { registry, wren, hearth } = stores;
  return {
    stores: { registry: registry.fork(), wren: wren.fork(), hearth: hearth.fork() },
    clock: handClock(clock.now().getTime()),
  };
}

/** A process; `issue` decides what becomes of its commands. */
export function aWorkingProcess(durable: Durable, issue: Issue): WorkingProcess {
  const process = aProcess(durable.stores, durable.clock, issue);
  const runner = process.worker();
  return { ...process, deps: { ...process.deps, journals: runner }, durable, runner };
}

/** Inserts a customer of a brand. */
export async function aCustomer(process: WorkingProcess, brand: string, values: ProfileValues): Promise<void> {
  const entry = process.entry(brand);
  const planned = planNewProfile({ brand: entry.brand, values, now: process.durable.clock.now() });
  await runTransaction(entry.database, Deadline.after(dayMs), (session) =>
    insertNewProfiles(entry.database, [planned], session),
  );
}

/** Wordings that consents name, and somebody in each brand whom nothing here concerns. */
export async function populate(process: WorkingProcess): Promise<void> {
  await ensureNotices(process.brands, Deadline.after(dayMs));
  for (const brand of [askingBrand, invitedBrand]) {
    await aCustomer(process, brand, { firstName: 'By', lastName: 'Stander', email: `bystander@${brand}.example` });
  }
}

/** The person who is linked, as the asking brand knows her. */
export const person: ProfileValues = {
  firstName: 'Megumi',
  lastName: 'Tanaka',
  email: 'megumi@example.org',
  mobilePhone: '+61491570156',
  birthDate: { day: 1, month: 2, year: 1970 },
};

/** The asking brand's row of the person. */
function personIn({ stores }: Durable): ProfileRow {
  return stores[askingBrand].all('profiles').find((row) => row['email'] === person.email) as unknown as ProfileRow;
}

/** The one link of a scene. */
export function linkIn({ stores }: Durable): LinkRow {
  const links = stores.registry.all('links') as unknown as LinkRow[];
  const [link] = links;
  if (link === undefined || links.length > 1) throw new Error(`Wanted one link, found ${links.length}`);
  return link;
}

/** Tokens of invitations as carriers would deliver them, oldest first. */
export function tokensIn({ stores }: Durable): string[] {
  const messages = stores[askingBrand].all('mailbox') as unknown as MessageRow[];
  const invitations = messages.filter(({ purpose }) => purpose === 'activation');
  const ordered = invitations.sort((x, y) => (x._id < y._id ? -1 : 1));
  return ordered.map(({ text }) => /activate#([\w-]{43})\n/.exec(text)?.[1] ?? '');
}

/** An invitation of the person by staff who heard a yes. */
export function enrolInput({ durable, entry }: WorkingProcess): CrossBrandLinkEnrolInput {
  const rule = entry(askingBrand).brand.sharingRules.find(({ to }) => to === invitedBrand);
  if (rule === undefined) throw new Error(`The group has no rule from ${askingBrand} to ${invitedBrand}`);
  const { _id, createdAt } = personIn(durable);
  return {
    profileId: formatNodeId('prof', askingBrand, _id),
    toBrand: invitedBrand,
    idempotencyKey: 'enrol-at-the-till',
    consent: { method: 'VERBAL', isConfirmed: true, noticeId: currentNotice(rule).id, givenAt: createdAt },
  };
}
