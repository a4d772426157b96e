import type { OperationContext } from '../access/context.js';
import type { Brand } from '../brands/brand.js';
import { currentNotice } from '../consents/notice.service.js';
import type { ProfileView } from '../profiles/profile.js';
import type { LinkRow } from './cross-brand-link.js';
import { linksOf, linkView, sideOfProfile } from './cross-brand-link.service.js';
import { type LinkOptionView, liveLinkWith, offerTo, ruleBetween } from './link-option.js';
import { shareableAttributes } from './shareable.js';

/** For every other brand, what staff may offer. Reads the registry alone: other brands are never asked. */
export async function linkOptionsOf(context: OperationContext, profile: ProfileView): Promise<LinkOptionView[]> {
  const links = await linksOf(context, profile);
  return context.brands
    .all()
    .filter((entry) => entry.brand.handle !== profile.brand.handle)
    .map((entry) => optionFor(context, profile, entry.brand, links));
}

function optionFor(
  context: OperationContext,
  profile: ProfileView,
  other: Brand,
  links: readonly LinkRow[],
): LinkOptionView {
  const live = liveLinkWith(links, other.handle);
  if (live !== null) {
    const rule = ruleBetween(profile.brand, other.handle);
    return {
      brand: other,
      state: live.state === 'ACTIVE' ? 'LINKED' : 'PENDING',
      unavailableReason: null,
      attributes: rule === null ? [] : shareableAttributes(rule, profile),
      notice: rule === null ? null : currentNotice(rule),
      welcomeReward: rule?.welcomeReward ?? null,
      link: linkView(context, live, sideOfProfile(live, profile)),
    };
  }
  const offer = offerTo(profile.brand, other.handle, profile, links, context.clock.now());
  if (offer.reason !== null) {
    return {
      brand: other,
      state: 'UNAVAILABLE',
      unavailableReason: offer.reason,
      attributes: [],
      notice: null,
      welcomeReward: null,
      link: null,
    };
  }
  return {
    brand: other,
    state: 'INVITABLE',
    unavailableReason: null,
    attributes: offer.attributes,
    notice: currentNotice(offer.rule),
    welcomeReward: offer.rule.welcomeReward,
    link: null,
  };
}
