import { describe, expect, it } from 'vitest';
import type { FieldDecision } from '../../src/merges/merge.js';
import { planMerge } from '../../src/merges/merge-plan.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { aChannel, anInput, aRow } from './rows.js';

function decide(
  loser: Partial<ProfileRow>,
  winner: Partial<ProfileRow>,
  take: readonly string[] = [],
): ReturnType<typeof planMerge> {
  return planMerge(anInput(aRow(loser), aRow(winner), take));
}

function field(plan: ReturnType<typeof planMerge>, name: string): FieldDecision | undefined {
  return plan.fields.find((decision) => decision.field === name);
}

describe('fields', () => {
  const values = [
    ['title', 'Ms', 'Mrs'],
    ['firstName', 'Mei', 'May'],
    ['lastName', 'Tanaka', 'Tan'],
    ['email', 'mei@example.org', 'may@example.org'],
    ['mobilePhone', '+61412345678', '+61412345679'],
    ['secondaryPhone', '+61298765432', '+61298765433'],
    ['gender', 'FEMALE', 'WITHHELD'],
    ['company', 'Tanaka Pty Ltd', 'Wren'],
    ['occupation', 'Potter', 'Chef'],
  ] as const;

  it.each(values)('keep the winner’s %s', (name, winnerValue, loserValue) => {
    const plan = decide({ [name]: loserValue }, { [name]: winnerValue });
    const expected = {
      field: name,
      winnerValue,
      loserValue,
      outcome: 'WINNER',
      rule: 'WINNER_KEEPS',
      isChoosable: true,
    };
    expect(field(plan, name)).toEqual(expected);
    expect(plan.attributes).not.toHaveProperty(name);
  });

  it.each(values)('take the loser’s %s when the winner has none', (name, _winnerValue, loserValue) => {
    const plan = decide({ [name]: loserValue }, {});
    expect(field(plan, name)).toMatchObject({ winnerValue: null, loserValue, outcome: 'LOSER', rule: 'FILLS_EMPTY' });
    expect(plan.attributes).toMatchObject({ [name]: loserValue });
  });

  it.each(values)('take the loser’s %s when the caller chose it', (name, winnerValue, loserValue) => {
    const plan = decide({ [name]: loserValue }, { [name]: winnerValue }, [name]);
    expect(field(plan, name)).toMatchObject({ outcome: 'LOSER', rule: 'CHOSEN' });
    expect(plan.attributes).toMatchObject({ [name]: loserValue });
    expect(plan.blockers).toEqual([]);
  });

  it.each(values)('say nothing about %s when the loser has none or the same', (name, winnerValue) => {
    expect(decide({}, { [name]: winnerValue }).fields).toEqual([]);
    expect(decide({ [name]: winnerValue }, { [name]: winnerValue }).fields).toEqual([]);
  });

  it.each(['unknown', 'Unknown', ' UNKNOWN ', ''])('count %j as no value on either side', (nothing) => {
    expect(field(decide({ firstName: 'May' }, { firstName: nothing }), 'firstName')).toMatchObject({
      winnerValue: null,
      rule: 'FILLS_EMPTY',
    });
    expect(decide({ firstName: nothing }, { firstName: 'Mei' }).fields).toEqual([]);
  });

  it('join tags and statuses in order and without repeats', () => {
    const plan = decide({ tags: ['linen', 'vip-night'], statuses: ['vip'] }, { tags: ['linen', 'autumn'] });
    expect(field(plan, 'tags')).toMatchObject({ outcome: 'COMBINED', rule: 'UNION', isChoosable: false });
    expect(plan.attributes.tags).toEqual(['autumn', 'linen', 'vip-night']);
    expect(plan.attributes.statuses).toEqual(['vip']);
  });

  it('keep the earlier joining date, whichever side has it', () => {
    const early = new Date('2019-05-01T00:00:00Z');
    const late = new Date('2023-05-01T00:00:00Z');
    expect(field(decide({ joinedAt: early }, { joinedAt: late }), 'joinedAt')).toMatchObject({
      outcome: 'LOSER',
      rule: 'EARLIEST',
    });
    expect(decide({ joinedAt: early }, { joinedAt: late }).attributes.joinedAt).toEqual(early);
    expect(decide({ joinedAt: late }, { joinedAt: early }).attributes).not.toHaveProperty('joinedAt');
    expect(field(decide({ joinedAt: late }, {}), 'joinedAt')).toMatchObject({ rule: 'FILLS_EMPTY' });
  });

  it('join attributes, the winner keeping what both have', () => {
    const colour = { namespace: 'style', handle: 'favourite_colour', type: 'STRING' as const };
    const visits = { namespace: 'style', handle: 'visits', type: 'INTEGER' as const };
    const loser = {
      custom: [
        { ...colour, value: 'green' },
        { ...visits, value: 3 },
      ],
      appearance: [{ handle: 'size_shoe', value: '38' }],
      dates: [{ handle: 'anniversary', date: '2015-03-01', isRecurring: true }],
    };
    const winner = { custom: [{ ...colour, value: 'blue' }], appearance: [{ handle: 'size_shoe', value: '39' }] };
    const plan = decide(loser, winner);
    expect(plan.attributes.custom).toEqual([
      { ...colour, value: 'blue' },
      { ...visits, value: 3 },
    ]);
    expect(field(plan, 'customAttributes.style.visits')).toMatchObject({ loserValue: '3', rule: 'FILLS_EMPTY' });
    expect(field(plan, 'customAttributes.style.favourite_colour')).toMatchObject({ rule: 'WINNER_KEEPS' });
    expect(plan.attributes).not.toHaveProperty('appearance');
    expect(plan.attributes.dates).toEqual(loser.dates);
    const chosen = decide(loser, winner, ['customAttributes.style.favourite_colour', 'appearance.size_shoe']);
    expect(chosen.attributes.appearance).toEqual(loser.appearance);
    expect(chosen.attributes.custom?.[0]).toMatchObject({ value: 'green' });
  });

  it('keep the winner’s main identity and default address, or take the loser’s where there is none', () => {
    const loser = { primaryIdentity: 'identity-of-loser', defaultAddressId: 'address-of-loser' };
    const taken = decide(loser, {});
    expect(taken.attributes).toMatchObject(loser);
    const kept = decide(loser, { primaryIdentity: 'own', defaultAddressId: 'own' });
    expect(kept.attributes).not.toHaveProperty('primaryIdentity');
    expect(field(kept, 'addresses.isDefault')).toMatchObject({ outcome: 'WINNER', isChoosable: false });
  });

  it('make an incomplete or temporary winner what the loser was, and hand over no other type', () => {
    expect(decide({ type: 'ACTIVE' }, { type: 'TEMPORARY' }).attributes.type).toBe('ACTIVE');
    expect(decide({ type: 'INCOMPLETE' }, { type: 'ACTIVE' }).attributes).not.toHaveProperty('type');
    expect(decide({ type: 'DEPENDANT' }, { type: 'ACTIVE' }).attributes).not.toHaveProperty('type');
  });

  it('make the search keys those of the names and contacts that stay', () => {
    const plan = decide({ lastName: 'Tanaka' }, { firstName: 'Mei', email: 'mei@example.org' });
    expect(plan.attributes.keys).toEqual(['e:mei@example.org', 'n:mei tanaka', 'n:tanaka mei']);
  });
});

describe('a date of birth', () => {
  const whole = { day: 14, month: 6, year: 1988 };

  it('is taken whole when the winner has none', () => {
    const plan = decide({ birthDate: whole }, {});
    expect(field(plan, 'birthDate')).toMatchObject({ loserValue: '1988-06-14', rule: 'FILLS_EMPTY' });
    expect(plan.attributes.birthDate).toEqual(whole);
  });

  it('is filled part by part while nothing contradicts', () => {
    const plan = decide({ birthDate: whole }, { birthDate: { day: 14, month: 6 } });
    expect(plan.fields).toEqual([
      {
        field: 'birthDate.year',
        winnerValue: null,
        loserValue: '1988',
        outcome: 'LOSER',
        rule: 'FILLS_EMPTY',
        isChoosable: true,
      },
    ]);
    expect(plan.attributes.birthDate).toEqual(whole);
  });

  it('is not patched together from two different days', () => {
    const plan = decide({ birthDate: whole }, { birthDate: { day: 15, month: 6 } });
    expect(plan.fields.map(({ field: name, rule }) => [name, rule])).toEqual([
      ['birthDate.day', 'WINNER_KEEPS'],
      ['birthDate.year', 'WINNER_KEEPS'],
    ]);
    expect(plan.attributes).not.toHaveProperty('birthDate');
  });

  it('is the loser’s where the caller chose it, whole or in part', () => {
    const winner = { birthDate: { day: 15, month: 6, year: 1990 } };
    expect(decide({ birthDate: whole }, winner, ['birthDate']).attributes.birthDate).toEqual(whole);
    const part = decide({ birthDate: whole }, winner, ['birthDate.year']);
    expect(part.attributes.birthDate).toEqual({ day: 15, month: 6, year: 1988 });
    expect(field(part, 'birthDate.year')).toMatchObject({ rule: 'CHOSEN' });
    expect(field(part, 'birthDate.day')).toMatchObject({ rule: 'WINNER_KEEPS' });
  });

  it('never becomes a day that does not exist', () => {
    const filled = decide({ birthDate: { month: 2 } }, { birthDate: { day: 31 } });
    expect(filled.attributes).not.toHaveProperty('birthDate');
    const chosen = decide({ birthDate: { month: 2 } }, { birthDate: { day: 31, month: 3 } }, ['birthDate.month']);
    expect(chosen.blockers.map(({ code }) => code)).toEqual(['FIELD_NOT_CHOOSABLE']);
    const leap = decide({ birthDate: { year: 1999 } }, { birthDate: { day: 29, month: 2 } });
    expect(leap.attributes).not.toHaveProperty('birthDate');
  });
});

describe('contact wishes', () => {
  const early = new Date('2025-01-01T00:00:00Z');
  const late = new Date('2025-06-01T00:00:00Z');
  const of = (channels: ReturnType<typeof aChannel>[]): Partial<ProfileRow> => ({ comms: { channels } });

  it.each([
    ['refused by the winner', { isPromotional: false }, { isPromotional: true }, false, false],
    ['refused by the loser', { isPromotional: true }, { isPromotional: false }, false, false],
    ['opted out by the loser', { isPromotional: true }, { isOptedOut: true }, true, true],
    ['opted out by the winner', { isOptedOut: true }, { isPromotional: true }, true, true],
    ['never asked and agreed', {}, { isPromotional: true }, true, false],
  ])('are the more restrictive when %s', (_case, winner, loser, isPromotional, isOptedOut) => {
    const plan = decide(of([aChannel('SMS', loser)]), of([aChannel('SMS', winner)]));
    expect(plan.comms).toEqual([{ channel: 'SMS', isPromotional, isOptedOut, rule: 'MOST_RESTRICTIVE' }]);
    expect(plan.attributes.comms?.channels[0]).toMatchObject({ isPromotional, isOptedOut });
  });

  it('survive from either side when only one was asked', () => {
    const plan = decide(of([aChannel('SMS', { isOptedOut: true })]), of([aChannel('EMAIL', { isPromotional: true })]));
    expect(plan.attributes.comms?.channels.map(({ channel, isOptedOut }) => [channel, isOptedOut])).toEqual([
      ['EMAIL', false],
      ['SMS', true],
    ]);
    expect(decide({}, of([aChannel('EMAIL', { isPromotional: true })])).attributes).not.toHaveProperty('comms');
  });

  it('are unanimous when both said the same', () => {
    const both = { isPromotional: true };
    const plan = decide(of([aChannel('POST', both)]), of([aChannel('POST', both)]));
    expect(plan.comms).toEqual([{ channel: 'POST', isPromotional: true, isOptedOut: false, rule: 'UNANIMOUS' }]);
  });

  it('follow the customer’s own later choice, in both directions', () => {
    const optedOut = aChannel('EMAIL', { isOptedOut: true, updatedAt: early });
    const agreed = aChannel('EMAIL', { isPromotional: true, updatedAt: late, isOwnChoice: true });
    const expected = { channel: 'EMAIL', isPromotional: true, isOptedOut: false, rule: 'LATER_OWN_CHOICE' };
    expect(decide(of([optedOut]), of([agreed])).comms).toEqual([expected]);
    expect(decide(of([agreed]), of([optedOut])).comms).toEqual([expected]);
  });

  it('follow no later choice that was somebody else’s, and no earlier one', () => {
    const optedOut = aChannel('EMAIL', { isOptedOut: true, updatedAt: early });
    const byStaff = aChannel('EMAIL', { isPromotional: true, updatedAt: late });
    const earlier = aChannel('EMAIL', { isPromotional: true, updatedAt: early, isOwnChoice: true });
    expect(decide(of([byStaff]), of([optedOut])).comms[0]).toMatchObject({ isOptedOut: true });
    expect(decide(of([earlier]), of([optedOut])).comms[0]).toMatchObject({ isOptedOut: true });
  });

  it('join subjects, an unwelcome one staying unwelcome', () => {
    const category = (name: string, isWelcome: boolean) => ({ category: name, isWelcome });
    const plan = decide(
      of([aChannel('EMAIL', { categories: [category('news', false), category('events', true)] })]),
      of([aChannel('EMAIL', { categories: [category('news', true)] })]),
    );
    expect(plan.attributes.comms?.channels[0]?.categories).toEqual([category('events', true), category('news', false)]);
  });

  it('leave a bounced address’s mark with the address', () => {
    const loser = { email: 'old@example.org', ...of([aChannel('EMAIL', { isBounced: true })]) };
    const winner = { email: 'mei@example.org', ...of([aChannel('EMAIL', { isPromotional: true })]) };
    expect(decide(loser, winner).attributes.comms?.channels[0]).toMatchObject({ isBounced: false });
    expect(decide(loser, winner, ['email']).attributes.comms?.channels[0]).toMatchObject({ isBounced: true });
    expect(decide(winner, loser, ['email']).attributes.comms?.channels[0]).toMatchObject({ isBounced: false });
  });

  it('keep the later acceptance of the terms', () => {
    const terms = (at: Date, version: string) => ({
      comms: { channels: [], termsAcceptedAt: at, termsAcceptedVersion: version },
    });
    const plan = decide(terms(late, '2025-06'), terms(early, '2025-01'));
    expect(plan.attributes.comms).toMatchObject({ termsAcceptedAt: late, termsAcceptedVersion: '2025-06' });
    expect(field(plan, 'comms.termsAcceptedAt')).toMatchObject({ outcome: 'LOSER', rule: 'LATEST' });
  });
});
