import { beforeAll, describe, expect, it } from 'vitest';
import { formatNodeId, type NodeKind, newUuid, nodeKinds } from '../../src/kernel/ids.js';
import { canaries } from '../support/canaries.js';
import type { CanaryStage } from './canary-stage.js';

/** An id that never was, of a kind and, where kinds have one, of a brand. */
function neverWas(kind: NodeKind, brand: string): string {
  return formatNodeId(kind, brand, ...Array.from({ length: nodeKinds[kind].uuids }, newUuid));
}

const kinds = Object.keys(nodeKinds) as NodeKind[];

/** Mutations that take an id, with the kind it must be of. */
const mutations: readonly [string, NodeKind, string, (id: string, own: string) => object][] = [
  ['profileUpdate', 'prof', 'ProfileUpdateInput', (id) => ({ id, lastName: 'New' })],
  ['addressAdd', 'prof', 'AddressAddInput', (id) => ({ profileId: id, address: { line1: '1 King St' } })],
  ['addressUpdate', 'addr', 'AddressUpdateInput', (id) => ({ id, address: { line1: '1 King St' } })],
  ['addressRemove', 'addr', 'AddressRemoveInput', (id) => ({ id })],
  [
    'identityAdd',
    'prof',
    'IdentityAddInput',
    (id) => ({ profileId: id, identity: { handle: 'loyalty-card', identifier: 'LY-1' } }),
  ],
  ['identityUpdate', 'iden', 'IdentityUpdateInput', (id) => ({ id, isPrimary: true })],
  ['identityRemove', 'iden', 'IdentityRemoveInput', (id) => ({ id })],
  [
    'profileMerge',
    'prof',
    'ProfileMergeInput',
    (id, own) => ({
      winnerId: own,
      loserId: id,
      planHash: 'p1_0',
      isSamePersonConfirmed: true,
      idempotencyKey: newUuid(),
    }),
  ],
  [
    'crossBrandLinkEnrol',
    'prof',
    'CrossBrandLinkEnrolInput',
    (id) => ({
      ...{ profileId: id, toBrand: 'hearth', idempotencyKey: newUuid() },
      consent: { method: 'VERBAL', isConfirmed: true, noticeId: 'notice_0', givenAt: '2026-11-22T04:05:00.000Z' },
    }),
  ],
];

/** Foreign and missing things look alike to staff of alder. */
export function absenceChecks(stage: CanaryStage): void {
  describe('what is not there and what may not be seen', () => {
    let own: string;

    beforeAll(async () => {
      const created = await stage.server.data<{ profileCreate: { profile: { id: string } } }>(
        'mutation C($input: ProfileCreateInput!) { profileCreate(input: $input) { profile { id } } }',
        { input: { brand: 'alder', lastName: 'Own', email: 'own@example.org' } },
        stage.token.alder,
      );
      own = created.profileCreate.profile.id;
    });

    /** Ids that must all look alike to staff of alder: of wren, and never given out by either brand. */
    function unseen(kind: NodeKind): string[] {
      const known = stage.walk.ids as Partial<Record<NodeKind, string>>;
      const missing =
        kind === 'brand'
          ? ['brand_nowhere']
          : [neverWas(kind, 'wren'), neverWas(kind, 'alder'), neverWas(kind, 'nowhere')];
      return [...(known[kind] === undefined ? [] : [known[kind]]), ...missing];
    }

    it.each(kinds)('a foreign and a missing %s give the same bytes', async (kind) => {
      const texts = new Set<string>();
      for (const id of unseen(kind)) {
        const { text } = await stage.server.ask(
          'query N($id: ID!) { node(id: $id) { id } }',
          { id },
          stage.token.alder,
        );
        texts.add(text.trimEnd());
      }
      expect([...texts]).toEqual(['{"data":{"node":null}}']);
    });

    it('are null in a list of many, beside what may be seen', async () => {
      const foreign = kinds.flatMap(unseen);
      const { nodes } = await stage.server.data<{ nodes: ({ id: string } | null)[] }>(
        'query N($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        { ids: [...foreign, own] },
        stage.token.alder,
      );
      expect(nodes).toEqual([...foreign.map(() => null), { id: own }]);
    });

    it('are seen by those who may see them', async () => {
      for (const id of Object.values(stage.walk.ids)) {
        const answer = await stage.server.data('query N($id: ID!) { node(id: $id) { id } }', { id }, stage.token.admin);
        expect(answer).toEqual({ node: { id } });
      }
    });

    it.each(mutations)('%s refuses a foreign and a missing id with the same bytes', async (name, kind, input, of) => {
      const texts = new Set<string>();
      for (const id of unseen(kind)) {
        const answer = await stage.server.ask(
          `mutation M($input: ${input}!) { ${name}(input: $input) { userErrors { code field message } } }`,
          { input: of(id, own) },
          stage.token.alder,
        );
        expect(answer.data).toHaveProperty([name, 'userErrors', '0', 'code'], 'NOT_FOUND');
        texts.add(answer.text);
      }
      expect([...texts]).toHaveLength(1);
    });

    it('give the same bytes whatever they are looked up by', async () => {
      const ask = async (by: object): Promise<string> =>
        (
          await stage.server.ask(
            'query P($by: ProfileLookup!) { profile(by: $by) { id } groupCustomer(by: $by) { members { brand { handle } } } }',
            { by },
            stage.token.alder,
          )
        ).text.trimEnd();
      const texts = new Set<string>();
      for (const brand of ['wren', 'alder', 'nowhere']) {
        texts.add(await ask({ email: { brand, email: canaries.email } }));
        texts.add(await ask({ mobilePhone: { brand, mobilePhone: canaries.mobile } }));
        texts.add(await ask({ identity: { brand, handle: 'loyalty-card', identifier: canaries.card } }));
        texts.add(await ask({ localId: { brand, localId: newUuid() } }));
      }
      for (const id of unseen('prof')) texts.add(await ask({ id }));
      expect([...texts]).toEqual(['{"data":{"profile":null,"groupCustomer":null}}']);
    });

    it('give the same bytes for transactions and identities by their own names', async () => {
      const texts = new Set<string>();
      for (const brand of ['wren', 'alder', 'nowhere']) {
        const { text } = await stage.server.ask(
          `query T($external: TransactionExternalLookup!, $identity: IdentityLookup!) {
          transaction(by: { external: $external }) { id } identity(by: $identity) { id } brand(handle: "${brand === 'alder' ? 'nowhere' : brand}") { id } }`,
          {
            external: { brand, system: 'pos', externalId: 'sale-1' },
            identity: { brand, handle: 'loyalty-card', identifier: canaries.card },
          },
          stage.token.alder,
        );
        texts.add(text.trimEnd());
      }
      expect([...texts]).toEqual(['{"data":{"transaction":null,"identity":null,"brand":null}}']);
    });
  });
}
