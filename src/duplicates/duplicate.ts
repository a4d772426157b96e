import type { Brand } from '../brands/brand.js';
import type { DuplicateSignalKind, DuplicateStatus } from '../generated/resolvers-types.js';
import { type Uuid, uuidV5 } from '../kernel/ids.js';
import type { ProfileView } from '../profiles/profile.js';

/** One thing that speaks for (positive) or against two profiles being one person. Carries no value of the customer. */
export interface DuplicateSignal {
  readonly kind: DuplicateSignalKind;
  readonly weight: number;
}

/** Two profiles that may be one person, as stored. Holds ids and weights, no value of the customers. */
export interface DuplicateRow {
  /** From the two ids: whoever finds the pair, whenever, writes the same row. */
  readonly _id: Uuid;
  /** Both ids as they were when the pair was found, in order. Merges do not change them; redirects lead on. */
  readonly profiles: readonly [Uuid, Uuid];
  readonly score: number;
  readonly signals: readonly DuplicateSignal[];
  /** What was decided as far as it is written down; what follows from merges is worked out when it is read. */
  readonly status: DuplicateStatus;
  /** Rises with every change. */
  readonly rev: number;
  readonly foundAt: Date;
  readonly decidedAt?: Date;
  /** Reference of who decided; `kindred` where it followed from a merge or an undo. */
  readonly decidedBy?: string;
  readonly reason?: string | null;
}

/** A pair that may be shown: its status as of now, its profiles as they are now. */
export interface DuplicateView extends Omit<DuplicateRow, 'profiles'> {
  readonly __typename: 'DuplicateCandidate';
  readonly brand: Brand;
  readonly suggestedWinner: ProfileView;
  /** Null once both are one profile. */
  readonly suggestedLoser: ProfileView | null;
}

/** Namespace of the ids of pairs: drawn once, kept for ever. */
const pairNamespace = '5f0c6f3e-0f0b-4c0e-9d6b-6a3f4be1a7d2';

/** The id of a pair, whichever of the two is named first. */
export function pairId(a: Uuid, b: Uuid): Uuid {
  return uuidV5(pairNamespace, inOrder(a, b).join(':'));
}

/** Two ids in the order in which a pair names them. */
export function inOrder(a: Uuid, b: Uuid): [Uuid, Uuid] {
  return a < b ? [a, b] : [b, a];
}

/** Order of the inbox: the most likely first; ids break ties. */
export function byScore(
  a: { readonly score: number; readonly _id: string },
  b: { readonly score: number; readonly _id: string },
): number {
  return b.score - a.score || (a._id < b._id ? 1 : a._id > b._id ? -1 : 0);
}
