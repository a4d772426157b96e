import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptOf } from '../../src/consents/receipt.service.js';
import { sha256Hex } from '../../src/kernel/digest.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { listConsents } from '../../src/links/consent-list.service.js';
import { type LinkGroup, openLinkGroup } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const idsOf = (page: { nodes: readonly { linkId: string }[] }) => page.nodes.map((node) => node.linkId);

describe('the list of consents', () => {
  it('shows each brand what it asked for, and what led to it once the customer has confirmed', async () => {
    const pending = await group.enrol(await group.customer('wren'));
    group.clock.forward(1_000);
    const active = await group.enrol(await group.customer('wren'));
    await group.activate(active.token);
    const [wren, hearth, alder] = await Promise.all(
      ['wren', 'hearth', 'alder'].map((brand) => listConsents(group.staff(brand), {})),
    );
    expect(idsOf(wren as never)).toEqual([active.link._id, pending.link._id]);
    expect(idsOf(hearth as never)).toEqual([active.link._id]);
    expect(alder).toMatchObject({ nodes: [], totalCount: 0 });
  });

  it('is read page by page without gaps, and counted', async () => {
    for (let count = 0; count < 4; count += 1) await group.enrol(await group.customer('wren'));
    const context = group.context();
    const whole = await listConsents(context, { first: 100 });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listConsents>> = await listConsents(context, { first: 2, after });
      seen.push(...idsOf(page));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      expect(page.totalCount).toBe(whole.nodes.length);
    } while (after !== null);
    expect(seen).toEqual(idsOf(whole));
    expect(new Set(seen).size).toBe(seen.length);
    const other = await listConsents(group.staff('wren'), { first: 2 });
    await expect(listConsents(context, { after: other.pageInfo.endCursor as string })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
  });

  it('can be narrowed to a profile, brands, states and times', async () => {
    group.clock.forward(60_000);
    const start = group.clock.now();
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    await group.activate(token);
    const profileId = formatNodeId('prof', 'wren', person._id);
    const list = async (filter: object) => idsOf(await listConsents(group.context(), { filter }));
    expect(await list({ profileId })).toEqual([link._id]);
    expect(await list({ recordedFrom: start, statuses: ['CONFIRMED'], fromBrand: 'wren', toBrand: 'hearth' })).toEqual([
      link._id,
    ]);
    expect(await list({ recordedFrom: start, recordedTo: start })).toEqual([]);
    expect(await list({ profileId, fromBrand: 'hearth' })).toEqual([]);
    expect(await list({ profileId: formatNodeId('prof', 'wren', link._id) })).toEqual([]);
  });

  it('leads to the receipt last given, as its digest in the chain says', async () => {
    group.clock.forward(1_000);
    const { link, token } = await group.enrol(await group.customer('wren'));
    const { receipt } = await group.activate(token);
    const [consent] = (await listConsents(group.context(), { first: 1 })).nodes;
    expect(consent?.linkId).toBe(link._id);
    const kept = consent === undefined ? null : await receiptOf(group.context(), group.deps.signer, consent.record);
    expect(kept).toEqual({ ...receipt, withdrawalUrl: null });
    const { db } = group.brands.registry.connection;
    const event = await db?.collection('consentEvents').findOne({ linkId: link._id, seq: 2 });
    expect(event?.['evidence']).toMatchObject({ receiptSha256: sha256Hex(receipt.jws) });
  });
});
