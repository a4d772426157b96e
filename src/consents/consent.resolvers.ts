import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { eventsOfConsent } from './consent.service.js';
import { currentNotice, noticeById } from './notice.service.js';
import type { ReceiptSigner } from './receipt.js';
import { receiptOf } from './receipt.service.js';

/** Consents, their wordings and their events. */
export function createConsentResolvers(deps: { readonly signer: ReceiptSigner }): Resolvers {
  return {
    SharingRule: {
      notice: (rule) => currentNotice(rule),
    },
    Consent: {
      id: (consent) => formatNodeId('cons', '', consent.linkId),
      status: (consent) => consent.record.status,
      purposes: (consent) => consent.record.purposes,
      attributes: (consent) => consent.record.attributes,
      notice: (consent, _args, context) => noticeById(context, consent.record.noticeId),
      method: (consent) => consent.record.method,
      givenAt: (consent) => consent.record.givenAt,
      recordedAt: (consent) => consent.record.recordedAt,
      recordedBy: (consent) => consent.record.recordedBy,
      validUntil: (consent) => consent.record.validUntil,
      receipt: (consent, _args, context) => receiptOf(context, deps.signer, consent.record),
      events: (consent, _args, context) => eventsOfConsent(context, consent),
    },
  };
}
