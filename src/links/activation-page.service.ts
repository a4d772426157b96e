import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { OperationContext } from '../access/context.js';
import { Refusal } from '../kernel/errors.js';
import { type ActivationDeps, activateLink, tokenRefusal, waitingLink } from './activation.service.js';
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
import { type CustomerAnswer, problem } from './customer-answer.js';
import { termsJson } from './customer-page.js';
import { serveCustomerPage, termsOf } from './customer-page.service.js';
import { declineLink, quietDaysMax } from './link-decline.service.js';

/** The page to which activation messages lead: what would be shared, and the customer's yes or no. */
export function activationRoutes(deps: ActivationDeps): (app: FastifyInstance) => Promise<void> {
  return (app) =>
    serveCustomerPage(app, deps, {
      path: activationPath,
      ask: askPage,
      refused: refusedPage,
      refusal: tokenRefusal,
      choiceOf: (fields): Choice => ({ action: actionIn(fields), quietDays: quietDaysIn(fields) }),
      body,
      open: offerOf,
      act: (context, code, offer, choice) => act(context, deps, { code, offer, choice }),
    });
}

const actions = ['show', 'accept', 'decline'] as const;

const body = z.strictObject({
  code: z.string(),
  action: z.enum(actions),
  quietDays: z.int().min(1).max(quietDaysMax).nullish(),
});

type Choice = Omit<z.infer<typeof body>, 'code'>;

/** A form without a name of something to do only looks. */
function actionIn(fields: URLSearchParams): Choice['action'] {
  return actions.find((action) => action === fields.get('action')) ?? 'show';
}

interface Chosen {
  readonly code: string;
  readonly offer: ActivationOffer;
  readonly choice: Choice;
}

async function act(
  context: OperationContext,
  deps: ActivationDeps,
  { code, offer, choice: { action, quietDays } }: Chosen,
): Promise<CustomerAnswer> {
  if (action === 'accept') return accept(context, deps, code, offer);
  if (action === 'decline') {
    const { quietUntil } = await declineLink(context, deps, { token: code, quietDays: quietDays ?? null });
    return { status: 200, html: declinedPage(offer, quietUntil), json: { quietUntil } };
  }
  const { welcomeReward, activateBy } = offer;
  return {
    status: 200,
    html: offerPage(offer, code),
    json: { ...termsJson(offer), welcomeReward, expiresAt: activateBy },
  };
}

async function accept(
  context: OperationContext,
  deps: ActivationDeps,
  code: string,
  offer: ActivationOffer,
): Promise<CustomerAnswer> {
  try {
    const { receipt, portalUrl } = await activateLink(context, deps, { token: code, isAccepted: true });
    const { jws, withdrawalUrl } = receipt;
    return {
      status: 200,
      html: acceptedPage(offer, { jws, withdrawalUrl, portalUrl }),
      json: { receipt: { jws, withdrawalUrl }, portalUrl },
    };
  } catch (error) {
    const linked = error instanceof Refusal ? error.refusals.find(({ code }) => code === 'ALREADY_LINKED') : undefined;
    if (linked === undefined) throw error;
    return { status: 409, html: alreadyLinkedPage(offer), json: problem(409, linked.code, linked.message) };
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
