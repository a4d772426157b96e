import type { Brands } from '../brands/brands.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import type { BrandKeys } from './sealed-address.js';

/** What the work on links is built from. */
export interface LinkDeps {
  readonly brands: Brands;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keys: BrandKeys;
  /** How customers reach this server. */
  readonly publicUrl: string;
}

/** Kinds of journaled work on links. */
export const linkJournals = { enrol: 'link.enrol', activate: 'link.activate', expire: 'link.expire' } as const;

/** `_id` of a link's journal of a kind: at most one each. */
export function linkJournalId(kind: (typeof linkJournals)[keyof typeof linkJournals], linkId: string): string {
  return `${kind}:${linkId}`;
}

/** Copies of an activation message that may follow the first one: none, until there is a way to send them. */
export const resendsMax = 0;
