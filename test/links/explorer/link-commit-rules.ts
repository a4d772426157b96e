import { type ConsentStatus, mayBecome } from '../../../src/consents/consent.js';
import { consentEventId, isProvenBy } from '../../../src/consents/consent-event.js';
import { isLive, type LinkRow, type LinkState } from '../../../src/links/cross-brand-link.js';
import type { ProfileRow } from '../../../src/profiles/profile.js';
import type { Change } from '../../merges/explorer/double-store.js';
import type { GroupState } from './link-state.js';

/** What each state of a link says of its consent. */
const consentIn: Readonly<Record<LinkState, readonly ConsentStatus[]>> = {
  PENDING_ACTIVATION: ['GIVEN'],
  ACTIVE: ['CONFIRMED'],
  DECLINED: ['REFUSED'],
  EXPIRED: ['LAPSED'],
  WITHDRAWN: ['WITHDRAWN'],
  ENDED: ['SUPERSEDED', 'LAPSED'],
};

const nextStates: Readonly<Record<LinkState, readonly LinkState[]>> = {
  PENDING_ACTIVATION: ['PENDING_ACTIVATION', 'ACTIVE', 'DECLINED', 'EXPIRED', 'WITHDRAWN', 'ENDED'],
  ACTIVE: ['ACTIVE', 'WITHDRAWN', 'ENDED'],
  DECLINED: [],
  EXPIRED: [],
  WITHDRAWN: [],
  ENDED: [],
};

/** What one write of a link breaks: its life, and the consent that goes with it. */
export function brokenByLinkChange({ before, after }: Change, state: GroupState): string[] {
  const [was, is] = [before as unknown as LinkRow | null, after as unknown as LinkRow | null];
  if (is === null) return [`the link ${was?._id} was deleted`];
  // A consent that was not written is proven as before.
  const chain = was?.consent === is.consent ? [] : brokenChain(is, state);
  return [...brokenForm(is), ...chain, ...(was === null ? [] : brokenEdge(was, is))];
}

function brokenForm(link: LinkRow): string[] {
  const isPending = link.state === 'PENDING_ACTIVATION';
  const wanted: readonly (readonly [boolean, string])[] = [
    [consentIn[link.state].includes(link.consent.status), `a consent that is ${link.consent.status}`],
    [(link.open === true) === isPending, 'the mark of an open link'],
    [(link.message !== undefined) === isPending, 'the state of its message'],
    [link.tokenHash === undefined || (isPending && link.step === 'READY'), 'a token'],
    [(link.activatedAt !== undefined) === (link.b.accountId !== undefined), 'an account without activation'],
    [link.state !== 'ACTIVE' || link.activatedAt !== undefined, 'no time of activation'],
    [isPending === (link.endedAt === undefined && link.state !== 'ACTIVE'), 'a time of its end'],
    [isLive(link) || link.prior !== undefined, 'no state before its end'],
  ];
  return wanted.filter(([holds]) => !holds).map(([, what]) => `a link that is ${link.state} has ${what}`);
}

function brokenChain(link: LinkRow, { events }: GroupState): string[] {
  const chain = Array.from({ length: link.consent.seq }, (_, at) => events.get(consentEventId(link._id, at + 1)));
  const isProven = !chain.includes(undefined) && isProvenBy(link.consent, chain as never);
  const isWhole = isProven && !events.has(consentEventId(link._id, link.consent.seq + 1));
  return isWhole ? [] : [`the consent of a ${link.state} link is not proven by its events`];
}

function brokenEdge(was: LinkRow, is: LinkRow): string[] {
  const broken: string[] = [];
  if (!nextStates[was.state].includes(is.state)) broken.push(`a link that was ${was.state} was written as ${is.state}`);
  const [from, to] = [was.consent, is.consent];
  if (from.status !== to.status && (!mayBecome(from.status, to.status) || to.seq !== from.seq + 1)) {
    broken.push(`a consent that was ${from.status} became ${to.status}`);
  }
  const isWithdrawal = is.state === 'WITHDRAWN' && was.state !== 'WITHDRAWN';
  if (isWithdrawal ? is.epoch <= was.epoch : is.epoch < was.epoch) broken.push('the epoch of a link did not rise');
  const isSameEnd = was.a.accountId === is.a.accountId && (was.b.accountId ?? is.b.accountId) === is.b.accountId;
  if (!isSameEnd || was.sharedIdentifier !== is.sharedIdentifier) broken.push('an end of a link was moved');
  return broken;
}

/** The profile that owns an account in a brand; null when there is none, or not yet. */
export function ownerOf(profiles: ReadonlyMap<string, ProfileRow>, account: string | undefined): ProfileRow | null {
  let row = profiles.get(account ?? '');
  for (let hop = 0; hop < 4 && row?.state === 'MERGED'; hop += 1) row = profiles.get(row.mergedInto ?? '');
  return row ?? null;
}

/** Of the links that have taken their slots, no two hang on one profile, in either brand, in any state. */
export function brokenUniqueness({ links, wren, hearth }: GroupState): string[] {
  const taken = new Set<string>();
  const broken: string[] = [];
  for (const link of links.values()) {
    if (!isLive(link) || (link.state !== 'ACTIVE' && link.step !== 'READY')) continue;
    const ends = [
      `asking ${ownerOf(wren.profiles, link.a.accountId)?._id ?? link.a.accountId}`,
      ...(link.state === 'ACTIVE'
        ? [`invited ${ownerOf(hearth.profiles, link.b.accountId)?._id ?? link.b.accountId}`]
        : []),
    ];
    for (const end of ends) {
      if (taken.has(end)) broken.push(`two live links of one ${end.split(' ')[0]} profile`);
      taken.add(end);
    }
  }
  return broken;
}
