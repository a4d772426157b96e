import type { ClaimRow } from '../claims/claim.js';
import type { AddressRow } from '../profiles/address.js';
import type { FieldDecision } from './merge.js';

/** Rows of a profile that its fields point to. */
export interface PointedRows {
  readonly identities: readonly ClaimRow[];
  readonly addresses: readonly AddressRow[];
}

/** A decision about what a profile points to, with names of the things in the place of their stored ids. */
export function readable(decision: FieldDecision, winner: PointedRows, loser: PointedRows): FieldDecision {
  const nameOf = namers[decision.field];
  if (nameOf === undefined) return decision;
  const { winnerValue, loserValue } = decision;
  return {
    ...decision,
    winnerValue: winnerValue === null ? null : nameOf(winnerValue, winner),
    loserValue: loserValue === null ? null : nameOf(loserValue, loser),
  };
}

const namers: Readonly<Record<string, (id: string, rows: PointedRows) => string | null>> = {
  'identities.isPrimary': (uid, { identities }) => identities.find((claim) => claim.uid === uid)?.handle ?? null,
  'addresses.isDefault': (id, { addresses }) => {
    const address = addresses.find((each) => each._id === id);
    return [address?.line1, address?.city].filter(Boolean).join(', ') || null;
  },
};
