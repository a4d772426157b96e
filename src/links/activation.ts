import type { ShareableAttribute } from '../brands/brand.js';
import type { NoticeView } from '../consents/consent.js';
import type { ReceiptView } from '../consents/receipt.js';
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

/** What whoever takes consent back gets. */
export interface WithdrawnView {
  /** From this instant no reader sees the link. */
  readonly withdrawnAt: Date;
  readonly receipt: ReceiptView | null;
}
