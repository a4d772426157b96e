import { expect } from 'vitest';
import type { OperationContext } from '../../src/access/context.js';
import type { TransactionRow } from '../../src/activity/transaction.js';
import { transactionCollection } from '../../src/activity/transaction.model.js';
import type { CollectionDefinition } from '../../src/brands/collection.js';
import type { ClaimRow } from '../../src/claims/claim.js';
import { claimCollection } from '../../src/claims/claim.model.js';
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
  const links = live.flatMap((row) => Object.values(row.linkSlots ?? {}));
  expect(new Set(links).size).toBe(links.length);
  await expectFacts(group, brand, profiles.filter((each) => each.state === 'MERGED').length);
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

async function expectFacts(group: TestGroup, brand: string, mergeCount: number): Promise<void> {
  const merges = await rowsOf(group, brand, mergeCollection);
  expect(merges).toHaveLength(mergeCount);
  const audit = (await rowsOf(group, brand, auditCollection)).filter((row) => row.action === 'profileMerge');
  expect(audit.map((row) => row.payload['mergeId']).sort()).toEqual(merges.map((row) => row._id).sort());
  const facts = (await rowsOf(group, brand, outboxCollection)).filter((row) => row.kind === 'profile.merged');
  expect(facts, 'each merge is told once').toHaveLength(mergeCount);
  for (const { _id, winnerId, loserId } of merges) {
    const told = facts.filter((fact) => fact.payload['mergeId'] === _id);
    expect(told.map((fact) => [fact.subject, fact.payload['formerId']])).toEqual([[winnerId, loserId]]);
  }
}
