import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropFolder, jsonLines, newFolder, packageRoot, runKindred } from '../support/kindred-command.js';
import { ServerProcess } from '../support/server-process.js';
import { until } from '../support/until.js';

const email = 'mei@example.org';
const card = (identifier: string) => ({ identity: { brand: 'wren', handle: 'loyalty-card', identifier } });

interface Message {
  readonly brand: string;
  readonly channel: string;
  readonly to: string;
  readonly text: string;
}

describe('the walk through the demo group', () => {
  const folder = newFolder();
  let server: ServerProcess;
  let configFile: string;
  let app: string;
  let admin: string;
  let staff: string;
  let winnerId: string;
  let loserId: string;

  beforeAll(async () => {
    server = await ServerProcess.demo(folder);
    const tokenOf = (role: string): string => server.demoTokens().find((each) => each.role === role)?.token ?? '';
    app = tokenOf('group-app');
    admin = tokenOf('group-admin');
    staff = tokenOf('staff');
    // Commands find the demo's data by a configuration that names its folder.
    const config = JSON.parse(await readFile(join(packageRoot, 'brands.config.json'), 'utf8')) as object;
    configFile = join(folder, 'brands.config.json');
    await writeFile(configFile, JSON.stringify({ ...config, embedded: { folder: 'data' } }));
  }, 120_000);

  afterAll(async () => {
    await server?.end();
    await dropFolder(folder);
  });

  it('finds a customer across three brands', async () => {
    const { profileSearch } = await server.data<{
      profileSearch: { edges: { node: { brand: { handle: string }; fullName: string } }[]; brandStatuses: object[] };
    }>(
      `query Find($by: ProfileSearchBy!) { profileSearch(by: $by) {
        edges { matchedOn node { brand { handle } fullName } } brandStatuses { brand { handle } state } } }`,
      { by: { email } },
      app,
    );
    expect(profileSearch.brandStatuses).toEqual(
      ['alder', 'hearth', 'wren'].map((handle) => ({ brand: { handle }, state: 'COMPLETE' })),
    );
    const found = profileSearch.edges.map(({ node }) => `${node.brand.handle}: ${node.fullName}`).sort();
    expect(found).toEqual(['alder: Mei Tanaka', 'wren: Mei Tanaka']);
  });

  it('shows her profile with identities and last transactions', async () => {
    const { profile } = await server.data<{
      profile: { id: string; transactions: { nodes: { transactedAt: string }[]; totalCount: number } };
    }>(
      `query Profile($by: ProfileLookup!) { profile(by: $by) { id fullName birthDate { date }
        identities { nodes { handle identifier isPrimary } }
        transactions(first: 3) { totalCount nodes { transactedAt total { amount currencyCode } items { sku } } } } }`,
      { by: card('LY-8831227') },
      staff,
    );
    winnerId = profile.id;
    expect(profile).toMatchObject({
      fullName: 'Mei Tanaka',
      birthDate: { date: '1988-03-14' },
      identities: { nodes: [{ handle: 'loyalty-card', identifier: 'LY-8831227', isPrimary: true }] },
    });
    const times = profile.transactions.nodes.map((each) => each.transactedAt);
    expect(times).toHaveLength(3);
    expect(times).toEqual([...times].sort().reverse());
    expect(profile.transactions.totalCount).toBe(9);
  });

  it('merges her duplicate by the plan that was previewed, and the losing id answers with the winner', async () => {
    const { mergePreview } = await server.data<{
      mergePreview: { hash: string; loser: { id: string }; counts: { kind: string; count: number }[] };
    }>(
      `query Review($input: MergePreviewInput!) { mergePreview(input: $input) {
        hash isMergeable winner { id } loser { id } counts { kind count } blockers { code } } }`,
      { input: { loser: card('LY-1200045'), winner: card('LY-8831227') } },
      staff,
    );
    loserId = mergePreview.loser.id;
    expect(mergePreview).toMatchObject({ isMergeable: true, winner: { id: winnerId }, blockers: [] });
    expect(loserId).not.toBe(winnerId);
    const moved = mergePreview.counts.find((each) => each.kind === 'TRANSACTION')?.count ?? 0;
    const { profileMerge } = await server.data<{ profileMerge: object }>(
      `mutation Merge($input: ProfileMergeInput!) { profileMerge(input: $input) {
        profile { id formerIds transactions { totalCount } identities { nodes { identifier } } }
        merge { status } userErrors { code message } } }`,
      {
        input: {
          winnerId,
          loserId,
          planHash: mergePreview.hash,
          isSamePersonConfirmed: true,
          idempotencyKey: 'walk-merge',
        },
      },
      staff,
    );
    expect(profileMerge).toMatchObject({
      profile: { id: winnerId, formerIds: [loserId], transactions: { totalCount: 9 + moved } },
      merge: { status: 'COMPLETED' },
      userErrors: [],
    });
    const old = await server.data('query Old($id: ID!) { profile(by: { id: $id }) { id } }', { id: loserId }, staff);
    expect(old).toEqual({ profile: { id: winnerId } });
    const byCard = await server.data(
      'query Card($by: ProfileLookup!) { profile(by: $by) { id } }',
      { by: card('LY-1200045') },
      staff,
    );
    expect(byCard).toEqual({ profile: { id: winnerId } });
  });

  it('enrols her in hearth with her consent', async () => {
    const offered = await server.data<{
      profile: { linkOptions: { brand: { handle: string }; state: string; notice: { id: string } | null }[] };
    }>(
      'query Offer($id: ID!) { profile(by: { id: $id }) { linkOptions { brand { handle } state notice { id } } } }',
      { id: winnerId },
      staff,
    );
    const option = offered.profile.linkOptions.find((each) => each.brand.handle === 'hearth');
    expect(option?.state).toBe('INVITABLE');
    const enrolled = await server.data(
      `mutation Enrol($input: CrossBrandLinkEnrolInput!) { crossBrandLinkEnrol(input: $input) {
        link { status consentedAttributes } userErrors { code message } } }`,
      {
        input: {
          profileId: winnerId,
          toBrand: 'hearth',
          idempotencyKey: 'walk-enrol',
          consent: {
            method: 'VERBAL',
            isConfirmed: true,
            noticeId: option?.notice?.id,
            givenAt: new Date().toISOString(),
          },
        },
      },
      staff,
    );
    expect(enrolled).toEqual({
      crossBrandLinkEnrol: {
        link: { status: 'PENDING_ACTIVATION', consentedAttributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL', 'BIRTH_DATE'] },
        userErrors: [],
      },
    });
  });

  it('shows the message to her while the server runs, and she activates', async () => {
    const message = await until(
      'the message is in the mailbox',
      async () => {
        const { code, stdout } = await runKindred(['mailbox', '--json', '--config', configFile]);
        return code === 0 ? (jsonLines<Message>(stdout)[0] ?? null) : null;
      },
      60_000,
    );
    expect(message).toMatchObject({ brand: 'wren', channel: 'EMAIL', to: email });
    const token = /Your code: (\S+)/.exec(message.text)?.[1];
    const { data } = await server.ask<{ crossBrandLinkActivate: { receipt: { jws: string } } }>(
      `mutation Accept($token: String!) { crossBrandLinkActivate(input: { token: $token, isAccepted: true }) {
        portalUrl receipt { jws } userErrors { code message } } }`,
      { token },
    );
    expect(data.crossBrandLinkActivate).toMatchObject({
      portalUrl: 'https://members.hearth.example/welcome',
      userErrors: [],
    });
    // A receipt tells what was agreed on without saying by whom.
    const claims = Buffer.from(data.crossBrandLinkActivate.receipt.jws.split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(claims)).toBeTypeOf('object');
    for (const secret of ['Mei', 'Tanaka', email, '1988']) expect(claims).not.toContain(secret);
  }, 90_000);

  it('shows both profiles as one person, of whom hearth knows the agreed attributes and nothing else', async () => {
    const members = await until('both profiles are there', async () => {
      const { groupCustomer } = await server.data<{
        groupCustomer: { members: { brand: { handle: string }; profile: { id: string } | null }[] } | null;
      }>(
        `query Person($by: ProfileLookup!) { groupCustomer(by: $by) {
          members { brand { handle } profile { id } link { status } } brandStatuses { brand { handle } state } } }`,
        { by: card('LY-8831227') },
        app,
      );
      return groupCustomer?.members;
    });
    expect(members).toMatchObject([
      { brand: { handle: 'wren' }, profile: { id: winnerId }, link: null },
      {
        brand: { handle: 'hearth' },
        profile: { id: expect.stringMatching(/^prof_hearth_/) },
        link: { status: 'ACTIVE' },
      },
    ]);
    const there = await server.data(
      `query There($id: ID!) { profile(by: { id: $id }) {
        title firstName lastName email mobilePhone secondaryPhone birthDate { date } gender company occupation tags statuses
        appearance { handle } dates { handle } customAttributes { handle } addresses { id }
        identities { nodes { handle } } transactions { totalCount } } }`,
      { id: members[1]?.profile?.id },
      admin,
    );
    expect(there).toEqual({
      profile: {
        ...{ firstName: 'Mei', lastName: 'Tanaka', email, birthDate: { date: '1988-03-14' } },
        ...{ title: null, mobilePhone: null, secondaryPhone: null, gender: null, company: null, occupation: null },
        ...{ tags: [], statuses: [], appearance: [], dates: [], customAttributes: [], addresses: [] },
        identities: { nodes: [{ handle: 'group-member' }] },
        transactions: { totalCount: 0 },
      },
    });
  });

  it('starts again with everything as it was, and seeds nobody anew', async () => {
    expect((await server.end()).code).toBe(0);
    server = await ServerProcess.demo(folder);
    expect(server.command.output().stderr).not.toContain('Seeded');
    expect(server.demoTokens().find((each) => each.role === 'staff')?.token).toBe(staff);
    const old = await server.data('query Old($id: ID!) { profile(by: { id: $id }) { id } }', { id: loserId }, staff);
    expect(old).toEqual({ profile: { id: winnerId } });
  }, 90_000);
});
