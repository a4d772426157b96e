import { findConsentEvents } from '../../src/consents/consent.store.js';
import { consentEventId, isProvenBy } from '../../src/consents/consent-event.js';
import type { JournalRunner } from '../../src/journal/journal-runner.js';
import { Deadline } from '../../src/kernel/clock.js';
import { AppError, Refusal } from '../../src/kernel/errors.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import { activateLink } from '../../src/links/activation.service.js';
import { isLive, isStaleSlot, type LinkRow } from '../../src/links/cross-brand-link.js';
import { groupCustomerOf } from '../../src/links/group-customer.service.js';
import { declineLink } from '../../src/links/link-decline.service.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { resendMessage } from '../../src/links/link-resend.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { createProfile } from '../../src/profiles/profile-create.service.js';
import { aPerson, type LinkGroup } from './link-group.js';

const soon = () => Deadline.after(30_000);
/** Work is done only when the history says so, and only as far as it says. */
const nobody = { poke: async () => {} } as unknown as JournalRunner;

interface History {
  readonly group: LinkGroup;
  readonly person: ProfileRow;
  readonly random: SeededRandom;
}

type Step = (history: History) => Promise<unknown>;

async function linksOf({ group, person }: History): Promise<LinkRow[]> {
  const { db } = group.brands.registry.connection;
  const rows = await db
    ?.collection('links')
    .find({ ends: `wren:${person._id}` })
    .toArray();
  return (rows ?? []) as unknown as LinkRow[];
}

async function newest(history: History): Promise<LinkRow | null> {
  const links = await linksOf(history);
  return links.find((link) => isLive(link)) ?? links.at(-1) ?? null;
}

async function tokenOf({ group }: History, link: LinkRow | null): Promise<string> {
  const messages = await listMessages(group.entry('wren').database, { limit: 1_000 });
  const message = messages.find((each) => each.linkId === link?._id && each.tokenHash === link.tokenHash);
  return /activate#([\w-]{43})\n/.exec(message?.text ?? '')?.[1] ?? '';
}

const steps: Readonly<Record<string, Step>> = {
  enrol: ({ group, person }) => enrolLink(group.staff('wren'), nobody, group.enrolInput(person)),
  activate: async (history) => {
    const { group } = history;
    const token = await tokenOf(history, await newest(history));
    const deps = { ...group.deps, journals: nobody };
    return activateLink(group.context({ actor: null }), deps, { token, isAccepted: true });
  },
  decline: async (history) => {
    const { group } = history;
    const token = await tokenOf(history, await newest(history));
    const deps = { ...group.deps, journals: nobody };
    return declineLink(group.context({ actor: null }), deps, { token, quietDays: 1 });
  },
  resend: async (history) => {
    const id = (await newest(history))?._id;
    if (id === undefined) return;
    return resendMessage(history.group.staff('wren'), nobody, { id: formatNodeId('link', '', id) });
  },
  withdraw: async (history) => {
    const { group, person, random } = history;
    const id = (await newest(history))?._id;
    if (id === undefined) return;
    const copies = random.next() < 0.5 ? 'KEEP' : 'ERASE_UNTOUCHED';
    const input = { link: { id: formatNodeId('link', '', id) }, copies } as const;
    await withdrawLink(group.staff('wren'), { ...group.deps, journals: nobody }, input);
    const context = group.context();
    const view = (await viewProfile(context, group.entry('wren'), person._id)) as ProfileView;
    if ((await groupCustomerOf(context, view)) !== null) throw new Error('A withdrawn link was read');
  },
  expire: async ({ group }) => group.clock.forward(73 * 3_600_000),
  signUp: ({ group, person }) =>
    createProfile(group.staff('hearth'), {
      brand: 'hearth',
      email: person.email ?? null,
      firstName: 'Own',
      lastName: 'Words',
    }),
  /** Some process works until it dies after some step. */
  work: async ({ group, random }) => {
    let left = Math.floor(random.next() * 4);
    const dying = group.runner({
      afterEffect: () => {
        left -= 1;
        if (left < 0) throw new Error('killed');
      },
    });
    await dying.idle();
  },
  settle: async ({ group }) => {
    group.clock.forward(31_000);
    await group.settle();
  },
};

/** Steps as often as they are drawn: activation needs an invitation that has been worked on, and ends are quick to come. */
const drawn = [
  ...['enrol', 'enrol', 'settle', 'settle', 'work', 'work', 'activate', 'activate', 'activate', 'activate'],
  ...['withdraw', 'withdraw', 'decline', 'resend', 'signUp', 'expire'],
];

/** Runs one history of random steps on a customer of their own, ends all work, and tells every rule that does not hold. */
export async function runHistory(group: LinkGroup, seed: number): Promise<string[]> {
  const random = seededRandom(seed);
  const person = await group.customer('wren');
  if (random.next() < 0.25) await group.customer('hearth', aPerson({ email: person.email ?? null }));
  const history: History = { group, person, random };
  const taken: string[] = [];
  for (let length = 4 + random.below(8); taken.length < length; ) {
    const both = taken.length === 0 ? ['enrol'] : [random.pick(drawn)];
    if (random.next() < 0.25) both.push(random.pick(drawn));
    taken.push(both.join(' with '));
    await Promise.all(both.map((each) => (steps[each] as Step)(history).catch(expected)));
  }
  for (let round = 0; round < 3; round += 1) await (steps['settle'] as Step)(history);
  return (await breachesOf(history)).map((breach) => `${breach} (seed ${seed}: ${taken.join(', ')})`);
}

function expected(error: unknown): void {
  if (error instanceof Refusal) return;
  if (error instanceof AppError && error.code === 'RETRY') return;
  throw error;
}

async function breachesOf(history: History): Promise<string[]> {
  const { group, person } = history;
  const links = await linksOf(history);
  const breaches: string[] = [];
  if (links.filter(isLive).length > 1) breaches.push('two live links');
  const live = links.find(isLive) ?? null;
  const slot = (await group.profile('wren', person._id))?.linkSlots?.['hearth'];
  if (slot !== live?._id) breaches.push('the slot of the asking profile is not the live link');
  for (const link of links) {
    const ids = Array.from({ length: link.consent.seq }, (_, index) => consentEventId(link._id, index + 1));
    const events = await findConsentEvents(group.brands.registry, ids, soon());
    if (
      !isProvenBy(
        link.consent,
        [...events].sort((x, y) => x.seq - y.seq),
      )
    )
      breaches.push('a chain that is not whole');
    for (const id of [link.b.profileId, ...(link.b.formerProfileIds ?? [])]) {
      const state = (await group.profile('hearth', id))?.state;
      if (state === 'PENDING' && link.state !== 'PENDING_ACTIVATION')
        breaches.push(`an orphan of a ${link.state} link`);
    }
    const claims = await group
      .entry('hearth')
      .database.connection.db?.collection('claims')
      .countDocuments({ linkId: link._id });
    if (!isLive(link) && claims !== 0) breaches.push(`a shared identity of a ${link.state} link`);
    if (link.state === 'ACTIVE' && claims !== 1) breaches.push('an active link without its shared identity');
  }
  for (const profile of await group.profiles('hearth')) {
    const id = profile.linkSlots?.['wren'];
    const link = links.find((each) => each._id === id);
    if (link !== undefined && isStaleSlot(link, 'hearth', profile)) breaches.push(`a slot of a ${link.state} link`);
  }
  return breaches;
}
