import { userErrorsOf } from '../access/user-errors.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { type ActivationDeps, activateLink, showActivation } from './activation.service.js';
import { listConsents } from './consent-list.service.js';
import { isLive, liveStates } from './cross-brand-link.js';
import { consentView, shownLinks } from './cross-brand-link.service.js';
import { declineLink } from './link-decline.service.js';
import { resolveEnd } from './link-end.service.js';
import { enrolLink } from './link-enrol.service.js';
import { linkOptionsOf } from './link-option.service.js';
import { resendMessage } from './link-resend.service.js';
import { withdrawLink } from './link-withdraw.service.js';
import { resendsMax } from './link-work.js';

/** Links, their ends, options and activation. */
export function createLinkResolvers(deps: ActivationDeps): Resolvers {
  return {
    Query: {
      activation: (_parent, { token }, context) => showActivation(context, token),
      consents: (_parent, args, context) => listConsents(context, args),
    },
    Mutation: {
      crossBrandLinkEnrol: async (_parent, { input }, context) => {
        const { value, userErrors } = await userErrorsOf(() => enrolLink(context, deps.journals, input));
        return { link: value, userErrors };
      },
      crossBrandLinkActivate: async (_parent, { input }, context) => {
        const { value, userErrors } = await userErrorsOf(() => activateLink(context, deps, input));
        return { receipt: value?.receipt ?? null, portalUrl: value?.portalUrl ?? null, userErrors };
      },
      crossBrandLinkDecline: async (_parent, { input }, context) => {
        const { value, userErrors } = await userErrorsOf(() => declineLink(context, deps, input));
        return { quietUntil: value?.quietUntil ?? null, userErrors };
      },
      crossBrandLinkResend: async (_parent, { input }, context) => {
        const { value, userErrors } = await userErrorsOf(() => resendMessage(context, deps.journals, input));
        return { link: value, userErrors };
      },
      crossBrandLinkWithdraw: async (_parent, { input }, context) => {
        const { value, userErrors } = await userErrorsOf(() => withdrawLink(context, deps, input));
        return { withdrawnAt: value?.withdrawnAt ?? null, receipt: value?.receipt ?? null, userErrors };
      },
    },
    Profile: {
      crossBrandLinks: (profile, { statuses }, context) => shownLinks(context, profile, statuses ?? liveStates),
      linkOptions: (profile, _args, context) => linkOptionsOf(context, profile),
    },
    CrossBrandLink: {
      id: (link) => formatNodeId('link', '', link.row._id),
      status: (link) => link.row.state,
      source: (link) => ({ link, side: 'a', brand: link.fromBrand }),
      target: (link) => ({ link, side: 'b', brand: link.toBrand }),
      sharedHandle: (link) => link.row.sharedHandle,
      sharedIdentifier: (link) => (isLive(link.row) ? link.row.sharedIdentifier : null),
      consentedAttributes: (link) => link.row.consent.attributes,
      consent: (link, _args, context) => consentView(context, link.row),
      activation: ({ row }) => {
        if (row.message === undefined) return null;
        const { sends, wanted, sentAt, ...message } = row.message;
        const resendsLeft = Math.max(0, resendsMax - (wanted - 1));
        return { ...message, sentAt: sentAt ?? null, expiresAt: row.activateBy, resendsLeft };
      },
      actor: (link) => link.row.actor,
      createdAt: (link) => link.row.createdAt,
      activatedAt: (link) => link.row.activatedAt ?? null,
      endedAt: (link) => link.row.endedAt ?? null,
    },
    CrossBrandLinkEnd: {
      profile: async (end, _args, context) => (await resolveEnd(context, end)).profile,
      state: async (end, _args, context) => (await resolveEnd(context, end)).state,
    },
  };
}
