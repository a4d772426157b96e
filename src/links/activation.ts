import type { ShareableAttribute } from '../brands/brand.js';
import type { NoticeView } from '../consents/consent.js';
import type { LinkRow } from './cross-brand-link.js';

/** What the holder of an activation token is asked to agree to. */
export interface ActivationView {
  readonly fromBrandName: string;
  readonly toBrandName: string;
  readonly attributes: readonly ShareableAttribute[];
  readonly notice: NoticeView;
  readonly welcomeReward: string | null;
  readonly expiresAt: Date;
}

/** A signed copy of a consent for the customer. */
export interface ReceiptView {
  readonly id: string;
  readonly issuedAt: Date;
  readonly jws: string;
  /** Null as long as there is nothing to take the consent back with. */
  readonly withdrawalUrl: string | null;
}

/** What the customer gets for accepting. */
export interface ActivatedView {
  readonly receipt: ReceiptView;
  readonly portalUrl: string | null;
}

/** Whether a token that leads to this link works now: it is the one last sent, and the link still waits for it. */
export function isWaitingFor(link: LinkRow, tokenHash: string, now: Date): boolean {
  return (
    link.state === 'PENDING_ACTIVATION' &&
    link.step === 'READY' &&
    link.tokenHash === tokenHash &&
    link.activateBy > now
  );
}
