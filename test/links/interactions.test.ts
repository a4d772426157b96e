import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactionsOf, ownerOfInteraction } from '../../src/activity/interaction.service.js';
import { ingestInteraction } from '../../src/activity/interaction-ingest.service.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import type { ProfileRow, ProfileView } from '../../src/profiles/profile.js';
import { viewProfile } from '../../src/profiles/profile.service.js';
import { createProfile } from '../../src/profiles/profile-create.service.js';
import { merge } from '../merges/merging.js';
import { anInteraction } from '../support/factories/interaction.js';
import { refusalsOf } from '../support/refusals.js';
import { dump, type LinkGroup, openLinkGroup } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const shared = (link: LinkRow) => ({
  identity: { handle: link.sharedHandle, identifier: link.sharedIdentifier },
});

/** Takes an interaction in, as a system of one brand that knows nothing of the other. */
async function take(brand: string, link: LinkRow, more: object = {}) {
  const actor = group.staff(brand).actor;
  const input = anInteraction(brand, shared(link), { interactedAt: group.clock.now(), ...more });
  return (await ingestInteraction(group.context({ actor }), input)).interaction;
}

async function shown(brand: string, id: string): Promise<string[]> {
  const context = group.staff(brand);
  const view = (await viewProfile(context, group.entry(brand), id)) as ProfileView;
  return (await interactionsOf(context, view, {})).nodes.map((node) => node._id);
}

async function anActiveLink(): Promise<{ person: ProfileRow; link: LinkRow }> {
  const person = await group.customer('wren');
  const { link, token } = await group.enrol(person);
  await group.activate(token);
  await group.settle();
  return { person, link: await group.link(link._id) };
}

describe('interactions named by the shared identifier of a link', () => {
  it('go to the customer’s profile in the brand that took them in, in both brands', async () => {
    const { person, link } = await anActiveLink();
    const inWren = await take('wren', link, { meta: { page: 'wren' } });
    const inHearth = await take('hearth', link, { meta: { page: 'hearth' } });
    expect(await shown('wren', person._id)).toEqual([inWren._id]);
    expect(await shown('hearth', link.b.profileId)).toEqual([inHearth._id]);
    expect(inHearth.meta).toBe('{"page":"hearth"}');
  });

  it('go to the profile that the customer’s was merged into', async () => {
    const { person, link } = await anActiveLink();
    const other = await group.customer('wren');
    const context = group.staff('wren');
    const [loser, winner] = await Promise.all(
      [person, other].map((each) => viewProfile(context, group.entry('wren'), each._id)),
    );
    await merge(group, loser as ProfileView, winner as ProfileView);
    const { _id } = await take('wren', link);
    expect(await shown('wren', other._id)).toEqual([_id]);
    const inHearth = await take('hearth', link);
    expect(await shown('hearth', link.b.profileId)).toEqual([inHearth._id]);
  });

  it('lead nowhere once consent is withdrawn; those taken in stay', async () => {
    const { person, link } = await anActiveLink();
    const before = [await take('wren', link), await take('hearth', link)];
    await withdrawLink(group.staff('wren'), group.deps, { link: { id: formatNodeId('link', '', link._id) } });
    await group.settle();
    expect((await group.link(link._id)).state).toBe('WITHDRAWN');
    expect(await shown('wren', person._id)).toEqual([before[0]?._id]);
    expect(await shown('hearth', link.b.profileId)).toEqual([before[1]?._id]);
    for (const brand of ['wren', 'hearth']) {
      expect(await refusalsOf(take(brand, link))).toEqual(['IDENTITY_NOT_FOUND input.customer.identity']);
    }
  });
});

describe('interactions on a profile that waits for its customer', () => {
  async function waiting() {
    const person = await group.customer('wren');
    const { link, token } = await group.enrol(person);
    const interaction = await take('hearth', link, { meta: { said: person.email } });
    expect(interaction.accountId).toBe(link.b.profileId);
    return { person, link, token, interaction };
  }

  it('are the member’s once the customer has activated', async () => {
    const { link, token, interaction } = await waiting();
    expect(await ownerOfInteraction(group.staff('hearth'), interaction)).toBeNull();
    await group.activate(token);
    await group.settle();
    expect(await shown('hearth', link.b.profileId)).toEqual([interaction._id]);
  });

  it('are nobody’s once the link has expired, nothing of the customer stays, and no more are taken', async () => {
    const { person, link, interaction } = await waiting();
    group.clock.forward(73 * 3_600_000);
    await group.settle();
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
    const rows = group.entry('hearth').database.connection.collection('interactions');
    expect(await rows.countDocuments({ _id: interaction._id as never })).toBe(1);
    expect(await dump(group.entry('hearth').database)).not.toContain(person.email);
    expect(await ownerOfInteraction(group.context(), interaction)).toBeNull();
    expect(await refusalsOf(take('hearth', link))).toEqual(['IDENTITY_NOT_FOUND input.customer.identity']);
  });

  it('stay with the profile when the brand’s own sign-up makes it its own', async () => {
    const { person, interaction } = await waiting();
    const { email } = person;
    const own = await createProfile(group.staff('hearth'), { brand: 'hearth', email: email ?? null, firstName: 'Own' });
    expect(await shown('hearth', (own as ProfileView)._id)).toEqual([interaction._id]);
  });
});
