import { expect } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import type { TransactionRow } from '../../src/activity/transaction.js';
import { transactionCollection } from '../../src/activity/transaction.model.js';
import type { CollectionDefinition } from '../../src/brands/collection.js';
import type { ClaimRow } from '../../src/claims/claim.js';
import { claimCollection } from '../../src/claims/claim.model.js';
import { emailClaim, mobileClaim } from '../../src/claims/new-claim.js';
import { auditCollection, outboxCollection } from '../../src/events/event.model.js';
import type { ProfileMergeInput } from '../../src/generated/resolvers-types.js';
import { Refusal } from '../../src/kernel/errors.js';
import { newUuid } from '../../src/kernel/ids.js';
import { mergeCollection } from '../../src/merges/merge.model.js';
import type { MergePlan } from '../../src/merges/merge-plan.js';
import { previewMerge } from '../../src/merges/merge-preview.service.js';
import { type MergeOutcome, mergeProfiles } from '../../src/merges/profile-merge.service.js';
import { formerIdsOf, type ProfileRow, type ProfileView, profileValueNames } from '../../src/profiles/profile.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { profileId } from '../support/factories/profile.js';
import type { TestGroup } from '../support/group.js';

/** What staff would be shown; fails when there is nothing to show. */
export async function review(
  group: TestGroup,
  loser: ProfileView,
  winner: ProfileView,
  takeFromLoser: string[] = [],
  context: OperationContext = group.context(),
): Promise<MergePlan> {
  const plan = await previewMerge(context, {
    loser: { id: profileId(loser) },
    winner: { id: profileId(winner) },
    takeFromLoser,
  });
  if (plan === null) throw new Error('There is nothing to review');
  return plan;
}

/** A merge to ask for, with a plan that was just reviewed unless one is given. */
export async function mergeInput(
  group: TestGroup,
  loser: ProfileView,
  winner: ProfileView,
  overrides: Partial<ProfileMergeInput> = {},
): Promise<ProfileMergeInput> {
  const planHash =
    overrides.planHash ?? (await review(group, loser, winner, [...(overrides.takeFromLoser ?? [])])).hash;
  return {
    winnerId: profileId(winner),
    loserId: profileId(loser),
    planHash,
    isSamePersonConfirmed: true,
    idempotencyKey: `merge-${newUuid()}`,
    ...overrides,
  };
}

/** Reviews and merges in one go. */
export async function merge(
  group: TestGroup,
  loser: ProfileView,
  winner: ProfileView,
  overrides: Partial<ProfileMergeInput> = {},
): Promise<MergeOutcome> {
  return mergeProfiles(group.context(), await mergeInput(group, loser, winner, overrides));
}

/** Codes that a piece of work was refused with; empty when it was carried out. */
export async function refusalCodes(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (error instanceof Refusal) return error.refusals.map(({ code }) => code);
    throw error;
  }
}

/** Every row of a collection of a brand. */
export async function rowsOf<Row extends { _id: string }>(
  group: TestGroup,
  brand: string,
  definition: CollectionDefinition<Row>,
): Promise<Row[]> {
  const rows = await group.entry(brand).database.model(definition).find({}, null, { lean: true });
  return rows as unknown as Row[];
}

/** What no merge may change, by id: transactions with account and amount, claims with account and birth. */
export async function immovables(group: TestGroup, brand: string): Promise<unknown> {
  const transactions = await rowsOf<TransactionRow>(group, brand, transactionCollection);
  const claims = await rowsOf<ClaimRow>(group, brand, claimCollection);
  return {
    transactions: transactions.map((row) => [row._id, row.accountId, row.total]).sort(),
    claims: claims.map((row) => [row._id, row.uid, row.accountId, row.profileId]).sort(),
  };
}

/** Checks, over everything a brand holds, what must be true whatever was merged and however it went. */
export async function expectMergeInvariants(group: TestGroup, brand: string): Promise<void> {
  const profiles = await rowsOf<ProfileRow>(group, brand, profileCollection);
  const byId = new Map(profiles.map((row) => [row._id, row]));
  const live = profiles.filter((row) => row.state === 'ACTIVE');
  const owners = expectOneOwnerPerAccount(live);
  for (const row of profiles.filter((each) => each.state === 'MERGED')) expectRedirect(row, byId);
  for (const row of live) {
    const leading = profiles.filter((each) => each.mergedInto === row._id).map((each) => each._id);
    expect(formerIdsOf(row).sort()).toEqual(leading.sort());
  }
  for (const row of await rowsOf<TransactionRow>(group, brand, transactionCollection)) {
    expect(owners.has(row.accountId), 'a transaction belongs to exactly one live profile').toBe(true);
  }
  for (const claim of await rowsOf<ClaimRow>(group, brand, claimCollection)) {
    const born = byId.get(claim.profileId) as ProfileRow;
    expect(owners.get(claim.accountId)).toBe(born.mergedInto ?? born._id);
  }
  await expectContactsClaimed(group, brand, live);
  const links = live.flatMap((row) => Object.values(row.linkSlots ?? {}));
  expect(new Set(links).size).toBe(links.length);
  await expectFacts(group, brand, profiles.filter((each) => each.state === 'MERGED').length);
}

/** Whoever shows an e-mail or a mobile number is who its claim leads to, so no two show the same. */
async function expectContactsClaimed(group: TestGroup, brand: string, live: readonly ProfileRow[]): Promise<void> {
  const claims = new Map((await rowsOf<ClaimRow>(group, brand, claimCollection)).map((row) => [row._id, row]));
  for (const row of live) {
    const place = { accountId: row._id, profileId: row._id, at: row.createdAt };
    const needed = [
      row.email ? emailClaim(row.email, place) : null,
      row.mobilePhone ? mobileClaim(row.mobilePhone, 'AU', place) : null,
    ];
    for (const claim of needed) {
      const holder = claim === null ? undefined : claims.get(claim._id);
      if (claim !== null)
        expect(row.accounts, `a ${claim.kind} is claimed by its own side`).toContain(holder?.accountId);
    }
  }
}

function expectOneOwnerPerAccount(live: readonly ProfileRow[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const row of live) {
    for (const account of row.accounts ?? []) {
      expect(owners.has(account), 'an account belongs to one live profile').toBe(false);
      owners.set(account, row._id);
    }
  }
  return owners;
}

function expectRedirect(row: ProfileRow, byId: ReadonlyMap<string, ProfileRow>): void {
  const winner = byId.get(row.mergedInto as string);
  expect(winner?.state, 'a merged id leads to a live profile in one hop').toBe('ACTIVE');
  for (const account of row.formerAccounts ?? []) expect(winner?.accounts).toContain(account);
  const left = [...profileValueNames, 'accounts', 'live', 'keys', 'tags', 'statuses', 'comms', 'custom', 'linkSlots'];
  for (const name of left) expect(row, `${name} goes with the merge`).not.toHaveProperty(name);
}

/** Merges, audit and events agree: each merge and each undo is recorded and told once, and what is not undone holds. */
async function expectFacts(group: TestGroup, brand: string, mergeCount: number): Promise<void> {
  const merges = await rowsOf(group, brand, mergeCollection);
  const undone = merges.filter((row) => row.undoneAt !== undefined);
  expect(merges.length - undone.length, 'a profile is merged away by one merge').toBe(mergeCount);
  const audit = await rowsOf(group, brand, auditCollection);
  const outbox = await rowsOf(group, brand, outboxCollection);
  const recorded = (action: string) =>
    audit.filter((row) => row.action === action).map((row) => row.payload['mergeId'] as string);
  const told = (kind: string) => outbox.filter((row) => row.kind === kind);
  expect(recorded('profileMerge').sort()).toEqual(merges.map((row) => row._id).sort());
  expect(recorded('mergeUndo').sort()).toEqual(undone.map((row) => row._id).sort());
  expect(told('profile.merged'), 'each merge is told once').toHaveLength(merges.length);
  expect(told('profile.unmerged'), 'each undo is told once').toHaveLength(undone.length);
  for (const { _id, winnerId, loserId, snapshot, undoableUntil } of merges) {
    const of = (kind: string) => told(kind).filter((fact) => fact.payload['mergeId'] === _id);
    expect(of('profile.merged').map((fact) => [fact.subject, fact.payload['formerId']])).toEqual([[winnerId, loserId]]);
    const isUndone = undone.some((row) => row._id === _id);
    const back = of('profile.unmerged').map((fact) => [fact.subject, fact.payload['restoredId']]);
    expect(back).toEqual(isUndone ? [[winnerId, loserId]] : []);
    expect(undoableUntil === undefined, 'a snapshot is there exactly as long as its date').toBe(snapshot === undefined);
    if (isUndone) expect(snapshot, 'nothing is kept of a merge that was undone').toBeUndefined();
  }
}
