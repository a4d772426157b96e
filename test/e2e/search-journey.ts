import { describe, expect, it } from 'vitest';
import { aMissingState, type JourneyStage } from './journey-stage.js';

/** The group app looks a customer up, with one brand down. */
export function searchJourney(stage: JourneyStage): void {
  describe('the group app looks up a customer across brands', () => {
    const find = `query FindCustomer($by: ProfileSearchBy!) {
    profileSearch(by: $by, first: 10) {
      edges { matchedOn node { id brand { handle } fullName identities(first: 5) { nodes { handle identifier } } } }
      pageInfo { hasNextPage endCursor }
      brandStatuses { brand { handle } state isRetryable }
    }
  }`;
    const onePerson = `query OnePerson($by: ProfileLookup!) {
    groupCustomer(by: $by) {
      members { brand { handle } profile { id fullName } link { id status } }
      brandStatuses { brand { handle } state }
    }
  }`;
    const card = { by: { identity: { brand: 'wren', handle: 'loyalty-card', identifier: 'LY-8831227' } } };

    it('shows the rows of the brands that answer and says which brand is missing', async () => {
      stage.hearth.gate.stall();
      try {
        const { data, errors } = await stage.server.ask(find, { by: { email: 'mei@example.org' } }, stage.token.app);
        expect(errors).toBeUndefined();
        expect(data).toEqual({
          profileSearch: {
            edges: [
              {
                matchedOn: ['EMAIL'],
                node: {
                  id: stage.world.winnerId,
                  brand: { handle: 'wren' },
                  fullName: 'Mei Tanaka',
                  identities: { nodes: [{ handle: 'loyalty-card', identifier: 'LY-8831227' }] },
                },
              },
              {
                matchedOn: ['EMAIL'],
                node: {
                  id: stage.world.alderId,
                  brand: { handle: 'alder' },
                  fullName: 'Mei Tanaka',
                  identities: { nodes: [] },
                },
              },
            ],
            pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
            brandStatuses: [
              { brand: { handle: 'alder' }, state: 'COMPLETE', isRetryable: false },
              { brand: { handle: 'hearth' }, state: aMissingState, isRetryable: true },
              { brand: { handle: 'wren' }, state: 'COMPLETE', isRetryable: false },
            ],
          },
        });
      } finally {
        stage.hearth.gate.open();
      }
    });

    it('groups nobody as long as nothing links them', async () => {
      expect(await stage.server.data(onePerson, card, stage.token.app)).toEqual({ groupCustomer: null });
    });

    it('refuses the whole operation to staff without the scope', async () => {
      const answer = await stage.server.ask(find, { by: { email: 'mei@example.org' } }, stage.token.merger);
      expect(answer.data ?? null).toBeNull();
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
      expect(answer.errors?.[0]?.extensions['missingScopes']).toContain('search-across-brands');
    });

    it('refuses an operation without a token', async () => {
      const { errors } = await stage.server.ask(find, { by: { email: 'mei@example.org' } });
      expect(errors?.map((each) => each.extensions.code)).toEqual(['UNAUTHENTICATED']);
    });

    it('takes exactly one thing to search by, in variables and in the text', async () => {
      const both = await stage.server.ask(find, { by: { email: 'mei@example.org', name: 'Mei' } }, stage.token.app);
      expect(both.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      const literal = 'query Q { profileSearch(by: { email: "mei@example.org", name: "Mei" }) { edges { cursor } } }';
      const inText = await stage.server.ask(literal, {}, stage.token.app);
      expect(inText.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    });

    it('lets one address be searched only so often', async () => {
      const codes: (string | undefined)[] = [];
      for (let n = 0; n < 8; n += 1) {
        const { errors } = await stage.server.ask(find, { by: { email: 'nobody@example.org' } }, stage.token.app);
        codes.push(errors?.[0]?.extensions.code);
      }
      expect(codes[0]).toBeUndefined();
      expect(codes.at(-1)).toBe('RATE_LIMITED');
    });

    it('never says "not a customer" while a brand is missing', async () => {
      stage.hearth.gate.shut();
      try {
        const { profileSearch } = await stage.server.data<{
          profileSearch: { edges: object[]; brandStatuses: { brand: { handle: string }; state: string }[] };
        }>(find, { by: { email: 'stranger@example.org' } }, stage.token.app);
        expect(profileSearch.edges).toEqual([]);
        expect(profileSearch.brandStatuses.find((each) => each.brand.handle === 'hearth')?.state).toEqual(
          aMissingState,
        );
      } finally {
        stage.hearth.gate.open();
      }
    });
  });
}
