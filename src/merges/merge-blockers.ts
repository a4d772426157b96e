import type { Brand, BrandHandle } from '../brands/brand.js';
import type { MergeErrorCode } from '../generated/resolvers-types.js';
import type { Uuid } from '../kernel/ids.js';
import {
  accountsPerProfileMax,
  addressesPerProfileMax,
  customAttributesMax,
  tagsPerProfileMax,
} from '../kernel/limits.js';
import { accountsOf, type ProfileRow } from '../profiles/profile.js';
import type { MergedAttributes, MergeRefusal } from './merge.js';

/** One of the two profiles of a merge, as a whole document, with its brand. */
export interface MergeSide {
  readonly brand: Brand;
  readonly row: ProfileRow;
}

/** What blockers are worked out from. */
export interface BlockerInput {
  readonly winner: MergeSide;
  readonly loser: MergeSide;
  readonly attributes: MergedAttributes;
  readonly unchoosable: readonly string[];
  /** Addresses of both together. */
  readonly addressCount: number;
  readonly mayGrantStatuses: boolean;
  readonly staleLinks: ReadonlySet<Uuid>;
}

function blocker(code: MergeErrorCode, message: string, field: readonly string[] | null = null): MergeRefusal {
  return { code, message, field };
}

/** Why these two can never be one in this brand, whatever is decided about fields; empty when they can. */
export function pairBlockers(winner: MergeSide, loser: MergeSide): MergeRefusal[] {
  if (winner.brand.handle !== loser.brand.handle) {
    return [blocker('DIFFERENT_BRANDS', 'The profiles live in different brands; link them instead')];
  }
  const isOne =
    winner.row._id === loser.row._id ||
    loser.row.mergedInto === winner.row._id ||
    winner.row.mergedInto === loser.row._id;
  if (isOne) return [blocker('SAME_PROFILE', 'Winner and loser are one profile; there is nothing left to merge')];
  return [];
}

/** Everything that stands in the way of a merge, in a fixed order; `profileMerge` refuses with the same list. */
export function blockersOf(input: BlockerInput): MergeRefusal[] {
  const { winner, loser } = input;
  const pair = pairBlockers(winner, loser);
  if (pair.length > 0) return pair;
  const isDependantPair = winner.row.type === 'DEPENDANT' && loser.row.type === 'DEPENDANT';
  return [
    ...uniqueByCode([...liveBlockers(winner.row), ...liveBlockers(loser.row)]),
    ...(isDependantPair ? [] : uniqueByCode([...typeBlockers(winner.row), ...typeBlockers(loser.row)])),
    ...sizeBlockers(input),
    ...linkBlockers(input),
    ...statusBlockers(input),
    ...input.unchoosable.map((name) => unchoosableBlocker(name)),
  ];
}

/** What stands in the way of any merge of one profile, whoever the other is. */
export function ownBlockers(row: Pick<ProfileRow, 'state' | 'type' | 'accounts'>): MergeRefusal[] {
  const isFull = accountsOf(row).length >= accountsPerProfileMax;
  return [
    ...liveBlockers(row),
    ...(row.type === 'SYSTEM' ? typeBlockers(row) : []),
    ...(isFull ? [tooMany('accounts', accountsPerProfileMax)] : []),
  ];
}

function liveBlockers(row: Pick<ProfileRow, 'state'>): MergeRefusal[] {
  return row.state === 'ACTIVE'
    ? []
    : [blocker('PROFILE_NOT_LIVE', 'One of the profiles is not in use any more; look it up again')];
}

function typeBlockers(row: Pick<ProfileRow, 'type'>): MergeRefusal[] {
  if (row.type === 'SYSTEM') {
    return [blocker('TYPE_NOT_MERGEABLE', "A profile of the brand's own systems cannot be merged")];
  }
  if (row.type === 'DEPENDANT') {
    return [blocker('TYPE_NOT_MERGEABLE', 'A dependant can be merged with another dependant only')];
  }
  return [];
}

function sizeBlockers({ winner, loser, attributes, addressCount }: BlockerInput): MergeRefusal[] {
  const accounts = accountsOf(winner.row).length + accountsOf(loser.row).length;
  const sizes = [
    { noun: 'accounts', count: accounts, max: accountsPerProfileMax },
    { noun: 'addresses', count: addressCount, max: addressesPerProfileMax },
    { noun: 'tags', count: attributes.tags?.length ?? 0, max: tagsPerProfileMax },
    { noun: 'custom attributes', count: attributes.custom?.length ?? 0, max: customAttributesMax },
  ];
  return sizes.filter(({ count, max }) => count > max).map(({ noun, max }) => tooMany(noun, max));
}

function tooMany(noun: string, max: number): MergeRefusal {
  return blocker('TOO_MANY', `The winner would hold more than ${max} ${noun}`);
}

function linkBlockers({ winner, loser, staleLinks }: BlockerInput): MergeRefusal[] {
  return conflictingSlots(winner.row, loser.row)
    .filter(({ links }) => !links.some((link) => staleLinks.has(link)))
    .map(({ brand }) =>
      blocker('LINK_CONFLICT', `Both are linked to the brand ${brand}; one of the links has to end first`),
    );
}

/** Other brands for which both profiles have a slot of their own, with both links. */
export function conflictingSlots(
  winner: Pick<ProfileRow, 'linkSlots'>,
  loser: Pick<ProfileRow, 'linkSlots'>,
): { readonly brand: BrandHandle; readonly links: readonly [Uuid, Uuid] }[] {
  const own = new Map(Object.entries(winner.linkSlots ?? {}));
  return Object.entries(loser.linkSlots ?? {})
    .flatMap(([brand, theirs]) => {
      const link = own.get(brand);
      return link === undefined || link === theirs ? [] : [{ brand, links: [link, theirs] as const }];
    })
    .sort((a, b) => (a.brand < b.brand ? -1 : 1));
}

function statusBlockers({ winner, attributes, mayGrantStatuses }: BlockerInput): MergeRefusal[] {
  if (mayGrantStatuses) return [];
  const held = new Set(winner.row.statuses ?? []);
  const harmless = new Set(
    winner.brand.statuses.filter((status) => !status.grantsRights).map((status) => status.handle),
  );
  return (attributes.statuses ?? [])
    .filter((status) => !held.has(status) && !harmless.has(status))
    .map((status) =>
      blocker(
        'STATUS_NOT_GRANTABLE',
        `The winner would gain the status ${status}, which needs the scope grant-statuses`,
      ),
    );
}

function unchoosableBlocker(name: string): MergeRefusal {
  // Only names of our own form are repeated: anything else is whatever the caller sent.
  const shown = /^[A-Za-z]+(\.[a-z0-9_-]+){0,2}$/.test(name) ? ` (${name})` : '';
  return blocker('FIELD_NOT_CHOOSABLE', `takeFromLoser names a field that cannot be chosen here${shown}`, [
    'input',
    'takeFromLoser',
  ]);
}

function uniqueByCode(list: readonly MergeRefusal[]): MergeRefusal[] {
  return list.filter((entry, index) => list.findIndex((other) => other.message === entry.message) === index);
}
