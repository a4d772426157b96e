import { describe, expect, it } from 'vitest';
import type { FieldDecision } from '../../src/merges/merge.js';
import { planMerge } from '../../src/merges/merge-plan.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { aBrand, anInput, aRow } from './rows.js';

function decide(
  loser: Partial<ProfileRow>,
  winner: Partial<ProfileRow>,
  take: readonly string[] = [],
): ReturnType<typeof planMerge> {
  return planMerge(anInput(aRow(loser), aRow(winner), take));
}

function _field(plan: ReturnType<typeof planMerge>, name: string): FieldDecision | undefined {
  return plan.fields.find((decision) => decision.field === name);
}

describe('blockers', () => {
  const codes = (plan: ReturnType<typeof planMerge>): string[] => plan.blockers.map(({ code }) => code);
  const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `t${String(at).padStart(4, '0')}`);

  it('name one profile, also where one was merged into the other', () => {
    const row = aRow();
    const merged = aRow({ state: 'MERGED', mergedInto: row._id });
    expect(codes(planMerge(anInput(row, row)))).toEqual(['SAME_PROFILE']);
    expect(codes(planMerge(anInput(merged, row)))).toEqual(['SAME_PROFILE']);
    expect(codes(planMerge(anInput(row, merged)))).toEqual(['SAME_PROFILE']);
  });

  it('name different brands and nothing else, and decide nothing', () => {
    const loser = { brand: aBrand('alder'), row: aRow({ firstName: 'Mei', type: 'SYSTEM' }) };
    const plan = planMerge(anInput(aRow(), aRow(), [], { loser }));
    expect(codes(plan)).toEqual(['DIFFERENT_BRANDS']);
    expect(plan.fields).toEqual([]);
    expect(plan.attributes).toEqual({});
  });

  it.each([
    ['PROFILE_NOT_LIVE', { state: 'DELETED' as const }, {}],
    ['PROFILE_NOT_LIVE', {}, { state: 'PENDING' as const }],
    ['TYPE_NOT_MERGEABLE', { type: 'SYSTEM' as const }, {}],
    ['TYPE_NOT_MERGEABLE', {}, { type: 'SYSTEM' as const }],
    ['TYPE_NOT_MERGEABLE', { type: 'DEPENDANT' as const }, {}],
    ['LINK_CONFLICT', { linkSlots: { hearth: 'link-a' } }, { linkSlots: { hearth: 'link-b' } }],
    ['TOO_MANY', { accounts: many(64) }, { accounts: many(65) }],
    ['TOO_MANY', { tags: many(126) }, { tags: many(251).slice(125) }],
  ])('name %s for %j into %j', (code, loser, winner) => {
    const plan = decide(loser, winner);
    expect(codes(plan)).toEqual([code]);
  });

  it('let the largest allowed merge through', () => {
    expect(codes(decide({ accounts: many(64) }, { accounts: many(64) }))).toEqual([]);
    expect(codes(decide({ tags: many(125) }, { tags: many(250).slice(125) }))).toEqual([]);
    expect(codes(planMerge(anInput(aRow(), aRow(), [], { addressCount: 50 })))).toEqual([]);
    expect(codes(planMerge(anInput(aRow(), aRow(), [], { addressCount: 51 })))).toEqual(['TOO_MANY']);
    expect(codes(decide({ type: 'DEPENDANT' }, { type: 'DEPENDANT' }))).toEqual([]);
  });

  it('let links to different brands be joined', () => {
    const plan = decide({ linkSlots: { hearth: 'link-a' } }, { linkSlots: { alder: 'link-b' } });
    expect(codes(plan)).toEqual([]);
    expect(plan.attributes.linkSlots).toEqual({ hearth: 'link-a', alder: 'link-b' });
  });

  it('let a link that connects nothing any more give way, whichever side holds it', () => {
    const [loser, winner] = [aRow({ linkSlots: { hearth: 'old' } }), aRow({ linkSlots: { hearth: 'live' } })];
    const staleLinks = new Set(['old']);
    const kept = planMerge(anInput(loser, winner, [], { staleLinks }));
    expect([codes(kept), kept.attributes.linkSlots]).toEqual([[], { hearth: 'live' }]);
    const taken = planMerge(anInput(winner, loser, [], { staleLinks }));
    expect([codes(taken), taken.attributes.linkSlots]).toEqual([[], { hearth: 'live' }]);
  });

  it('keep statuses that grant rights from whoever may not grant them', () => {
    const plan = (loser: string[], winner: string[], mayGrantStatuses: boolean) =>
      planMerge(anInput(aRow({ statuses: loser }), aRow({ statuses: winner }), [], { mayGrantStatuses }));
    expect(codes(plan(['vip'], [], false))).toEqual(['STATUS_NOT_GRANTABLE']);
    expect(codes(plan(['no-longer-configured'], [], false))).toEqual(['STATUS_NOT_GRANTABLE']);
    expect(codes(plan(['vip'], ['vip'], false))).toEqual([]);
    expect(codes(plan([], ['vip'], false))).toEqual([]);
    expect(codes(plan(['stylist-client'], [], false))).toEqual([]);
    expect(codes(plan(['vip'], [], true))).toEqual([]);
  });

  it.each(['tags', 'id', 'version', '__proto__', 'constructor', 'firstName', 'comms', '$set', 'birthDate.year'])(
    'refuse to take %s from a loser that has none to give',
    (name) => {
      const plan = decide({ tags: ['linen'] }, { firstName: 'Mei' }, [name]);
      expect(plan.blockers).toMatchObject([{ code: 'FIELD_NOT_CHOOSABLE', field: ['input', 'takeFromLoser'] }]);
    },
  );
});
