import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergedFrom } from '../../src/identities/identity.js';
import { listIdentities, loadIdentityNode, lookUpIdentity } from '../../src/identities/identity.service.js';
import { formatNodeId, newUuid, parseNodeId } from '../../src/kernel/ids.js';
import type { ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { listProfiles } from '../../src/profiles/profile-list.service.js';
import { aCardNumber, anIdentity } from '../support/factories/identity.js';
import { aProfile, craftMerge } from '../support/factories/profile.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';

let group: TestGroup;
let nowMs = Date.UTC(2026, 10, 22);
beforeAll(async () => {
  group = await openGroup({
    isMonitored: true,
    clock: {
      now: () => {
        nowMs += 1_000;
        return new Date(nowMs);
      },
    },
  });
});
afterAll(() => group.close());

async function view(profile: ProfileView, context = group.context()): Promise<ProfileView> {
  return (await viewProfile(context, group.entry(profile.brand.handle), profile._id)) as ProfileView;
}

describe('a profile’s identities', () => {
  it('come oldest first, page by page, with the number of all', async () => {
    const profile = await aProfile(group, 'wren');
    const numbers = [aCardNumber(), aCardNumber(), aCardNumber()];
    for (const identifier of numbers) await anIdentity(group, profile, { identifier });
    const first = await listIdentities(group.context(), await view(profile), { first: 2 });
    expect(first.nodes.map((each) => each.identifier)).toEqual(numbers.slice(0, 2));
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const after = first.pageInfo.endCursor;
    const second = await listIdentities(group.context(), await view(profile), { first: 2, after });
    expect(second.nodes.map((each) => each.identifier)).toEqual(numbers.slice(2));
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('can be asked for under one handle', async () => {
    const profile = await aProfile(group, 'wren');
    await anIdentity(group, profile);
    await anIdentity(group, profile, { handle: 'shopify' });
    const page = await listIdentities(group.context(), await view(profile), { first: 20, handle: 'shopify' });
    expect(page.nodes.map((each) => each.handle)).toEqual(['shopify']);
    expect(page.totalCount).toBe(1);
  });

  it('refuse a cursor of another profile or handle', async () => {
    const profile = await aProfile(group, 'wren');
    await anIdentity(group, profile);
    const page = await listIdentities(group.context(), await view(profile), { first: 1 });
    const after = page.pageInfo.endCursor;
    const other = await view(await aProfile(group, 'wren'));
    expect(await refusalsOf(listIdentities(group.context(), other, { first: 1, after }))).toEqual(['CURSOR_INVALID']);
    const filtered = { first: 1, after, handle: 'shopify' };
    expect(await refusalsOf(listIdentities(group.context(), await view(profile), filtered))).toEqual([
      'CURSOR_INVALID',
    ]);
  });

  it('include those that came with merges, and tell from whom', async () => {
    const first = await aProfile(group, 'wren');
    const second = await aProfile(group, 'wren');
    const winner = await aProfile(group, 'wren');
    const card = await anIdentity(group, first);
    const own = await anIdentity(group, winner);
    await craftMerge(group, first, second);
    await craftMerge(group, second, winner);
    const merged = await view(winner);
    const { nodes } = await listIdentities(group.context(), merged, { first: 20 });
    expect(nodes.map((each) => each.identifier).sort()).toEqual([card.identifier, own.identifier].sort());
    expect(mergedFrom(merged, card.accountId)).toBe(second._id);
    expect(mergedFrom(merged, own.accountId)).toBeNull();
    const found = await lookUpIdentity(group.context(), {
      brand: 'wren',
      handle: card.handle,
      identifier: card.identifier,
    });
    expect(found?.profile._id).toBe(winner._id);
  });

  it('of any number of profiles cost one command', async () => {
    const commands = async (first: number): Promise<string[]> => {
      const seen: string[] = [];
      const client = group.entry('hearth').database.connection.getClient();
      const listener = (event: { commandName: string; command: Record<string, unknown> }): void => {
        seen.push(`${event.commandName} ${event.command[event.commandName]}`);
      };
      client.on('commandStarted', listener);
      const context = group.context({ selection: new Map([['Profile', new Set(['id', 'identities'])]]) });
      const page = await listProfiles(context, {
        brand: 'hearth',
        first,
        orderBy: { field: 'CREATED_AT', direction: 'DESC' },
      });
      const lists = await Promise.all((page?.nodes ?? []).map((node) => listIdentities(context, node, { first: 5 })));
      client.removeListener('commandStarted', listener);
      expect(lists).toHaveLength(first);
      expect(lists.every((list) => list.totalCount === 3)).toBe(true);
      return seen.filter((each) => !each.startsWith('hello') && !each.startsWith('ping'));
    };
    const identities = () => ['1', '2', '3'].map(() => ({ handle: 'loyalty-card', identifier: aCardNumber() }));
    for (let i = 0; i < 50; i += 1) await aProfile(group, 'hearth', { identities: identities() });
    expect(await commands(10)).toEqual(['find profiles', 'find claims']);
    expect(await commands(50)).toEqual(['find profiles', 'find claims']);
  });
});

describe('an identity by its global id', () => {
  it('is found on whichever profile it is now', async () => {
    const loser = await aProfile(group, 'wren');
    const identity = await anIdentity(group, loser);
    const id = formatNodeId('iden', 'wren', identity.accountId, identity.publicId);
    const winner = await aProfile(group, 'wren');
    await craftMerge(group, loser, winner);
    const node = await loadIdentityNode(group.context(), parseNodeId(id) as never);
    expect(node).toMatchObject({ identifier: identity.identifier, __typename: 'Identity' });
    expect(node?.profile._id).toBe(winner._id);
    expect(id).not.toContain(identity.identifier);
  });

  it('is null alike when missing and when foreign', async () => {
    const identity = await anIdentity(group, await aProfile(group, 'alder'));
    const actor = anActor({ brandHandles: new Set(['wren']) });
    for (const [brand, accountId, publicId] of [
      ['alder', identity.accountId, identity.publicId],
      ['wren', newUuid(), newUuid()],
    ] as const) {
      const nodeId = { kind: 'iden', brand, uuids: [accountId, publicId] } as const;
      expect(await loadIdentityNode(group.context({ actor }), nodeId)).toBeNull();
    }
  });
});
