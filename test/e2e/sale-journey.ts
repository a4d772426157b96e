import { describe, expect, it } from 'vitest';
import { cardSale } from '../support/small-world.js';
import { anId, type JourneyStage } from './journey-stage.js';

/** A till sends sales by the card that the merged profile took over. */
export function saleJourney(stage: JourneyStage): void {
  describe('a till sends a sale by loyalty card', () => {
    const sale = `mutation Sale($input: TransactionIngestInput!) {
    transactionIngest(input: $input) {
      outcome routing
      transaction { id total { amount currencyCode } profile { id wallet { points { definition available pending } } } }
      userErrors { code field message }
    }
  }`;
    const conflict =
      'mutation SaleConflict($input: TransactionIngestInput!) { transactionIngest(input: $input) { outcome transaction { id } userErrors { code field message } } }';
    const at = new Date().toISOString();
    const theSale = { ...cardSale('7-20261122-0088', 'LY-1200045', '129.95', at) };
    interface Sold {
      readonly transactionIngest: { readonly transaction: { readonly id: string } };
    }

    it('books it on the merged profile, and answers the same to a repeat', async () => {
      const sold = await stage.server.data<Sold>(sale, { input: theSale }, stage.token.till);
      const answer = {
        outcome: 'RECORDED',
        routing: 'MATCHED',
        transaction: {
          id: anId('txn', 'wren'),
          total: { amount: '129.95', currencyCode: 'AUD' },
          // The brand has defined no points, and a sale earns none in this version.
          profile: { id: stage.world.winnerId, wallet: { points: [] } },
        },
        userErrors: [],
      };
      expect(sold.transactionIngest).toEqual(answer);
      const again = await stage.server.data<Sold>(sale, { input: theSale }, stage.token.till);
      expect(again.transactionIngest).toEqual({ ...answer, outcome: 'REPLAYED' });
      expect(again.transactionIngest.transaction.id).toBe(sold.transactionIngest.transaction.id);
    });

    it('refuses the same number with another total', async () => {
      const other = cardSale('7-20261122-0088', 'LY-1200045', '129.96', at);
      expect(await stage.server.data(conflict, { input: other }, stage.token.till)).toEqual({
        transactionIngest: {
          outcome: null,
          transaction: null,
          userErrors: [{ code: 'TRANSACTION_CONFLICT', field: ['input', 'externalId'], message: expect.any(String) }],
        },
      });
    });

    it.each([
      ['a system nobody registered', { system: 'pso' }, 'SYSTEM_UNKNOWN'],
      [
        'payments that do not add up',
        { payments: [{ method: 'card', amount: { amount: '120.00', currencyCode: 'AUD' } }] },
        'AMOUNT_MISMATCH',
      ],
      ['tomorrow but one', { transactedAt: new Date(Date.now() + 2 * 86_400_000).toISOString() }, 'TRANSACTION_FUTURE'],
    ] as const)('refuses %s', async (_, change, code) => {
      const input = { ...theSale, externalId: `refused-${code}`, ...change };
      const refused = await stage.server.data(conflict, { input }, stage.token.till);
      expect(refused).toHaveProperty('transactionIngest.userErrors.0.code', code);
      expect(refused).toHaveProperty('transactionIngest.transaction', null);
    });

    it('handles a card that nobody has by the rule of the brand', async () => {
      const unknown = { customer: { identity: { handle: 'loyalty-card', identifier: 'LY-0000001' } } };
      const sell = (brand: string) =>
        stage.server.data<{ transactionIngest: { routing: string | null; userErrors: { code: string }[] } }>(
          sale,
          { input: { ...theSale, externalId: 'unknown-card', brand, ...unknown } },
          stage.token.admin,
        );
      expect((await sell('wren')).transactionIngest.routing).toBe('PROFILE_CREATED');
      expect((await sell('alder')).transactionIngest.routing).toBe('GUEST');
      expect((await sell('hearth')).transactionIngest.userErrors[0]?.code).toBe('IDENTITY_NOT_FOUND');
    });

    it('leaves the answers of other mutations alone when a brand is down', async () => {
      stage.hearth.gate.shut();
      try {
        const both = `mutation Both($down: TransactionIngestInput!, $up: TransactionIngestInput!) {
        down: transactionIngest(input: $down) { outcome }
        up: transactionIngest(input: $up) { outcome userErrors { code } }
      }`;
        const { customer: _, ...guest } = theSale as { customer: object };
        const variables = {
          down: { ...guest, brand: 'hearth', externalId: 'down-1' },
          up: { ...theSale, externalId: 'up-1' },
        };
        const { data, errors } = await stage.server.ask(both, variables, stage.token.admin);
        expect(data).toEqual({ down: null, up: { outcome: 'RECORDED', userErrors: [] } });
        expect(errors?.map((each) => each.path)).toEqual([['down']]);
        expect(errors?.[0]?.extensions.code).toMatch(/^BRAND_(UNAVAILABLE|TIMEOUT)$/);
      } finally {
        stage.hearth.gate.open();
      }
    });
  });
}
