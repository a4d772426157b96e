import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerRow, RowReport } from '../../src/imports/customer-row.js';
import { importCustomers } from '../../src/imports/import.service.js';
import { readShopifyCustomer } from '../../src/imports/shopify-customer.js';
import type { JournalRunner } from '../../src/journal/journal-runner.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { activateLink } from '../../src/links/activation.service.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { updateProfile } from '../../src/profiles/profile-update.service.js';
import { type LinkGroup, openLinkGroup, refusalOf } from './link-group.js';

let group: LinkGroup;
beforeAll(async () => {
  group = await openLinkGroup();
});
afterAll(() => group.close());

const nobody = { poke: async () => {} } as unknown as JournalRunner;

/** Staff of the invited brand write a customer's address into a profile of their own. */
const writeEmail = (profile: ProfileRow, email: string) =>
  updateProfile(group.staff('hearth'), { id: formatNodeId('prof', 'hearth', profile._id), email });

async function importRow(email: string, isDryRun = false): Promise<RowReport | undefined> {
  const row = readShopifyCustomer(2, { 'customer id': newUuid(), 'first name': 'Own', email }, 'AU');
  const reports: RowReport[] = [];
  await importCustomers({
    context: group.context({ actor: null }),
    entry: group.entry('hearth'),
    rows: (async function* () {
      yield row as CustomerRow;
    })(),
    importId: newUuid(),
    isDryRun,
    onRow: (report) => reports.push(report),
  });
  return reports[0];
}

async function invited(): Promise<{ link: LinkRow; token: string; email: string }> {
  const person = await group.customer('wren');
  const { link, token } = await group.enrol(person);
  return { link, token, email: person.email as string };
}

async function ownerOf(email: string): Promise<ProfileRow | undefined> {
  return (await group.profiles('hearth')).find((profile) => profile.email === email);
}

describe('customers of the invited brand itself', () => {
  it('come first with a change of address: nobody is told that somebody waits, and activation joins them', async () => {
    const { link, token, email } = await invited();
    const own = await group.customer('hearth');
    expect(await writeEmail(own, email)).toMatchObject({ email });
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('VOID');
    await group.activate(token);
    await group.settle();
    expect(await group.link(link._id)).toMatchObject({ state: 'ACTIVE', mode: 'JOIN', b: { accountId: own._id } });
    expect((await group.profile('hearth', own._id))?.linkSlots).toEqual({ wren: link._id });
  });

  it('come first with an import, and a dry run says so without doing anything', async () => {
    const { link, token, email } = await invited();
    expect(await importRow(email, true)).toMatchObject({ verdict: 'CREATED', notes: [] });
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('PENDING');
    expect(await importRow(email)).toMatchObject({ verdict: 'CREATED', notes: [] });
    const own = await ownerOf(email);
    expect(own?._id).not.toBe(link.b.profileId);
    await group.activate(token);
    await group.settle();
    expect((await group.link(link._id)).b.accountId).toBe(own?._id);
  });

  it('are refused as usual once the customer has accepted', async () => {
    const { token, email } = await invited();
    const own = await group.customer('hearth');
    const deps = { ...group.deps, journals: nobody };
    await activateLink(group.context({ actor: null }), deps, { token, isAccepted: true });
    expect(await refusalOf(writeEmail(own, email))).toMatchObject([{ code: 'EMAIL_TAKEN' }]);
    await group.settle();
    expect((await ownerOf(email))?.state).toBe('ACTIVE');
  });

  it('take nothing over with a change that is refused for another reason', async () => {
    const { link, email } = await invited();
    const own = await group.customer('hearth');
    const id = formatNodeId('prof', 'hearth', own._id);
    const input = { id, email, customAttributes: [{ namespace: 'no', handle: 'such', value: 'x' }] };
    await refusalOf(updateProfile(group.staff('hearth'), input as Parameters<typeof updateProfile>[1]));
    expect((await group.profile('hearth', link.b.profileId))?.state).toBe('PENDING');
  });
});
