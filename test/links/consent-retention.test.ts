import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepEndedConsents } from '../../src/links/consent-retention.service.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { declineLink } from '../../src/links/link-decline.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { type LinkGroup, openLinkGroup, receiptTokenOf } from './link-group.js';

const dayMs = 86_400_000;

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

/** How many rows of each kind stand for a link in the registry. */
async function traces({ _id }: LinkRow): Promise<Record<string, number | undefined>> {
  const { db } = group.brands.registry.connection;
  const count = (name: string, filter: object) => db?.collection(name).countDocuments(filter);
  return {
    links: await count('links', { _id: _id as never }),
    events: await count('consentEvents', { linkId: _id }),
    receipts: await count('receipts', { linkId: _id }),
    // Those of the invitation go by their own time.
    credentials: await count('activations', { linkId: _id, expireAt: { $exists: false } }),
  };
}

async function withdrawn(): Promise<LinkRow> {
  const { link, token } = await group.enrol(await group.customer('wren'));
  const receiptToken = receiptTokenOf(await group.activate(token));
  await withdrawLink(group.context({ actor: null }), group.deps, { link: { receiptToken } });
  await group.settle();
  return group.link(link._id);
}

const sweep = () => sweepEndedConsents({ brands: group.brands, clock: group.clock });

describe('the evidence of a consent', () => {
  it('is kept for the years that its rule names after the end, and goes then, whole', async () => {
    const ended = await withdrawn();
    const { link: live, token } = await group.enrol(await group.customer('wren'));
    await group.activate(token);
    await group.settle();
    const before = { links: 1, events: 3, receipts: 2, credentials: 2 };
    expect(await traces(ended)).toEqual(before);
    expect(ended.keepUntil?.toISOString()).toBe('2033-11-22T04:05:06.789Z');

    group.clock.forward(7 * 365 * dayMs);
    await sweep();
    expect(await traces(ended)).toEqual(before);

    group.clock.forward(2 * dayMs);
    const counts = await Promise.all([sweep(), sweep()]);
    expect(counts[0] + counts[1]).toBe(1);
    expect(await traces(ended)).toEqual({ links: 0, events: 0, receipts: 0, credentials: 0 });
    expect(await traces(await group.link(live._id))).toEqual({ links: 1, events: 2, receipts: 1, credentials: 2 });
  });

  it('of a refusal is kept as long as the customer is to be left alone, if that is longer', async () => {
    const { link, token } = await group.enrol(await group.customer('wren'));
    await declineLink(group.context({ actor: null }), group.deps, { token, quietDays: 3_650 });
    await group.settle();
    const { keepUntil, quietUntil } = await group.link(link._id);
    expect(keepUntil).toEqual(quietUntil);
  });
});
