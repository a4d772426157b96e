import type { OperationContext } from '../access/context.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import { isStaleSlot } from '../links/cross-brand-link.js';
import { readLink } from '../links/link-transition.service.js';
import type { ProfileRow } from '../profiles/profile.js';
import { conflictingSlots } from './merge-blockers.js';

/**
 * Of the slots that both profiles fill for the same brand, the links that connect nothing any more: those give way. Links
 * end for ever, so what is stale here is stale in the transaction too; which links are in the slots is covered by the
 * profiles' versions. Reads the registry only where two slots meet.
 */
export async function staleLinksOf(
  context: OperationContext,
  entry: BrandEntry,
  winner: ProfileRow,
  loser: ProfileRow,
): Promise<ReadonlySet<Uuid>> {
  const stale = new Set<Uuid>();
  for (const { links } of conflictingSlots(winner, loser)) {
    const [own, theirs] = await Promise.all(links.map((id) => readLink(context.brands.registry, id, context.deadline)));
    if (isStaleSlot(own ?? null, entry.brand.handle, winner)) stale.add(links[0]);
    if (isStaleSlot(theirs ?? null, entry.brand.handle, loser)) stale.add(links[1]);
  }
  return stale;
}
