import type { Brand, ShareableAttribute, SharingRule } from '../brands/brand.js';
import type { NoticeView } from '../consents/consent.js';
import type { ProfileRow } from '../profiles/profile.js';
import { confirmedContact } from './contact.js';
import { isLive, type LinkRow, type LinkView } from './cross-brand-link.js';
import { isInForce, isLinkableType, shareableAttributes } from './shareable.js';

/** What can be done about another brand. */
export type LinkOptionState = 'LINKED' | 'PENDING' | 'INVITABLE' | 'UNAVAILABLE';

/** Why nothing can be offered. */
export type UnavailableReason =
  | 'NO_RULE'
  | 'AGREEMENT_INACTIVE'
  | 'NO_CONFIRMED_CONTACT'
  | 'DECLINED_RECENTLY'
  | 'TYPE_NOT_LINKABLE';

/** What staff may offer a customer about another brand. */
export interface LinkOptionView {
  readonly brand: Brand;
  readonly state: LinkOptionState;
  readonly unavailableReason: UnavailableReason | null;
  readonly attributes: readonly ShareableAttribute[];
  readonly notice: NoticeView | null;
  readonly welcomeReward: string | null;
  readonly link: LinkView | null;
}

/** The rule by which one brand may give to another; null when there is none. */
export function ruleBetween(from: Brand, toHandle: string): SharingRule | null {
  return from.sharingRules.find((rule) => rule.to === toHandle) ?? null;
}

/** The live link among a profile's links with another brand; null when there is none. */
export function liveLinkWith(links: readonly LinkRow[], otherHandle: string): LinkRow | null {
  return links.find((link) => isLive(link) && (link.a.brand === otherHandle || link.b.brand === otherHandle)) ?? null;
}

/** Whether the customer said no to this brand so lately that asking again would be a nuisance. */
export function hasDeclinedRecently(rule: SharingRule, links: readonly LinkRow[], now: Date): boolean {
  return links.some(
    (link) => link.state === 'DECLINED' && link.b.brand === rule.to && now.getTime() < quietEnd(rule, link),
  );
}

/** What the customer asked for; where that is not known, what the rule says. */
function quietEnd(rule: SharingRule, link: LinkRow): number {
  const { quietUntil, endedAt } = link;
  return quietUntil?.getTime() ?? (endedAt?.getTime() ?? 0) + rule.quietDays * 86_400_000;
}

/** What is offered, and why not, worked out from the asking brand and the group's links alone. */
export type Offer =
  | { readonly reason: UnavailableReason }
  | { readonly reason: null; readonly rule: SharingRule; readonly attributes: readonly ShareableAttribute[] };

/** Whether a customer without a live link to the brand may be invited there. Never asks that brand. */
export function offerTo(
  from: Brand,
  toHandle: string,
  profile: ProfileRow,
  links: readonly LinkRow[],
  now: Date,
): Offer {
  const rule = ruleBetween(from, toHandle);
  if (rule === null) return { reason: 'NO_RULE' };
  if (!isInForce(rule)) return { reason: 'AGREEMENT_INACTIVE' };
  if (!isLinkableType(profile.type)) return { reason: 'TYPE_NOT_LINKABLE' };
  if (confirmedContact(from, profile, null) === null) return { reason: 'NO_CONFIRMED_CONTACT' };
  if (hasDeclinedRecently(rule, links, now)) return { reason: 'DECLINED_RECENTLY' };
  return { reason: null, rule, attributes: shareableAttributes(rule, profile) };
}
