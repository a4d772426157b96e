import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deadline } from '../../src/kernel/clock.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { finishActivation } from '../../src/links/activation-target.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { groupConfig } from '../support/group.js';
import { aPerson, type LinkGroup, openLinkGroup } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup({ config: configWith('10.50') });
});
afterAll(() => group.close());

function configWith(welcomeRewardValue: string) {
  const config = structuredClone(groupConfig());
  for (const rule of config.sharing) Object.assign(rule, { welcomeRewardValue });
  return config;
}

async function rewardsOf(accountId: string) {
  const { db } = group.entry('hearth').database.connection;
  return db?.collection('rewards').find({ accountId }).toArray();
}

describe('the welcome that a brand promises with a worth', () => {
  it('is issued once to a new member, however often the step runs', async () => {
    const { link, token } = await group.enrol(await group.customer('wren'));
    await group.activate(token);
    await group.settle();
    const again = () => finishActivation(group.deps.links, link._id, Deadline.after(10_000));
    await Promise.all([again(), again(), again()]);
    expect(await rewardsOf(link.b.profileId)).toMatchObject([
      { _id: link._id, valueInitial: 1_050, valueRemaining: 1_050, currency: 'AUD', name: '$10 on your first order' },
    ]);
  });

  it('goes to a member who was known already, too, and not to somebody who never accepted', async () => {
    const person = await group.customer('wren');
    const member = await group.customer('hearth', aPerson({ email: person.email ?? null }));
    const { link, token } = await group.enrol(person);
    expect(await rewardsOf(member._id)).toEqual([]);
    await group.activate(token);
    await group.settle();
    expect(await rewardsOf(member._id)).toMatchObject([{ _id: link._id }]);
    const declined = await group.enrol(await group.customer('wren'));
    group.clock.forward(73 * 3_600_000);
    await group.settle();
    expect(await rewardsOf(declined.link.b.profileId)).toEqual([]);
  });

  it('stays with whoever accepted and took consent back later', async () => {
    const { link, token } = await group.enrol(await group.customer('wren'));
    const restore = group.cutOff('hearth');
    await group.activate(token);
    await withdrawLink(group.staff('wren'), group.deps, { link: { id: formatNodeId('link', '', link._id) } });
    restore();
    group.clock.forward(60_000);
    await group.settle();
    expect(await rewardsOf(link.b.profileId)).toHaveLength(1);
  });

  it('must be an amount that the currency has', async () => {
    await expect(openLinkGroup({ config: configWith('10.505') })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(openLinkGroup({ config: configWith('0') })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
