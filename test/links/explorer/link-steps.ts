import type { ShareableAttribute } from '../../../src/brands/brand.js';
import { isLive, type LinkRow } from '../../../src/links/cross-brand-link.js';
import type { MessageRow } from '../../../src/links/delivery.js';
import type { ProfileRow } from '../../../src/profiles/profile.js';
import type { HandClock } from '../link-group.js';
import type { LinkProcess, LinkStores } from './link-process.js';
import type { LinkWorld } from './link-world.js';

/** Which link a step is about, when it begins: among all there are, by age. */
export type Which = 'newest' | 'oldest';

/** One thing that somebody does. */
export type LinkStep =
  | {
      readonly kind: 'enrol';
      readonly of: 'P' | 'Q';
      readonly key: string;
      readonly attributes: readonly ShareableAttribute[] | null;
    }
  /** Journaled work, as far as it can be done now; the worker dies after so many effects, null for never. */
  | { readonly kind: 'work'; readonly effectsMax: number | null }
  | { readonly kind: 'activate'; readonly link: Which }
  | { readonly kind: 'decline'; readonly link: Which }
  | { readonly kind: 'resend'; readonly link: Which; readonly key: string }
  | {
      readonly kind: 'withdraw';
      readonly link: Which;
      readonly copies: 'KEEP' | 'ERASE_UNTOUCHED';
      readonly key: string;
    }
  /** The time for activation runs out, and a worker comes by. */
  | { readonly kind: 'expire' }
  /** Leases of whoever is busy run out. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'merge in A'; readonly loser: 'P' | 'Q'; readonly key: string }
  /** The profile that P's link leads to, or would, with M. */
  | { readonly kind: 'merge in B'; readonly loser: 'member' | 'M'; readonly key: string }
  | { readonly kind: 'own sign-up'; readonly key: string }
  /** The invited brand changes a value of its own. */
  | { readonly kind: 'rename in B'; readonly lastName: string; readonly key: string }
  | { readonly kind: 'read'; readonly from: 'A' | 'B' };

/** A step of one kind. */
export type StepOf<Kind extends LinkStep['kind']> = Extract<LinkStep, { kind: Kind }>;

/** What a step is taken with. */
export interface StepMeans extends Pick<LinkWorld, 'people' | 'stores' | 'clock'> {
  readonly process: LinkProcess;
  readonly stores: LinkStores;
  readonly clock: HandClock;
  /** Called when somebody begins to read; what it gives back is called with what he is shown, at that moment. */
  readonly reading?: () => (shown: ShownLinks) => void;
  /** Everything in it happens before anybody else does anything. */
  readonly aside?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What a reader was shown across brands. */
export interface ShownLinks {
  /** Links through which rows of the other brand were shown. */
  readonly used: readonly string[];
  /** Links that were listed, in which state. */
  readonly listed: readonly (readonly [linkId: string, state: string])[];
}

/** How a step ended. */
export interface Taken {
  readonly step: LinkStep;
  readonly end: 'DONE' | 'REFUSED' | 'FAILED' | 'DIED';
  readonly codes: readonly string[];
  /** Whether a command of whoever took it, then or at another time, failed. */
  isStruck?: boolean;
  /** Activations only: the token that was used. */
  readonly token?: string;
}

/** Every link there is, oldest first. */
export function linksIn(stores: LinkStores): LinkRow[] {
  const rows = stores.registry.all('links') as unknown as LinkRow[];
  return rows.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** The link that a step is about: a live one if there is any. */
export function linkFor(stores: LinkStores, which: Which): LinkRow | null {
  const links = linksIn(stores);
  const live = links.filter((link) => isLive(link));
  const candidates = live.length > 0 ? live : links;
  return candidates.at(which === 'newest' ? -1 : 0) ?? null;
}

/** The token in the last message about a link; one that never was when there is no message. */
export function tokenFor({ wren }: LinkStores, link: LinkRow | null): string {
  const messages = (wren.all('mailbox') as unknown as MessageRow[]).filter(
    ({ linkId, purpose }) => linkId === link?._id && purpose === 'activation',
  );
  const [last] = messages.sort((a, b) => (a._id < b._id ? 1 : -1));
  return /activate#([\w-]{43})\n/.exec(last?.text ?? '')?.[1] ?? '-'.repeat(43);
}

/** The live profile that an id leads to in a brand. */
export function liveIn(store: LinkStores[keyof LinkStores], id: string | undefined): ProfileRow | null {
  const row = store.all('profiles').find(({ _id }) => _id === id) as unknown as ProfileRow | undefined;
  if (row?.state === 'MERGED') return liveIn(store, row.mergedInto);
  return row ?? null;
}
