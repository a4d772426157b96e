import type { FastifyInstance } from 'fastify';
import type { OperationContext } from '../access/context.js';
import { Refusal } from '../kernel/errors.js';
import { type ActivationDeps, activateLink, waitingLink } from './activation.service.js';
import {
  type ActivationOffer,
  acceptedPage,
  activationPath,
  alreadyLinkedPage,
  askPage,
  declinedPage,
  offerPage,
  quietDaysIn,
  refusedPage,
} from './activation-page.js';
import { type PageAnswer, serveCustomerPage, termsOf } from './customer-page.service.js';
import { declineLink } from './link-decline.service.js';

/** The page to which activation messages lead: what would be shared, and the customer's yes or no. */
export function activationRoutes(deps: ActivationDeps): (app: FastifyInstance) => Promise<void> {
  return (app) =>
    serveCustomerPage(app, deps, {
      path: activationPath,
      ask: askPage,
      refused: refusedPage,
      open: offerOf,
      act: (context, code, offer, fields) => act(context, deps, { code, offer, fields }),
    });
}

interface Choice {
  readonly code: string;
  readonly offer: ActivationOffer;
  readonly fields: URLSearchParams;
}

async function act(
  context: OperationContext,
  deps: ActivationDeps,
  { code, offer, fields }: Choice,
): Promise<PageAnswer> {
  const action = fields.get('action');
  if (action === 'accept') return accept(context, deps, code, offer);
  if (action === 'decline') {
    const { quietUntil } = await declineLink(context, deps, { token: code, quietDays: quietDaysIn(fields) });
    return { html: declinedPage(offer, quietUntil), status: 200 };
  }
  return { html: offerPage(offer, code), status: 200 };
}

async function accept(
  context: OperationContext,
  deps: ActivationDeps,
  code: string,
  offer: ActivationOffer,
): Promise<PageAnswer> {
  try {
    const { receipt, portalUrl } = await activateLink(context, deps, { token: code, isAccepted: true });
    const { jws, withdrawalUrl } = receipt;
    return { html: acceptedPage(offer, { jws, withdrawalUrl, portalUrl }), status: 200 };
  } catch (error) {
    const isLinked = error instanceof Refusal && error.refusals.some(({ code }) => code === 'ALREADY_LINKED');
    if (isLinked) return { html: alreadyLinkedPage(offer), status: 409 };
    throw error;
  }
}

/** What a code opens; null alike for every code that opens nothing. Changes nothing. */
async function offerOf(context: OperationContext, code: string): Promise<ActivationOffer | null> {
  const link = await waitingLink(context, code);
  if (link === null) return null;
  const { timeZone } = context.brands.get(link.a.brand).brand;
  const { welcomeReward, activateBy } = link;
  return { ...(await termsOf(context, link)), welcomeReward, activateBy, timeZone };
}
