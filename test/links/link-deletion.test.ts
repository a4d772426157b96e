import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProvenBy } from '../../src/consents/consent-event.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { groupCustomerOf } from '../../src/links/group-customer.service.js';
import { type DeletedEnd, endLinksOf } from '../../src/links/link-deletion.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { type LinkGroup, openLinkGroup, refusalOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const deletion = (profile: ProfileRow, more: Partial<DeletedEnd> = {}) =>
  endLinksOf(group.context(), group.deps, {
    ...{ brand: 'wren', accountIds: profile.accounts ?? [], reason: 'PROFILE_DELETED' },
    ...more,
  });

async function joined(): Promise<{ person: ProfileRow; link: LinkRow }> {
  const person = await group.customer('wren');
  const { link, token } = await group.enrol(person);
  await group.activate(token);
  await group.settle();
  return { person: (await group.profile('wren', person._id)) as ProfileRow, link: await group.link(link._id) };
}

const told = (linkId: string) =>
  group.brands.registry.connection.db?.collection('outbox').countDocuments({ subject: linkId, kind: 'link.withdrawn' });

async function eventsOf(link: LinkRow) {
  const rows = await group.brands.registry.connection.db
    ?.collection('consentEvents')
    .find({ linkId: link._id })
    .sort({ seq: 1 })
    .toArray();
  return rows as unknown as Parameters<typeof isProvenBy>[1];
}

describe('the links of a profile that goes', () => {
  it('end for every reader at once, and leave the other side its profile', async () => {
    const { person, link } = await joined();
    const context = group.context();
    const view = (await viewProfile(context, group.entry('wren'), person._id)) as ProfileView;
    expect(await groupCustomerOf(context, view)).not.toBeNull();

    expect(await deletion(person)).toBe(1);
    const later = group.context();
    expect(
      await groupCustomerOf(later, (await viewProfile(later, group.entry('wren'), person._id)) as ProfileView),
    ).toBeNull();
    const ended = await group.link(link._id);
    expect(ended).toMatchObject({ state: 'ENDED', prior: 'ACTIVE', epoch: link.epoch + 1 });
    expect(ended.consent.status).toBe('WITHDRAWN');
    expect(isProvenBy(ended.consent, await eventsOf(ended))).toBe(true);

    await group.settle();
    const member = await group.profile('hearth', link.b.accountId as string);
    expect(member).toMatchObject({ state: 'ACTIVE', email: person.email, linkSlots: {} });
    const claims = group.entry('hearth').database.connection.db?.collection('claims');
    expect(await claims?.countDocuments({ linkId: link._id })).toBe(0);
    expect(await told(link._id)).toBe(1);
  });

  it('end from the invited side as well, once, and may take untouched copies along', async () => {
    const { link, person } = await joined();
    const member = (await group.profile('hearth', link.b.accountId as string)) as ProfileRow;
    const counts = await Promise.all([
      deletion(member, { brand: 'hearth', copies: 'ERASE_UNTOUCHED' }),
      deletion(member, { brand: 'hearth', copies: 'ERASE_UNTOUCHED' }),
    ]);
    expect(counts[0] + counts[1]).toBe(1);
    await group.settle();
    expect((await group.profile('hearth', member._id))?.email).toBeUndefined();
    expect(await group.profile('wren', person._id)).toMatchObject({ email: person.email, linkSlots: {} });
    expect(await told(link._id)).toBe(1);
    expect(await deletion(member, { brand: 'hearth' })).toBe(0);
  });

  it('that were waiting leave nothing in the invited brand, which is not told of them', async () => {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    expect(await deletion((await group.profile('wren', person._id)) as ProfileRow)).toBe(1);
    await group.settle();
    const ended = await group.link(link._id);
    expect(ended).toMatchObject({ state: 'ENDED', consent: { status: 'LAPSED' } });
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
    expect(await told(link._id)).toBe(0);
    expect(await refusalOf(group.activate(token))).toMatchObject([{ code: 'TOKEN_INVALID' }]);
  });

  it('are past withdrawing', async () => {
    const { person, link } = await joined();
    await deletion(person);
    const input = { link: { id: formatNodeId('link', '', link._id) } };
    const attempt = withdrawLink(group.staff('wren'), group.deps, input);
    expect(await refusalOf(attempt)).toMatchObject([{ code: 'STATE_NOT_ALLOWED' }]);
  });
});
