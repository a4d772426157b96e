import { canaries } from './canaries.js';
import { jsonLines, runKindred } from './kindred-command.js';
import type { Answer, ServerProcess } from './server-process.js';
import type { WantedToken } from './token-maker.js';
import { until } from './until.js';

/** Tokens of a walk with canaries. */
export const canaryTokens = {
  admin: {},
  // Sees alder only, but everything there.
  alder: { role: 'staff', reference: 'staff_alder_1', brandHandles: ['alder'], grants: ['*'] },
} satisfies Record<string, WantedToken>;

/** Ids of one thing of every kind that the walk has left in wren, and what was used on the way. */
export interface CanaryWalk {
  readonly ids: Readonly<
    Record<'brand' | 'prof' | 'addr' | 'iden' | 'txn' | 'ixn' | 'merge' | 'link' | 'cons', string>
  >;
  /** The token of the activation message. */
  readonly activationToken: string;
  /** The receipt that the customer was given. */
  readonly receipt: string;
}

interface Payload {
  readonly done: { readonly userErrors: readonly { readonly code: string }[]; readonly [name: string]: unknown };
}

async function mutate<T>(server: ServerProcess, token: string | null, text: string, input: object): Promise<T> {
  const { done } = await server.data<Payload>(text, { input }, token);
  if (done.userErrors.length > 0) throw new Error(`Refused: ${done.userErrors.map((each) => each.code).join()}`);
  return done as T;
}

async function makePeople(server: ServerProcess, token: string): Promise<{ winnerId: string; loserId: string }> {
  const create =
    'mutation C($input: ProfileCreateInput!) { done: profileCreate(input: $input) { profile { id } userErrors { code } } }';
  const [year, month, day] = canaries.birthDate.split('-').map(Number);
  const winner = await mutate<{ profile: { id: string } }>(server, token, create, {
    brand: 'wren',
    firstName: canaries.firstName,
    lastName: canaries.lastName,
    email: canaries.email,
    birthDate: { year, month, day },
    addresses: [{ line1: canaries.street, city: 'Carlton', countryCode: 'AU' }],
    identities: [{ handle: 'loyalty-card', identifier: canaries.card }],
  });
  const loser = await mutate<{ profile: { id: string } }>(server, token, create, {
    brand: 'wren',
    firstName: canaries.otherFirstName,
    lastName: canaries.lastName,
    mobilePhone: canaries.nationalMobile,
    identities: [{ handle: 'loyalty-card', identifier: canaries.otherCard }],
  });
  return { winnerId: winner.profile.id, loserId: loser.profile.id };
}

async function merge(server: ServerProcess, token: string, winnerId: string, loserId: string): Promise<string> {
  const { mergePreview } = await server.data<{ mergePreview: { hash: string } }>(
    'query P($input: MergePreviewInput!) { mergePreview(input: $input) { hash } }',
    {
      input: {
        winner: { email: { brand: 'wren', email: canaries.email } },
        loser: { mobilePhone: { brand: 'wren', mobilePhone: canaries.mobile } },
      },
    },
    token,
  );
  const done = await mutate<{ merge: { id: string } }>(
    server,
    token,
    'mutation M($input: ProfileMergeInput!) { done: profileMerge(input: $input) { merge { id } userErrors { code } } }',
    { winnerId, loserId, planHash: mergePreview.hash, isSamePersonConfirmed: true, idempotencyKey: 'canary-merge' },
  );
  return done.merge.id;
}

async function link(
  server: ServerProcess,
  token: string,
  profileId: string,
  configFile: string,
): Promise<{ linkId: string; consentId: string; activationToken: string; receipt: string }> {
  const { profile } = await server.data<{ profile: { linkOptions: { notice: { id: string } | null }[] } }>(
    'query O($id: ID!) { profile(by: { id: $id }) { linkOptions { notice { id } } } }',
    { id: profileId },
    token,
  );
  const noticeId = profile.linkOptions.find((each) => each.notice !== null)?.notice?.id;
  const enrolled = await mutate<{ link: { id: string; consent: { id: string } } }>(
    server,
    token,
    'mutation E($input: CrossBrandLinkEnrolInput!) { done: crossBrandLinkEnrol(input: $input) { link { id consent { id } } userErrors { code } } }',
    {
      profileId,
      toBrand: 'hearth',
      idempotencyKey: 'canary-enrol',
      consent: { method: 'VERBAL', isConfirmed: true, noticeId, givenAt: new Date().toISOString() },
    },
  );
  const text = await until(
    'the message is in the mailbox',
    async () => {
      const { stdout } = await runKindred(['mailbox', '--json', '--config', configFile]);
      return jsonLines<{ text: string }>(stdout)[0]?.text;
    },
    60_000,
  );
  const activationToken = /Your code: (\S+)/.exec(text)?.[1] ?? '';
  await server.data(
    'query L($token: String!) { activation(token: $token) { toBrandName } }',
    { token: activationToken },
    null,
  );
  const activated = await mutate<{ receipt: { jws: string } }>(
    server,
    null,
    'mutation A($input: CrossBrandLinkActivateInput!) { done: crossBrandLinkActivate(input: $input) { receipt { jws } userErrors { code } } }',
    { token: activationToken, isAccepted: true },
  );
  return {
    linkId: enrolled.link.id,
    consentId: enrolled.link.consent.id,
    activationToken,
    receipt: activated.receipt.jws,
  };
}

/** Creates, searches, sells to, merges, enrols and activates a person who is made of canaries. */
export async function walkWithCanaries(server: ServerProcess, token: string, configFile: string): Promise<CanaryWalk> {
  const { winnerId, loserId } = await makePeople(server, token);
  const { email, mobile, lastName, card, street } = canaries;
  for (const by of [
    { email },
    { mobilePhone: mobile },
    { name: lastName },
    { identity: { handle: 'loyalty-card', identifier: card } },
  ]) {
    await server.data('query S($by: ProfileSearchBy!) { profileSearch(by: $by) { nodes { id } } }', { by }, token);
  }
  const total = { amount: '12.50', currencyCode: 'AUD' };
  const sold = await mutate<{ transaction: { id: string } }>(
    server,
    token,
    'mutation T($input: TransactionIngestInput!) { done: transactionIngest(input: $input) { transaction { id } userErrors { code } } }',
    {
      ...{ brand: 'wren', system: 'pos', externalId: 'sale-1', total, transactedAt: new Date().toISOString() },
      customer: { identity: { handle: 'loyalty-card', identifier: card } },
      receiptRef: canaries.receiptRef,
    },
  );
  const told = await mutate<{ interaction: { id: string } }>(
    server,
    token,
    'mutation N($input: InteractionIngestInput!) { done: interactionIngest(input: $input) { interaction { id } userErrors { code } } }',
    {
      ...{ brand: 'wren', system: 'pos', externalId: 'visit-1', action: 'DISCLOSE', channel: 'SUPPORT' },
      ...{ name: lastName, namespace: 'call', meta: { moved: street }, interactedAt: new Date().toISOString() },
      customer: { profileId: winnerId },
    },
  );
  const mergeId = await merge(server, token, winnerId, loserId);
  const linked = await link(server, token, winnerId, configFile);
  const { profile } = await server.data<{
    profile: { brand: { id: string }; addresses: { id: string }[]; identities: { nodes: { id: string }[] } };
  }>(
    'query I($id: ID!) { profile(by: { id: $id }) { brand { id } addresses { id } identities(handle: "loyalty-card") { nodes { id } } } }',
    { id: winnerId },
    token,
  );
  return {
    ids: {
      brand: profile.brand.id,
      prof: winnerId,
      addr: profile.addresses[0]?.id ?? '',
      iden: profile.identities.nodes[0]?.id ?? '',
      txn: sold.transaction.id,
      ixn: told.interaction.id,
      merge: mergeId,
      link: linked.linkId,
      cons: linked.consentId,
    },
    activationToken: linked.activationToken,
    receipt: linked.receipt,
  };
}

/** Requests that must be refused, each with canaries in places where an error might quote them. */
export async function askWrongly(server: ServerProcess, token: string): Promise<Answer<unknown>[]> {
  const create =
    'mutation C($input: ProfileCreateInput!) { profileCreate(input: $input) { profile { id } userErrors { code field message } } }';
  const search = 'query S($by: ProfileSearchBy!) { profileSearch(by: $by) { nodes { id } } }';
  const long = `${canaries.lastName} `.repeat(200);
  const asked: [string, object, string | null][] = [
    [create, { input: { brand: 'wren', email: canaries.badEmail } }, token],
    [create, { input: { brand: 'wren', email: canaries.email, lastName: 'Other' } }, token],
    [create, { input: { brand: 'wren', mobilePhone: `${canaries.mobile}999999` } }, token],
    [create, { input: { brand: 'wren', email: canaries.otherEmail, lastName: long } }, token],
    [create, { input: { brand: 'wren', email: canaries.otherEmail, birthDate: { day: 'canary-day' } } }, token],
    [create, { input: { brand: canaries.lastName, email: canaries.otherEmail } }, token],
    [create, { input: { brand: 'wren', [canaries.lastName]: canaries.email } }, token],
    [create, { input: { brand: 'wren', firstName: { $gt: canaries.firstName } } }, token],
    [
      create,
      {
        input: {
          ...{ brand: 'wren', email: canaries.otherEmail },
          identities: [{ handle: 'loyalty-card', identifier: canaries.card }],
        },
      },
      token,
    ],
    [search, { by: { email: canaries.badEmail } }, token],
    [search, { by: { mobilePhone: canaries.lastName } }, token],
    [search, { by: { email: canaries.email, name: canaries.lastName } }, token],
    [`{ profile(by: { email: { brand: "wren", email: "${canaries.badEmail}" } }) { id } }`, {}, token],
    [`{ profile(by: { id: "${canaries.card}" }) { id } }`, {}, token],
    [`{ profile(by: { email: { brand: "wren", email: "${canaries.email}" }) { id } }`, {}, token],
    [`{ profile(by: { email: { brand: "wren", email: "${canaries.email}" } }) { nope } }`, {}, token],
    [search, { by: { email: canaries.email } }, canaries.bearer],
    [search, { by: { email: canaries.email } }, null],
  ];
  const answers: Answer<unknown>[] = [];
  for (const [query, variables, by] of asked) answers.push(await server.ask(query, variables, by));
  return answers;
}
