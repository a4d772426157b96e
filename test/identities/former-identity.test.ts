import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTransaction } from '../../src/brands/transaction.js';
import { identityClaimId } from '../../src/claims/claim.js';
import { type FormerIdentityRow, formerIdentityRow, openFormerIdentity } from '../../src/identities/former-identity.js';
import { formerIdentityCollection } from '../../src/identities/former-identity.model.js';
import { forgetFormerIdentities, identityHistoryOf } from '../../src/identities/former-identity.service.js';
import { type IdentityView, identityNodeId } from '../../src/identities/identity.js';
import { removeIdentity, updateIdentity } from '../../src/identities/identity-change.service.js';
import { Deadline } from '../../src/kernel/clock.js';
import { newUuid } from '../../src/kernel/ids.js';
import { aCardNumber, anIdentity } from '../support/factories/identity.js';
import { aProfile } from '../support/factories/profile.js';
import { openGroup, type TestGroup } from '../support/group.js';

const brand = 'wren';

describe('what is remembered of an identity', () => {
  let group: TestGroup;
  beforeAll(async () => {
    group = await openGroup();
  });
  afterAll(() => group.close());

  const idOf = (identity: IdentityView): string => identityNodeId(brand, identity);
  const rowsOf = async (accountId: string): Promise<FormerIdentityRow[]> =>
    (await group
      .entry(brand)
      .database.model(formerIdentityCollection)
      .find({ accountId }, null, { lean: true })) as unknown as FormerIdentityRow[];
  const historyOf = (...accounts: string[]) => identityHistoryOf(group.entry(brand), accounts, Deadline.after(20_000));

  it('is written when it is removed or gets another identifier, and not when it is only switched off', async () => {
    const profile = await aProfile(group, brand);
    const [first, second] = [aCardNumber(), aCardNumber()];
    const identity = await anIdentity(group, profile, { identifier: first });
    await updateIdentity(group.context(), { id: idOf(identity), isActive: false });
    expect(await rowsOf(profile._id)).toEqual([]);
    await updateIdentity(group.context(), { id: idOf(identity), identifier: second });
    expect((await historyOf(profile._id)).former.map(({ claimId }) => claimId)).toEqual([
      identityClaimId('loyalty-card', first),
    ]);
    await removeIdentity(group.context(), { id: idOf(identity) });
    const { former, holders } = await historyOf(profile._id);
    expect(former.map(({ claimId }) => claimId).sort()).toEqual(
      [first, second].map((card) => identityClaimId('loyalty-card', card)).sort(),
    );
    expect(holders.size).toBe(0);
    const other = await aProfile(group, brand);
    await anIdentity(group, other, { identifier: first });
    expect([...(await historyOf(profile._id)).holders.values()]).toMatchObject([{ accountId: other._id }]);
  });

  it('is written once when many remove it at once', async () => {
    const profile = await aProfile(group, brand);
    const id = idOf(await anIdentity(group, profile));
    await Promise.allSettled(Array.from({ length: 8 }, () => removeIdentity(group.context(), { id })));
    expect(await rowsOf(profile._id)).toHaveLength(1);
  });

  it('is forgotten with its account, and with no other', async () => {
    const [erased, other] = [await aProfile(group, brand), await aProfile(group, brand)];
    for (const profile of [erased, erased, other]) {
      await removeIdentity(group.context(), { id: idOf(await anIdentity(group, profile)) });
    }
    const entry = group.entry(brand);
    const forget = () =>
      runTransaction(entry.database, Deadline.after(20_000), (session) =>
        forgetFormerIdentities(entry, [erased._id], session),
      );
    expect([await forget(), await forget()]).toEqual([2, 0]);
    expect([await rowsOf(erased._id), await rowsOf(other._id)]).toMatchObject([[], [{ accountId: other._id }]]);
  });

  it('shows neither identifier nor digest to whoever lacks the key, and opens at its own place only', async () => {
    const profile = await aProfile(group, brand);
    const identifier = aCardNumber();
    await removeIdentity(group.context(), { id: idOf(await anIdentity(group, profile, { identifier })) });
    const [row] = await rowsOf(profile._id);
    const stored = JSON.stringify(row) + Buffer.from(row?.claim ?? '', 'base64').toString('latin1');
    expect(stored).not.toContain(identifier);
    expect(stored).not.toContain(identityClaimId('loyalty-card', identifier));
    const key = new Uint8Array(32).fill(1);
    const own = formerIdentityRow(key, { _id: 'claim', accountId: newUuid() }, new Date());
    expect(openFormerIdentity(key, own).claimId).toBe('claim');
    expect(() => openFormerIdentity(key, { ...own, _id: newUuid() })).toThrow('does not open');
    expect(() => openFormerIdentity(new Uint8Array(32).fill(2), own)).toThrow('does not open');
  });
});
