import type { ProfileMatch } from '../generated/resolvers-types.js';
import type { Uuid } from '../kernel/ids.js';
import type { ProfileRow, ProfileView } from './profile.js';
import { foldName } from './search-key.js';

/** Where a found profile stands in the order of a search: exact before beginnings, newest first, then brand and id. */
export interface SearchPlace {
  /** 0 for the whole of what was searched for, 1 for a beginning of it. */
  readonly rank: number;
  readonly createdAtMs: number;
  readonly id: Uuid;
}

/** A found profile with its place. */
export interface Hit {
  readonly place: SearchPlace;
  readonly brand: string;
  readonly view: ProfileView;
  readonly matchedOn: readonly ProfileMatch[];
}

/** Order of places inside one brand. */
export function comparePlaces(a: SearchPlace, b: SearchPlace): number {
  return a.rank - b.rank || b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Order of hits over several brands. */
export function compareHits(a: Hit, b: Hit): number {
  return (
    a.place.rank - b.place.rank ||
    b.place.createdAtMs - a.place.createdAtMs ||
    (a.brand < b.brand ? -1 : a.brand > b.brand ? 1 : comparePlaces(a.place, b.place))
  );
}

/** A name to search for, folded as stored keys are. */
export interface NameSearch {
  readonly text: string;
  readonly tokens: readonly string[];
  /** The longest part: the fewest names begin with it. */
  readonly longest: string;
}

/** The parts of a name to search for. */
export function nameSearchOf(name: string): NameSearch {
  const text = foldName(name);
  const tokens = text.split(' ').filter((token) => token !== '');
  const longest = [...tokens].sort((a, b) => b.length - a.length)[0] ?? '';
  return { text, tokens, longest };
}

/**
 * How well a profile's name fits: 0 when it is the name in either order, 1 when every part searched for begins a part of
 * its own, null otherwise.
 */
export function nameRank(row: Pick<ProfileRow, 'firstName' | 'lastName'>, search: NameSearch): number | null {
  const parts = foldName([row.firstName, row.lastName].filter(Boolean).join(' ')).split(' ');
  const isWhole =
    parts.length === search.tokens.length && [...parts].sort().join(' ') === [...search.tokens].sort().join(' ');
  if (isWhole) return 0;
  return beginsEach(search.tokens, parts) ? 1 : null;
}

/** Whether every token begins a part of its own; names have few parts, so trying all is cheap. */
function beginsEach(tokens: readonly string[], parts: readonly string[]): boolean {
  const [token, ...others] = tokens;
  if (token === undefined) return true;
  return parts.some(
    (part, index) =>
      part.startsWith(token) &&
      beginsEach(
        others,
        parts.filter((_, other) => other !== index),
      ),
  );
}
