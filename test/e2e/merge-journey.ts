import { describe, expect, it } from 'vitest';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { createProfile } from '../support/small-world.js';
import { anId, type JourneyStage } from './journey-stage.js';

interface Plan {
  readonly hash: string;
  readonly fields: readonly { readonly field: string }[];
}

/** Staff merge the duplicate of the small world. */
export function mergeJourney(stage: JourneyStage): void {
  describe('staff merge a duplicate', () => {
    const review = `query Review($input: MergePreviewInput!) {
    mergePreview(input: $input) {
      hash isMergeable
      winner { id fullName email }
      loser { id fullName }
      suggestion { profileId reasons }
      counts { kind count sums { amount currencyCode } }
      fields { field winnerValue loserValue outcome rule isChoosable }
      comms { channel isOptedOut rule }
      balances { unit winnerBefore loserBefore after }
      blockers { code message }
      warnings { code message }
    }
  }`;
    const merge = `mutation Merge($input: ProfileMergeInput!) {
    profileMerge(input: $input) {
      profile { id formerIds version transactions(first: 1) { totalCount } }
      merge { id status undoableUntil }
      userErrors { code field message }
    }
  }`;
    const mergeStale =
      'mutation MergeStale($input: ProfileMergeInput!) { profileMerge(input: $input) { profile { id } merge { id } userErrors { code field message } } }';
    const preview = async (): Promise<Plan> => {
      const { mergePreview } = await stage.server.data<{ mergePreview: Plan }>(
        review,
        {
          input: { loser: { id: stage.world.loserId }, winner: { email: { brand: 'wren', email: 'mei@example.org' } } },
        },
        stage.token.merger,
      );
      return mergePreview;
    };
    const input = (planHash: string, overrides: object = {}): { input: object } => ({
      input: {
        winnerId: stage.world.winnerId,
        loserId: stage.world.loserId,
        planHash,
        isSamePersonConfirmed: true,
        reason: 'confirmed in store',
        idempotencyKey: 'till-7-000193',
        ...overrides,
      },
    });
    let planHash = '';
    let merged = '';

    it('shows exactly what a merge would do', async () => {
      const plan = await preview();
      planHash = plan.hash;
      expect(plan).toMatchObject({
        isMergeable: true,
        winner: { id: stage.world.winnerId, fullName: 'Mei Tanaka', email: 'mei@example.org' },
        loser: { id: stage.world.loserId, fullName: 'May Tanaka' },
        suggestion: { profileId: stage.world.winnerId, reasons: ['HAS_VALID_EMAIL', 'MORE_HISTORY', 'OLDER'] },
        balances: [],
        blockers: [],
        warnings: [],
      });
      expect(plan).toHaveProperty('counts', [
        { kind: 'IDENTITY', count: 1, sums: null },
        { kind: 'TRANSACTION', count: 3, sums: [{ amount: '287.40', currencyCode: 'AUD' }] },
      ]);
      // Both joined when the small world was built, one a moment after the other; that is no part of the journey.
      expect(plan.fields.filter((each) => each.field !== 'joinedAt')).toEqual([
        {
          field: 'firstName',
          winnerValue: 'Mei',
          loserValue: 'May',
          outcome: 'WINNER',
          rule: 'WINNER_KEEPS',
          isChoosable: true,
        },
        {
          field: 'mobilePhone',
          winnerValue: null,
          loserValue: '+61412345678',
          outcome: 'LOSER',
          rule: 'FILLS_EMPTY',
          isChoosable: true,
        },
      ]);
      expect(plan).toHaveProperty('comms', [{ channel: 'SMS', isOptedOut: true, rule: 'MOST_RESTRICTIVE' }]);
    });

    it('is refused as a whole, and writes nothing, when the answer needs a scope that the token lacks', async () => {
      const { data, errors } = await stage.server.ask(merge, input(planHash), stage.token.merger);
      expect(data ?? null).toBeNull();
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', missingScopes: ['read-transactions'] });
      expect((await preview()).hash).toBe(planHash);
    });

    it('is refused when one of the two has changed since the preview', async () => {
      await stage.server.data(
        'mutation Change($input: ProfileUpdateInput!) { profileUpdate(input: $input) { userErrors { code } } }',
        { input: { id: stage.world.loserId, mobilePhone: '+61412345679' } },
        stage.token.admin,
      );
      const refused = await stage.server.data(mergeStale, input(planHash), stage.token.merger);
      expect(refused).toEqual({
        profileMerge: {
          profile: null,
          merge: null,
          userErrors: [{ code: 'PLAN_STALE', field: ['input', 'planHash'], message: expect.any(String) }],
        },
      });
      await stage.server.data(
        'mutation Change($input: ProfileUpdateInput!) { profileUpdate(input: $input) { userErrors { code } } }',
        { input: { id: stage.world.loserId, mobilePhone: '+61412345678' } },
        stage.token.admin,
      );
      planHash = (await preview()).hash;
    });

    it('tells only those who may see both that they are of different brands', async () => {
      const ask = (winnerId: string, by: string) => stage.server.ask(mergeStale, input(planHash, { winnerId }), by);
      const foreign = await ask(stage.world.alderId, stage.token.merger);
      const neverWas = await ask(formatNodeId('prof', 'alder', newUuid()), stage.token.merger);
      const neverWasHere = await ask(formatNodeId('prof', 'wren', newUuid()), stage.token.merger);
      expect(foreign.data).toHaveProperty('profileMerge.userErrors.0.code', 'NOT_FOUND');
      expect(neverWas.text).toBe(foreign.text);
      expect(neverWasHere.text).toBe(foreign.text);
      const admin = await ask(stage.world.alderId, stage.token.admin);
      expect(admin.data).toHaveProperty('profileMerge.userErrors.0.code', 'DIFFERENT_BRANDS');
      const previewed = await stage.server.data(
        review,
        { input: { loser: { id: stage.world.loserId }, winner: { id: stage.world.alderId } } },
        stage.token.merger,
      );
      expect(previewed).toEqual({ mergePreview: null });
    });

    it('merges as planned', async () => {
      const answer = await stage.server.ask(merge, input(planHash), stage.token.reader);
      expect(answer.errors).toBeUndefined();
      expect(answer.data).toEqual({
        profileMerge: {
          profile: {
            id: stage.world.winnerId,
            formerIds: [stage.world.loserId],
            version: expect.any(Number),
            transactions: { totalCount: 14 },
          },
          merge: { id: anId('merge', 'wren'), status: 'COMPLETED', undoableUntil: expect.any(String) },
          userErrors: [],
        },
      });
      merged = answer.text;
    });

    it('gives the first answer again to the same key, and refuses the key to another merge', async () => {
      expect((await stage.server.ask(merge, input(planHash), stage.token.reader)).text).toBe(merged);
      const other = await createProfile(stage.server, stage.token.admin, {
        brand: 'wren',
        lastName: 'Other',
        email: 'other@example.org',
      });
      const refused = await stage.server.data(mergeStale, input(planHash, { loserId: other }), stage.token.reader);
      expect(refused).toHaveProperty('profileMerge.userErrors.0.code', 'IDEMPOTENCY_KEY_REUSED');
      expect(refused).toHaveProperty('profileMerge.profile', null);
    });

    it('answers the old id with the winner', async () => {
      const { profile } = await stage.server.data<{ profile: { localId: string } }>(
        'query OldId($id: ID!) { profile(by: { id: $id }) { id localId formerIds } }',
        { id: stage.world.loserId },
        stage.token.reader,
      );
      expect(profile).toEqual({
        id: stage.world.winnerId,
        localId: expect.any(String),
        formerIds: [stage.world.loserId],
      });
      expect(formatNodeId('prof', 'wren', profile.localId)).toBe(stage.world.winnerId);
    });

    it('takes the merge back: the old id is the same person again', async () => {
      const { profileMerge } = JSON.parse(merged).data as { profileMerge: { merge: { id: string } } };
      const undo = `mutation Undo($input: MergeUndoInput!) {
        mergeUndo(input: $input) { merge { status } restored { id fullName } userErrors { code message } }
      }`;
      const order = { mergeId: profileMerge.merge.id, reason: 'mother and daughter', idempotencyKey: 'desk-2-000012' };
      const restored = { id: stage.world.loserId, fullName: 'May Tanaka' };
      const undone = { mergeUndo: { merge: { status: 'UNDONE' }, restored, userErrors: [] } };
      expect(await stage.server.data(undo, { input: order }, stage.token.admin)).toEqual(undone);
      expect(await stage.server.data(undo, { input: order }, stage.token.admin)).toEqual(undone);
      planHash = (await preview()).hash;
      const again = await stage.server.data(
        merge,
        input(planHash, { idempotencyKey: 'till-7-000194' }),
        stage.token.reader,
      );
      expect(again).toHaveProperty('profileMerge.profile.transactions.totalCount', 14);
      expect(again).toHaveProperty('profileMerge.profile.formerIds', [stage.world.loserId]);
    });
  });
}
