import type { ProfileMergeInput } from '../../../src/generated/resolvers-types.js';
import type { TestGroup } from '../../support/group.js';
import type { DoubleStore } from './double-store.js';
import type { Name, Person, SmallWorld } from './explorer-world.js';

/** What one actor of a history wants. */
export type Wish =
  | { readonly kind: 'merge'; readonly loser: Name; readonly winner: Name; readonly key: string }
  /** Takes back the last merge of a profile, whichever that is when it begins. */
  | { readonly kind: 'undo'; readonly of: Person; readonly key: string }
  | { readonly kind: 'add identity'; readonly of: Name; readonly identifier: string }
  | { readonly kind: 'remove identity'; readonly of: Name; readonly key?: string }
  | { readonly kind: 'add address'; readonly of: Name }
  | { readonly kind: 'change e-mail'; readonly of: Name; readonly email: string }
  | { readonly kind: 'tag'; readonly of: Name; readonly tag: string }
  /** Sets points aside, beginning with the points of the oldest or of the newest account. */
  | {
      readonly kind: 'hold';
      readonly of: Person;
      readonly points: number;
      readonly first: 'oldest' | 'newest';
      readonly key: string;
    }
  | { readonly kind: 'slot'; readonly of: Name; readonly link: string }
  | { readonly kind: 'sale'; readonly of: Person; readonly by: 'id' | 'card'; readonly number: string }
  | { readonly kind: 'read'; readonly order: readonly Name[]; readonly by: 'id' | 'card' };

/** A wish of one kind. */
export type WishOf<Kind extends Wish['kind']> = Extract<Wish, { kind: Kind }>;

/** What one read of some people has shown. */
export interface Shown {
  /** Live profile per person asked for, and its accounts. */
  readonly views: readonly (readonly [Name, id: string | null, accounts: readonly string[]])[];
  readonly sales: readonly string[];
  readonly identities: readonly string[];
  readonly points: number;
}

/** How a wish ended. */
export interface Told {
  readonly wish: Wish;
  readonly end: 'DONE' | 'REFUSED' | 'FAILED';
  readonly codes: readonly string[];
  /** Commits before it began and when it was answered. */
  readonly from: number;
  readonly to: number;
  readonly mergeId?: string | undefined;
  /** Merges only: the idempotency key under which it was asked for last. */
  readonly sent?: string | undefined;
  readonly shown?: Shown;
}

/** What was asked for last. */
export interface Sent {
  sent?: string;
}

/** What a wish is carried out with. */
export interface Means {
  readonly group: TestGroup;
  readonly people: SmallWorld['people'];
  /** Everything in it happens before anybody else does anything. */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>;
  readonly store: DoubleStore;
  /** Whether nothing has been written in this history. */
  readonly isUntouched: () => boolean;
  readonly firstPlans: SmallWorld['firstPlans'];
  /** What was reviewed, by key: whoever sends the same key sends the same body. */
  readonly reviewed: Map<string, Promise<ProfileMergeInput>>;
}
