import type { ServerProcess } from './server-process.js';

/** Mei Tanaka's three profiles; nothing links them. */
export interface SmallWorld {
  /** In wren, with her e-mail and the card LY-8831227. */
  readonly winnerId: string;
  /** In wren by mistake, with only a mobile and the card LY-1200045. */
  readonly loserId: string;
  /** In alder. */
  readonly alderId: string;
}

interface Created {
  readonly profileCreate: { readonly profile: { readonly id: string } | null; readonly userErrors: readonly object[] };
}

/** Creates a profile through the API, for which the token must have the scope, and gives its id. */
export async function createProfile(server: ServerProcess, token: string, input: object): Promise<string> {
  const { profileCreate } = await server.data<Created>(
    'mutation Create($input: ProfileCreateInput!) { profileCreate(input: $input) { profile { id } userErrors { code field message } } }',
    { input },
    token,
  );
  if (profileCreate.profile === null) throw new Error(`No profile: ${JSON.stringify(profileCreate.userErrors)}`);
  return profileCreate.profile.id;
}

/** A sale by card, as the tills of wren send it. */
export function cardSale(externalId: string, card: string, amount: string, transactedAt: string): object {
  const money = { amount, currencyCode: 'AUD' };
  return {
    brand: 'wren',
    system: 'pos',
    externalId,
    customer: { identity: { handle: 'loyalty-card', identifier: card } },
    total: money,
    transactedAt,
    items: [{ lineId: '1', sku: 'SKIRT-12', quantity: '1', unitPrice: money, netTotal: money }],
    payments: [{ method: 'card', amount: money }],
  };
}

async function sell(server: ServerProcess, token: string, input: object): Promise<void> {
  const { transactionIngest } = await server.data<{ transactionIngest: { outcome: string | null } }>(
    'mutation Sell($input: TransactionIngestInput!) { transactionIngest(input: $input) { outcome userErrors { code field } } }',
    { input },
    token,
  );
  if (transactionIngest.outcome !== 'RECORDED') throw new Error(`Not sold: ${JSON.stringify(transactionIngest)}`);
}

/** Builds the small world of the journeys through the API: profiles, cards and sales. The token must be able to do all. */
export async function buildSmallWorld(server: ServerProcess, token: string): Promise<SmallWorld> {
  const mei = { firstName: 'Mei', lastName: 'Tanaka', email: 'mei@example.org' };
  const alderId = await createProfile(server, token, { brand: 'alder', ...mei });
  const winnerId = await createProfile(server, token, { brand: 'wren', ...mei });
  await server.data(
    'mutation Card($input: IdentityAddInput!) { identityAdd(input: $input) { identity { id } userErrors { code } } }',
    { input: { profileId: winnerId, identity: { handle: 'loyalty-card', identifier: 'LY-8831227', isPrimary: true } } },
    token,
  );
  const loserId = await createProfile(server, token, {
    brand: 'wren',
    firstName: 'May',
    lastName: 'Tanaka',
    mobilePhone: '0412 345 678',
    comms: [{ channel: 'SMS', isOptedOut: true }],
    identities: [{ handle: 'loyalty-card', identifier: 'LY-1200045' }],
  });
  for (let n = 1; n <= 11; n += 1) {
    const at = `2025-0${1 + (n % 9)}-11T04:20:00.000Z`;
    await sell(server, token, cardSale(`w-${n}`, 'LY-8831227', '50.00', at));
  }
  for (const [n, amount] of ['100.00', '100.00', '87.40'].entries()) {
    await sell(server, token, cardSale(`l-${n}`, 'LY-1200045', amount, `2025-10-0${n + 1}T04:20:00.000Z`));
  }
  return { winnerId, loserId, alderId };
}
