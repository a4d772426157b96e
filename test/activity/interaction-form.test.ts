import { describe, expect, it } from 'vitest';
import { readInteraction } from '../../src/activity/interaction-form.js';
import type { Brand } from '../../src/brands/brand.js';
import { brandsOf } from '../../src/brands/load-config.js';
import type { InteractionIngestInput } from '../../src/generated/resolvers-types.js';
import { AppError, Refusal } from '../../src/kernel/errors.js';
import { anInteraction } from '../support/factories/interaction.js';
import { groupConfig } from '../support/group.js';

const brand = brandsOf(groupConfig()).find((each) => each.handle === 'wren') as Brand;
const now = new Date('2026-03-05T00:00:00.000Z');
const card = { identity: { handle: 'loyalty-card', identifier: 'LY-1' } };
const nested = (levels: number): object => (levels === 1 ? {} : { inner: nested(levels - 1) });

const read = (overrides: Partial<InteractionIngestInput>) =>
  readInteraction(brand, anInteraction('wren', card, { externalId: 'V-1', ...overrides }), now);

function mistakesOf(overrides: Partial<InteractionIngestInput>): string[] {
  try {
    read(overrides);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.refusals.map(({ code, field }) => `${code} ${field?.join('.')}`);
  }
}

describe('the form of an interaction', () => {
  it.each<[string, Partial<InteractionIngestInput>, string]>([
    ['an unknown system', { system: 'pso' }, 'SYSTEM_UNKNOWN input.system'],
    ['an empty number', { externalId: ' ' }, 'INVALID_VALUE input.externalId'],
    ['a number of 256 characters', { externalId: 'x'.repeat(256) }, 'INVALID_VALUE input.externalId'],
    ['an empty name', { name: '' }, 'INVALID_VALUE input.name'],
    ['half a character', { name: 'a\ud800' }, 'INVALID_VALUE input.name'],
    ['a control character', { namespace: 'a\u0000' }, 'INVALID_VALUE input.namespace'],
    ['an over-long namespace', { namespace: 'n'.repeat(256) }, 'INVALID_VALUE input.namespace'],
    ['an over-long place', { locationCode: 'R'.repeat(256) }, 'INVALID_VALUE input.locationCode'],
    ['a mood beyond the three', { signal: 2 }, 'INVALID_VALUE input.signal'],
    ['a broken mood', { signal: 0.5 }, 'INVALID_VALUE input.signal'],
    ['an instant that is none', { interactedAt: new Date('never') }, 'INVALID_VALUE input.interactedAt'],
    [
      'the day after tomorrow',
      { interactedAt: new Date('2026-03-06T00:00:00.001Z') },
      'INTERACTION_FUTURE input.interactedAt',
    ],
    ['words beside it', { meta: 'much' }, 'INVALID_VALUE input.meta'],
    ['a list beside it', { meta: [1] }, 'INVALID_VALUE input.meta'],
    ['five levels beside it', { meta: nested(5) }, 'INVALID_VALUE input.meta'],
    ['four levels with a list within', { meta: { a: { b: { c: [[]] } } } }, 'INVALID_VALUE input.meta'],
    ['4,097 bytes beside it', { meta: { text: 'é'.repeat(2_043) } }, 'INVALID_VALUE input.meta'],
    [
      'an unknown handle',
      { customer: { identity: { handle: 'myspace', identifier: '1' } } },
      'HANDLE_UNKNOWN input.customer.identity.handle',
    ],
    [
      'an over-long identifier',
      { customer: { identity: { handle: 'loyalty-card', identifier: '1'.repeat(513) } } },
      'INVALID_VALUE input.customer.identity.identifier',
    ],
    ['nobody', { customer: {} as never }, 'INVALID_VALUE input.customer'],
  ])('refuses %s', (_what, overrides, mistake) => {
    expect(mistakesOf(overrides)).toEqual([mistake]);
  });

  it('tells every mistake at once', () => {
    const mistakes = mistakesOf({ system: 'pso', signal: -2, interactedAt: new Date('2026-04-01T00:00:00.000Z') });
    expect(mistakes).toEqual([
      'SYSTEM_UNKNOWN input.system',
      'INVALID_VALUE input.signal',
      'INTERACTION_FUTURE input.interactedAt',
    ]);
  });

  it('refuses an id of another kind as a fault of the document', () => {
    expect(() => read({ customer: { profileId: 'loc_wren_0000000000000000000001' } })).toThrow(AppError);
  });

  it('accepts the edges', () => {
    expect(mistakesOf({ interactedAt: new Date('2026-03-06T00:00:00.000Z'), name: 'x'.repeat(255) })).toEqual([]);
    expect(mistakesOf({ interactedAt: new Date(0), meta: nested(4), signal: -1 })).toEqual([]);
    expect(mistakesOf({ meta: { text: 'é'.repeat(2_042) }, signal: 1 })).toEqual([]);
    expect(mistakesOf({ meta: null })).toEqual([]);
  });

  it('takes the names within what is told beside it for values', () => {
    const meta = JSON.parse('{"a.b":1,"$where":"x","":null,"__proto__":{"x":1}}') as object;
    expect(JSON.parse(read({ meta }).meta as string)).toEqual(meta);
    expect(read({}).meta).toBeNull();
  });

  it('is the same whether a mood is left out or neither', () => {
    expect(read({}).content).toEqual(read({ signal: 0 }).content);
  });
});
