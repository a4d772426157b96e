import { emailClaimId, identityClaimId, mobileClaimId } from '../claims/claim.js';
import { readEmail } from '../claims/match-key.js';
import { newUuid, type Uuid } from '../kernel/ids.js';
import { ownAccount } from '../profiles/profile.js';
import type { CustomerRow, RowReport } from './customer-row.js';
import { Draft, type Owners, type RowKey } from './draft.js';

/** What a batch of rows comes to: profiles to write, and verdicts on rows that lead nowhere. */
export interface ImportPlan {
  readonly drafts: readonly Draft[];
  readonly refused: readonly RowReport[];
}

/** What a plan depends on beside rows and owners. */
export interface ImportPlanOptions {
  /** Identity handle of the source. */
  readonly handle: string;
  /** Whether one profile may hold several ids of the source. */
  readonly isMultiple: boolean;
  /** Profiles that hold an id of the source already; looked at only when one is all they may have. */
  readonly holders: ReadonlySet<Uuid>;
  readonly now: Date;
  /** Source of ids for new profiles; random by default. */
  readonly newId?: () => Uuid;
}

/** The unique keys of a row, in the order in which they decide where it goes. */
export function keysOf(row: CustomerRow, handle: string): RowKey[] {
  const keys: RowKey[] = [];
  if (row.sourceId !== null) {
    keys.push({ kind: 'id', claimId: identityClaimId(handle, row.sourceId), column: 'customer id' });
  }
  const email = row.email === null ? null : readEmail(row.email);
  if (email !== null) keys.push({ kind: 'email', claimId: emailClaimId(email.key), column: 'email' });
  if (row.mobilePhone !== null) keys.push({ kind: 'mobile', claimId: mobileClaimId(row.mobilePhone), column: 'phone' });
  return keys;
}

/**
 * Routes each row to the profile that owns its identity, else its e-mail, else its mobile, else to a new one; rows of one
 * batch that meet in a key meet in one draft. Pure but for the ids of new profiles.
 */
export function planImport(rows: readonly CustomerRow[], owners: Owners, options: ImportPlanOptions): ImportPlan {
  const newId = options.newId ?? newUuid;
  const drafts: Draft[] = [];
  const refused: RowReport[] = [];
  const byProfile = new Map<Uuid, Draft>();
  const byClaim = new Map<string, Draft>();
  const ownKeys = new Set(owners.keys());
  const draftOf = (claimId: string): Draft | 'not live' | null => {
    const drafted = byClaim.get(claimId);
    if (drafted !== undefined) return drafted;
    const owner = owners.get(claimId);
    if (owner === undefined) return null;
    if (owner.profile.state !== 'ACTIVE') return 'not live';
    let draft = byProfile.get(owner.profile._id);
    if (draft === undefined) {
      draft = new Draft(owner.profile, ownAccount(owner.profile), {
        isMultiple: options.isMultiple,
        holdsOne: options.holders.has(owner.profile._id),
      });
      byProfile.set(owner.profile._id, draft);
      drafts.push(draft);
    }
    byClaim.set(claimId, draft);
    return draft;
  };
  for (const row of rows) {
    const keys = keysOf(row, options.handle);
    const found = keys.map((key) => draftOf(key.claimId));
    const first = found.find((each) => each !== null) ?? null;
    if (first === 'not live') {
      refused.push({
        line: row.line,
        verdict: 'REFUSED',
        notes: [...row.notes, { code: 'OWNER_NOT_LIVE', column: null }],
      });
      continue;
    }
    let draft = first;
    if (draft === null) {
      draft = new Draft(null, newId(), { isMultiple: options.isMultiple, holdsOne: false });
      drafts.push(draft);
    }
    const taken = new Set(keys.filter((_, index) => found[index] !== null && found[index] !== draft));
    draft.take(row, taken, keys, ownKeys, options.now);
    for (const key of draft.newKeys) byClaim.set(key.claimId, draft);
  }
  return { drafts: drafts.filter((draft) => draft.rows.length > 0), refused };
}
