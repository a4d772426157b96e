import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newTokenText } from '../../src/access/token.js';
import type { ProfileState, ProfileView } from '../../src/profiles/profile.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { merged, undo } from '../merges/undoing.js';
import { anIdentity } from '../support/factories/identity.js';
import { aProfile, craftMerge, profileId } from '../support/factories/profile.js';
import { aTransaction } from '../support/factories/transaction.js';
import { anActor } from '../support/group.js';
import { type Answered, boundTo, type CustomerServer, openCustomerServer } from './customer-server.js';

let stage: CustomerServer;
beforeAll(async () => {
  stage = await openCustomerServer();
});
afterAll(() => stage?.close());

const own = `{ viewer { actor { kind reference displayName } role brands { handle } expiresAt
  profile { id firstName email formerIds identities { nodes { handle identifier profile { id } } }
    transactions { nodes { externalId profile { id } } } crossBrandLinks { id } wallet { rewardBalance { amount } } } } }`;

interface Own {
  readonly id: string;
  readonly formerIds: readonly string[];
  readonly transactions: { readonly nodes: readonly { readonly externalId: string }[] };
}

function ownOf(answer: Answered): Own | null {
  expect(answer.errors).toEqual([]);
  const { viewer } = answer.data as { viewer: { profile: Own | null } };
  return viewer.profile;
}

/** What tells one refusal from another. */
const shown = ({ status, text, headers }: Answered) => ({
  status,
  text,
  headers: { ...headers, date: undefined },
});

async function setState(profile: ProfileView, state: string): Promise<void> {
  const { collection } = stage.group.entry(profile.brand.handle).database.model(profileCollection);
  await collection.updateOne({ _id: profile._id } as never, { $set: { state: state as ProfileState } } as never);
}

const salesOf = (profile: Own | null): string[] =>
  (profile?.transactions.nodes.map((sale) => sale.externalId) ?? []).sort();

describe("a customer's token", () => {
  it('reads the profile that it is bound to, and says whom it stands for', async () => {
    const profile = await aProfile(stage.group, 'wren', { firstName: 'Mei' });
    const identity = await anIdentity(stage.group, profile);
    const sale = await aTransaction(stage.group, 'wren', profile._id);
    const answer = await stage.ask(await stage.tokenFor(profile), own);
    expect(answer.errors).toEqual([]);
    expect(answer.data?.['viewer']).toMatchObject({
      actor: { kind: 'CUSTOMER', reference: `profile:${profile._id}`, displayName: null },
      role: 'customer',
      brands: [{ handle: 'wren' }],
      expiresAt: expect.any(String),
      profile: {
        id: profileId(profile),
        firstName: 'Mei',
        email: profile.email,
        formerIds: [],
        identities: { nodes: [{ identifier: identity.identifier, profile: { id: profileId(profile) } }] },
        transactions: { nodes: [{ externalId: sale.externalId, profile: { id: profileId(profile) } }] },
        crossBrandLinks: [],
        wallet: { rewardBalance: { amount: expect.any(String) } },
      },
    });
  });

  it('is no profile for anybody who is no customer', async () => {
    const { token } = await stage.opened.tokens.create({ role: 'group-admin', reference: 'admin_1' });
    const answer = await stage.ask(token, '{ viewer { profile { id } } }');
    expect(answer).toMatchObject({ errors: [], data: { viewer: { profile: null } } });
  });

  it.each(['MERGED', 'DELETED', 'PENDING', 'VOID', 'DEPERSONALISED'])(
    'is answered like an unknown token while its profile is %s',
    async (state) => {
      const profile = await aProfile(stage.group, 'wren');
      const token = await stage.tokenFor(profile);
      const unknown = await stage.ask(newTokenText(), own);
      expect(unknown.status).toBe(401);
      expect(ownOf(await stage.ask(token, own))?.id).toBe(profileId(profile));
      await setState(profile, state);
      expect(shown(await stage.ask(token, own))).toEqual(shown(unknown));
    },
  );

  it('is answered like an unknown token when its profile is gone', async () => {
    const profile = await aProfile(stage.group, 'wren');
    const token = await stage.tokenFor(profile);
    const { collection } = stage.group.entry('wren').database.model(profileCollection);
    await collection.deleteOne({ _id: profile._id } as never);
    expect(shown(await stage.ask(token, own))).toEqual(shown(await stage.ask(newTokenText(), own)));
  });

  it('of an ended profile opens what needs no token, as an unknown one does', async () => {
    const profile = await aProfile(stage.group, 'wren');
    const token = await stage.tokenFor(profile);
    await setState(profile, 'DELETED');
    const open = 'query ($t: String!) { activation(token: $t) { toBrandName } }';
    const variables = { t: 'x'.repeat(43) };
    const answer = await stage.ask(token, open, variables);
    expect(answer).toMatchObject({ status: 200, data: { activation: null } });
    expect(shown(answer)).toEqual(shown(await stage.ask(newTokenText(), open, variables)));
  });

  it('says that the brand is down when it is, and neither lets in nor turns away for good', async () => {
    const profile = await aProfile(stage.group, 'wren');
    const token = await stage.tokenFor(profile);
    const restore = stage.cutOff('wren');
    const answer = await stage.ask(token, own);
    restore();
    expect(answer).toMatchObject({
      status: 503,
      data: null,
      errors: [{ extensions: { code: 'BRAND_UNAVAILABLE', brand: 'wren' } }],
    });
    expect(ownOf(await stage.ask(token, own))?.id).toBe(profileId(profile));
  });
});

describe('a merge', () => {
  it("ends the loser's token with its commit, lets the winner's go on with all rows, and its undo gives both back", async () => {
    const loser = await aProfile(stage.group, 'wren', { firstName: 'May' });
    const winner = await aProfile(stage.group, 'wren', { firstName: 'Mei' });
    const sales = [
      await aTransaction(stage.group, 'wren', winner._id),
      await aTransaction(stage.group, 'wren', loser._id),
    ].map((sale) => sale.externalId);
    const [ofLoser, ofWinner] = await Promise.all([stage.tokenFor(loser), stage.tokenFor(winner)]);
    expect(salesOf(ownOf(await stage.ask(ofWinner, own)))).toEqual(sales.slice(0, 1));
    expect(salesOf(ownOf(await stage.ask(ofLoser, own)))).toEqual(sales.slice(1));

    const record = await merged(stage.group, loser, winner);
    const refused = await stage.ask(ofLoser, own);
    expect(shown(refused)).toEqual(shown(await stage.ask(newTokenText(), own)));
    expect(refused.text).not.toContain('Mei');
    const joined = ownOf(await stage.ask(ofWinner, own));
    expect(joined?.formerIds).toEqual([profileId(loser)]);
    expect(salesOf(joined)).toEqual([...sales].sort());

    await undo(stage.group, record);
    expect(salesOf(ownOf(await stage.ask(ofWinner, own)))).toEqual(sales.slice(0, 1));
    const back = ownOf(await stage.ask(ofLoser, own));
    expect(back?.id).toBe(profileId(loser));
    expect(salesOf(back)).toEqual(sales.slice(1));
  });

  it.each([
    ['reads its profile', own],
    ['lists its consents', '{ consents { totalCount nodes { id } } }'],
  ])(
    'between the look at the token and the read shows nothing of the winner to a loser who %s',
    async (_what, query) => {
      const loser = await aProfile(stage.group, 'wren');
      const winner = await aProfile(stage.group, 'wren');
      const token = await stage.tokenFor(loser);
      const { tokens } = stage.opened;
      const verify = tokens.verify.bind(tokens);
      const spy = vi.spyOn(tokens, 'verify').mockImplementationOnce(async (header) => {
        const actor = await verify(header);
        expect(actor?.boundTo).toEqual(boundTo(loser));
        await craftMerge(stage.group, loser, winner);
        return actor;
      });
      const answer = await stage.ask(token, query).finally(() => spy.mockRestore());
      expect(shown(answer)).toEqual(shown(await stage.ask(newTokenText(), query)));
    },
  );
});

describe('a profile that a token is made for', () => {
  it.each(['MERGED', 'PENDING', 'DELETED'])(
    'must not be %s, which is told no other way than that it is not there',
    async (state) => {
      const profile = await aProfile(stage.group, 'wren');
      await setState(profile, state);
      const refusal = (id: string) =>
        stage.opened.tokens.create({ role: 'customer', profile: { brand: 'wren', id } }).catch((error: Error) => error);
      const [present, absent] = await Promise.all([refusal(profile._id), refusal(anActor().reference)]);
      expect(present).toMatchObject({ code: 'USAGE' });
      expect((present as Error).message).toBe((absent as Error).message);
    },
  );

  it('lies in a brand of its own: the same id in another one is somebody else', async () => {
    const profile = await aProfile(stage.group, 'wren');
    const making = stage.opened.tokens.create({ role: 'customer', profile: { ...boundTo(profile), brand: 'alder' } });
    await expect(making).rejects.toMatchObject({ code: 'USAGE' });
  });
});
