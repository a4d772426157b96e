import type { TransactionErrorCode } from '../generated/resolvers-types.js';
import { refuse } from '../kernel/errors.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow } from '../profiles/profile.js';
import { type CustomerQuestion, type CustomerRoute, routeToCustomer } from './customer-route.service.js';
import type { NamedCustomer } from './ingest-form.js';
import type { IngestRouting, TransactionKeyRow } from './transaction.js';

/** Where a sale goes, decided outside its transaction. */
export interface SaleRoute extends Omit<CustomerRoute, 'routing' | 'owner'> {
  readonly routing: IngestRouting;
  /** The profile that owns the account, when it was looked at or is about to be made. */
  readonly owner: ProfileRow | null;
}

/** What the routing of a sale goes by. */
export interface RouteQuestion extends Omit<CustomerQuestion, 'customer'> {
  readonly transactionId: Uuid;
  readonly customer: NamedCustomer | null;
  /** Key of the purchase that a return names, if it has come. */
  readonly original: TransactionKeyRow | null;
}

/**
 * Finds the account that a sale hangs on: the purchase's for a linked return whoever brings the goods, its customer's
 * (see {@link routeToCustomer}), and an account of its own for a sale to nobody.
 * @throws Refusal `PROFILE_NOT_FOUND`, `IDENTITY_NOT_FOUND`.
 */
export async function routeSale(question: RouteQuestion): Promise<SaleRoute> {
  const { customer, original, transactionId } = question;
  if (original?.accountId !== undefined) {
    return unowned(original.routing === 'GUEST' ? 'GUEST' : 'MATCHED', original.accountId);
  }
  if (customer === null) return unowned('GUEST', transactionId);
  const route = await routeToCustomer({ ...question, customer });
  if (route !== null) return route;
  if (question.entry.brand.onUnknownIdentity === 'REFUSE') {
    refuse<TransactionErrorCode>(
      'IDENTITY_NOT_FOUND',
      'Nobody has this identity and the brand takes no such sales; send it without a customer or add the identity first',
      ['customer', 'identity'],
    );
  }
  return unowned('GUEST', transactionId);
}

function unowned(routing: IngestRouting, accountId: Uuid): SaleRoute {
  return { routing, accountId, owner: null, newProfile: null, mustTouchOwner: false };
}
