import {
  type InteractionContent,
  type InteractionRow,
  interactionIdOf,
  interactionRow,
} from '../activity/interaction.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import type { SeededRandom } from '../kernel/random.js';

type Told = Pick<InteractionContent, 'system' | 'action' | 'channel' | 'signal' | 'name' | 'namespace'>;

/** What customers of the demo do other than buy. */
const told: readonly Told[] = [
  { system: 'pos', action: 'VISIT', channel: 'LOCATION', signal: 0, name: 'walk-in', namespace: 'store' },
  { system: 'shopify', action: 'VIEW', channel: 'WEBSITE', signal: 0, name: 'autumn-lookbook', namespace: 'campaign' },
  { system: 'shopify', action: 'REACH', channel: 'EMAIL', signal: 0, name: 'spring-letter', namespace: 'campaign' },
  { system: 'shopify', action: 'FEEDBACK', channel: 'SUPPORT', signal: 1, name: 'delivery', namespace: 'survey' },
  { system: 'shopify', action: 'FEEDBACK', channel: 'SUPPORT', signal: -1, name: 'delivery', namespace: 'survey' },
];
/** Share of customers of whom something is told. */
const toldShare = 0.4;

/** Up to two interactions of an account between two moments. */
export function demoInteractions(
  entry: BrandEntry,
  account: { readonly id: Uuid; readonly serial: string },
  between: { readonly from: Date; readonly to: Date },
  random: SeededRandom,
  locationIds: readonly Uuid[],
): InteractionRow[] {
  const count = random.next() < toldShare ? 1 + random.below(2) : 0;
  return Array.from({ length: count }, (_, n) => {
    const what = random.pick(told);
    const spanMs = between.to.getTime() - between.from.getTime();
    const interactedAt = new Date(between.from.getTime() + Math.floor(random.next() * spanMs));
    const externalId = `D-${account.serial}-${n + 1}`;
    const id = interactionIdOf(entry.brand.handle, what.system, externalId);
    return interactionRow(
      { ...what, externalId, locationCode: null, interactedAt },
      {
        id,
        accountId: account.id,
        locationId: what.channel === 'LOCATION' ? random.pick(locationIds) : null,
        meta: null,
        receivedAt: interactedAt,
        // It names no customer: whoever sends it again is told that it differs.
        contentHash: id.replaceAll('-', ''),
      },
    );
  });
}
