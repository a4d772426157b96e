import type { Brands } from '../brands/brands.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import type { Carriers } from '../messages/carriers.js';

/** What the work on links is built from. */
export interface LinkDeps {
  readonly brands: Brands;
  readonly clock: Clock;
  readonly log: Logger;
  /** How customers reach this server. */
  readonly publicUrl: string;
  /** Who takes messages to customers. */
  readonly carriers: Carriers;
}

/** Kinds of journaled work on links. */
export const linkJournals = {
  enrol: 'link.enrol',
  activate: 'link.activate',
  expire: 'link.expire',
  resend: 'link.resend',
  deliver: 'link.deliver',
  end: 'link.end',
} as const;

/** `_id` of a link's journal of a kind: at most one each; of messages, one for each. */
export function linkJournalId(
  kind: (typeof linkJournals)[keyof typeof linkJournals],
  linkId: string,
  message?: number | string,
): string {
  return message === undefined ? `${kind}:${linkId}` : `${kind}:${linkId}:${message}`;
}

/**
 * Copies of an activation message that may follow the first one for a link, whose life is the window they are counted in:
 * enough for a mistyped or full mailbox, too few to pester anybody.
 */
export const resendsMax = 3;

/** The page on which customers take their consent back. */
export function withdrawalPage(deps: Pick<LinkDeps, 'publicUrl'>): string {
  return `${deps.publicUrl.replace(/\/+$/, '')}/withdraw`;
}
