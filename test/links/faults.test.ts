import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JournalRunner } from '../../src/journal/journal-runner.js';
import { AppError } from '../../src/kernel/errors.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { seededRandom } from '../../src/kernel/random.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { declineLink } from '../../src/links/link-decline.service.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { unreliable } from '../support/unreliable.js';
import { aPerson, type LinkGroup, openLinkGroup } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => group.close());

/** Goes on until no work is left, whatever fails on the way. */
async function settleWhatever(): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    group.clock.forward(60_000);
    try {
      await group.settle();
      const open = group.brands.registry.connection.db?.collection('journals').find({ open: true });
      if ((await open?.toArray())?.every((journal) => journal['kind'] === 'link.expire')) return;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  throw new Error('Work was left after 200 rounds');
}

const seed = Math.floor(Math.random() * 2 ** 31);

describe('links on databases that fail and lose answers', () => {
  it(`end up with one profile, one slot on each side and one message each (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const people: ProfileRow[] = [];
    const members = new Map<string, ProfileRow>();
    for (let index = 0; index < 10; index += 1) {
      const person = await group.customer('wren');
      people.push(person);
      if (index % 3 === 0)
        members.set(person._id, await group.customer('hearth', aPerson({ email: person.email ?? null })));
    }
    const before = (await group.profiles('hearth')).length;
    const ids: string[] = [];
    for (const person of people) {
      const view = await enrolLink(group.staff('wren'), group.journals, group.enrolInput(person));
      ids.push(view?.row._id as string);
    }
    for (const entry of [group.entry('wren'), group.entry('hearth')]) unreliable(entry.database, random);
    unreliable(group.brands.registry, random);
    await settleWhatever();
    vi.restoreAllMocks();
    for (const id of ids) await group.activate(await group.tokenOf(id));
    await settleWhatever();

    expect(await group.profiles('hearth')).toHaveLength(before + people.length - members.size);
    const messages = await listMessages(group.entry('wren').database, { limit: 1_000 });
    for (const purpose of ['activation', 'confirmation']) {
      const sent = messages.filter((message) => message.purpose === purpose);
      expect(sent.map((message) => message.linkId).sort()).toEqual([...ids].sort());
    }
    for (const [index, person] of people.entries()) {
      const link = await group.link(ids[index] as string);
      const member = members.get(person._id);
      expect(link).toMatchObject({ state: 'ACTIVE', mode: member === undefined ? 'NEW' : 'JOIN' });
      expect(link.b.accountId).toBe(member?._id ?? link.b.profileId);
      expect((await group.profile('wren', person._id))?.linkSlots).toEqual({ hearth: link._id });
      expect(await group.profile('hearth', link.b.accountId as string)).toMatchObject({
        state: 'ACTIVE',
        linkSlots: { wren: link._id },
      });
      for (const brand of ['wren', 'hearth']) {
        const claims = await group
          .entry(brand)
          .database.connection.db?.collection('claims')
          .find({ linkId: link._id })
          .toArray();
        expect(claims).toHaveLength(1);
      }
    }
  }, 120_000);

  it(`are withdrawn and declined without a trace in either brand (seed ${seed + 1})`, async () => {
    const random = seededRandom(seed + 1);
    const ends: { link: LinkRow; person: ProfileRow; isMember: boolean }[] = [];
    for (let index = 0; index < 6; index += 1) {
      const person = await group.customer('wren');
      const { link, token } = await group.enrol(person);
      const isMember = index % 3 !== 0;
      if (isMember) await group.activate(token);
      if (index % 2 === 0) await group.settle();
      const input = { link: { id: formatNodeId('link', '', link._id) }, copies: 'ERASE_UNTOUCHED' as const };
      const idle = { ...group.deps, journals: { poke: async () => {} } as unknown as JournalRunner };
      if (index === 3) await declineLink(group.context({ actor: null }), idle, { token });
      else await withdrawLink(group.staff('wren'), idle, input);
      ends.push({ link, person, isMember });
    }
    for (const entry of [group.entry('wren'), group.entry('hearth')]) unreliable(entry.database, random);
    unreliable(group.brands.registry, random);
    await settleWhatever();
    vi.restoreAllMocks();
    for (const { link, person, isMember } of ends) {
      const profile = await group.profile('hearth', link.b.profileId);
      expect(profile?.state).toBe(isMember ? 'ACTIVE' : 'VOID');
      expect(profile?.email).toBeUndefined();
      expect(profile?.linkSlots ?? {}).toEqual({});
      expect(await group.profile('wren', person._id)).toMatchObject({ email: person.email, linkSlots: {} });
      for (const brand of ['wren', 'hearth']) {
        const { db } = group.entry(brand).database.connection;
        expect(await db?.collection('claims').countDocuments({ linkId: link._id })).toBe(0);
        expect(await db?.collection('linkCopies').countDocuments({ linkId: link._id })).toBe(0);
      }
    }
  }, 120_000);
});
