import { identityClaimId } from '../../../src/claims/claim.js';
import type { JournalRow } from '../../../src/journal/journal.js';
import { isLive, isStaleSlot, type LinkRow } from '../../../src/links/cross-brand-link.js';
import type { MessageRow } from '../../../src/links/delivery.js';
import { madeProfiles } from '../../../src/links/expiry.service.js';
import { type ProfileRow, profileValueNames } from '../../../src/profiles/profile.js';
import { isSame } from '../../merges/explorer/double-query.js';
import { brokenRules } from '../../merges/explorer/state-rules.js';
import { ownerOf } from './link-commit-rules.js';
import type { LinkStores } from './link-process.js';
import type { GroupState } from './link-state.js';
import type { Taken } from './link-steps.js';
import type { LinkWorld } from './link-world.js';

/** What is wrong after all work is done. */
export function brokenWhenSettled(world: LinkWorld, state: GroupState, taken: readonly Taken[], now: Date): string[] {
  const links = [...state.links.values()];
  return [
    ...links.flatMap((link) => brokenLink(link, state, world.stores)),
    ...(taken.some(isLateDeath) ? [] : brokenRests(links, world.stores)),
    ...(taken.some(isLateDeath) ? [] : brokenSlots(state)),
    ...brokenPending(state),
    ...brokenUnique(links, state),
    ...brokenWork(world.stores, now),
    ...brokenMessages(links, world.stores),
    ...links.flatMap((link) => brokenConfirmation(link, world.stores)),
    ...brokenTokens(taken),
    ...brokenAsking(world, state),
    ...brokenInvited(world, state),
  ];
}

function brokenLink(link: LinkRow, state: GroupState, stores: LinkStores): string[] {
  const broken: string[] = [];
  const claimsIn = (brand: 'wren' | 'hearth') =>
    [...state[brand].claims.values()].filter((each) => each.linkId === link._id).length;
  const isFailed = link.message?.status === 'FAILED';
  const isNew = link.state === 'ACTIVE' || (link.state === 'PENDING_ACTIVATION' && link.mode === 'NEW');
  const wanted = { wren: isLive(link) && !isFailed ? 1 : 0, hearth: isNew && !isFailed ? 1 : 0 };
  for (const brand of ['wren', 'hearth'] as const) {
    const count = claimsIn(brand);
    // A sign-up that died after the link had let go of its profile leaves that to the end of the waiting.
    if (brand === 'hearth' && link.mode === 'JOIN' && isWaitingStill(link, state)) continue;
    if (count !== wanted[brand]) {
      broken.push(`${count} shared identities in ${brand} of a ${link.state} link (${link.mode})`);
    }
  }
  const slotIn = (row: ProfileRow | null, other: string) =>
    row?.state === 'ACTIVE' && row.linkSlots?.[other] === link._id;
  if (isLive(link) && !isFailed && !slotIn(ownerOf(state.wren.profiles, link.a.accountId), 'hearth')) {
    broken.push(`a ${link.state} link without its slot in the asking brand`);
  }
  if (link.state === 'ACTIVE' && !slotIn(ownerOf(state.hearth.profiles, link.b.accountId), 'wren')) {
    broken.push('an active link that leads to no live profile with its slot');
  }
  // Whoever was withdrawn before the brand made a member of them has nobody to welcome.
  const isMember =
    link.activatedAt !== undefined && ownerOf(state.hearth.profiles, link.b.accountId)?.state === 'ACTIVE';
  const rewards = stores.hearth.all('rewards').filter(({ _id }) => _id === link._id).length;
  if (rewards !== (isMember ? 1 : 0)) broken.push(`${rewards} welcome rewards of a ${link.state} link`);
  if (!isLive(link)) broken.push(...brokenEnd(link, state, stores));
  return broken;
}

/** What the end of a link leaves: nothing of a link nobody activated, and of others what the customer chose. */
function brokenEnd(link: LinkRow, { hearth, copied, ownNames }: GroupState, stores: LinkStores): string[] {
  const made = madeProfiles(link).map((id) => hearth.profiles.get(id));
  const notes = stores.hearth.all('linkCopies').filter((row) => row['linkId'] === link._id).length;
  const broken = notes > 0 ? [`digests of copies of a ${link.state} link are kept`] : [];
  const journal = stores.registry
    .all('journals')
    .find(({ _id }) => _id === `link.end:${link._id}`) as unknown as JournalRow;
  const row = made[0];
  const copy = copied.get(link._id);
  const isErasure = link.activatedAt !== undefined && journal?.data['copies'] === 'ERASE_UNTOUCHED';
  if (!isErasure || link.mode !== 'NEW' || row?.state !== 'ACTIVE' || copy?._id !== row._id) return broken;
  const isMerged = (row.mergedIn?.length ?? 0) > 0;
  const own = ownNames.get(row._id);
  for (const name of profileValueNames) {
    const isLeft = copy[name] != null && isSame(row[name], copy[name]) && own?.has(name) !== true;
    if (isLeft && !isMerged) broken.push(`the copied ${name} was not erased`);
  }
  return broken;
}

function brokenSlots({ links, wren, hearth }: GroupState): string[] {
  const slots = (['wren', 'hearth'] as const).flatMap((brand) =>
    [...(brand === 'wren' ? wren : hearth).profiles.values()].flatMap((row) =>
      Object.values(row.linkSlots ?? {}).map((id) => ({ brand, row, link: links.get(id) ?? null })),
    ),
  );
  return slots
    .filter(({ brand, row, link }) => isStaleSlot(link, brand, row))
    .map(({ brand, link }) => `a stale slot in ${brand} names a ${link?.state} link`);
}

/**
 * Whether a worker died, or one of its commands failed: one who had been held up until the link was over may have left a slot that counts as empty, or an
 * address that goes by itself.
 */
function isLateDeath({ step, end, isStruck }: Taken): boolean {
  return (end === 'DIED' || isStruck === true) && (step.kind === 'work' || step.kind === 'expire');
}

function brokenRests(links: readonly LinkRow[], { hearth }: LinkStores): string[] {
  const kept = new Set(hearth.all('linkDeliveries').map(({ _id }) => _id));
  return links
    .filter(({ _id, state }) => state !== 'PENDING_ACTIVATION' && kept.has(_id))
    .map(({ state }) => `the address of a ${state} link is kept`);
}

/** Whether a profile that a pending link has let go of waits all the same. */
function isWaitingStill(link: LinkRow, { hearth }: GroupState): boolean {
  const former = link.b.formerProfileIds ?? [];
  return link.state === 'PENDING_ACTIVATION' && former.some((id) => hearth.profiles.get(id)?.state === 'PENDING');
}

function brokenPending({ links, hearth }: GroupState): string[] {
  return [...hearth.profiles.values()].flatMap((row) => {
    if (row.state !== 'PENDING') return [];
    const link = links.get(row.link ?? '');
    const isExpected = link?.state === 'PENDING_ACTIVATION' && madeProfiles(link).includes(row._id);
    return isExpected ? [] : [`an orphan of a ${link?.state} link waits`];
  });
}

function brokenUnique(links: readonly LinkRow[], { wren }: GroupState): string[] {
  const owners = links.filter(isLive).map((link) => ownerOf(wren.profiles, link.a.accountId)?._id);
  return new Set(owners).size === owners.length ? [] : ['two live links of one asking profile'];
}

function brokenWork({ registry }: LinkStores, now: Date): string[] {
  const journals = registry.all('journals') as unknown as JournalRow[];
  return journals
    .filter(({ open, leaseUntil }) => open === true && (leaseUntil === undefined || leaseUntil <= now))
    .map(({ kind, step, lastError }) => `work never ends: ${kind} at ${step}, ${lastError}`);
}

function brokenMessages(links: readonly LinkRow[], { wren }: LinkStores): string[] {
  const messages = wren.all('mailbox') as unknown as MessageRow[];
  const hashes = new Set(messages.map(({ tokenHash }) => tokenHash));
  return [
    ...(hashes.size === messages.length ? [] : ['two messages carry one token']),
    ...links
      .filter((link) => link.tokenHash !== undefined && !hashes.has(link.tokenHash))
      .map(() => 'a token was never sent'),
  ];
}

/** Whoever has accepted has one message to keep, and its token leads to the link. */
function brokenConfirmation(link: LinkRow, { wren, registry }: LinkStores): string[] {
  const sent = wren.all('mailbox') as unknown as MessageRow[];
  const own = sent.filter(({ linkId, purpose }) => linkId === link._id && purpose === 'confirmation');
  const hash = link.confirmationTokenHash;
  if (hash === undefined) return link.state === 'ACTIVE' ? ['an active link that nobody confirmed'] : [];
  const leads = registry.all('activations').filter((row) => row._id === hash && row['linkId'] === link._id);
  const isRight = own.length === 1 && own[0]?.tokenHash === hash && leads.length === 1;
  return isRight ? [] : [`${own.length} confirmations of a ${link.state} link, ${leads.length} of them lead there`];
}

function brokenTokens(taken: readonly Taken[]): string[] {
  const used = taken.flatMap(({ end, token }) => (end === 'DONE' && token !== undefined ? [token] : []));
  return new Set(used).size === used.length ? [] : ['a token was used twice'];
}

/** The asking brand's customers have all they ever had, whatever became of their links. */
function brokenAsking({ people }: LinkWorld, { wren }: GroupState): string[] {
  const broken = brokenRules(wren);
  for (const name of ['P', 'Q'] as const) {
    const row = ownerOf(wren.profiles, people[name]?._id);
    if (row?.tags?.includes(`of-${name}`) !== true) broken.push(`${name} lost a tag`);
    if (!wren.claims.has(identityClaimId('loyalty-card', `CARD-${name}`))) broken.push(`${name} lost an identity`);
  }
  return broken;
}

/** Members of the invited brand are whole; profiles that wait, and tombstones, are nobody. */
function brokenInvited({ people }: LinkWorld, { hearth }: GroupState): string[] {
  const profiles = new Map([...hearth.profiles].filter(([, row]) => row.state === 'ACTIVE' || row.state === 'MERGED'));
  const claims = new Map([...hearth.claims].filter(([, claim]) => profiles.has(claim.profileId)));
  const broken = brokenRules({ profiles, claims });
  for (const claim of hearth.claims.values()) {
    if (hearth.profiles.get(claim.profileId)?.state === 'VOID') broken.push('a tombstone holds a claim');
  }
  for (const name of ['O', 'M'] as const) {
    const person = people[name];
    if (person === undefined) continue;
    if (ownerOf(hearth.profiles, person._id)?.tags?.includes(`of-${name}`) !== true) broken.push(`${name} lost a tag`);
  }
  return broken;
}
