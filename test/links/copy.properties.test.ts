import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShareableAttribute, SharingRule } from '../../src/brands/brand.js';
import type { Database } from '../../src/brands/database.js';
import type { ClaimRow } from '../../src/claims/claim.js';
import { emailClaim, mobileClaim } from '../../src/claims/new-claim.js';
import type { ConsentInput } from '../../src/generated/resolvers-types.js';
import { Deadline } from '../../src/kernel/clock.js';
import { Refusal } from '../../src/kernel/errors.js';
import { consentedAttributes } from '../../src/links/consent-evidence.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { planLinkedProfile } from '../../src/links/pending-profile.service.js';
import { shareableAttributes, valuesToCopy } from '../../src/links/shareable.js';
import type { PlannedProfile } from '../../src/profiles/new-profile.service.js';
import { aBrand } from '../merges/rows.js';
import { testKeys } from '../support/group.js';
import { searchSize } from '../support/search-size.js';
import { aSource, type CopyCase, copyCase, pools, privateTexts, type RuleTerms, textsOf } from './copy-cases.js';

const seed = Number(process.env['KINDRED_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const runs = searchSize(20_000);

const now = new Date('2026-11-22T04:05:06.789Z');
const deadline = Deadline.after(600_000);
const brand = aBrand('hearth');
const sealKey = testKeys.keyFor('hearth');
const ruleOfWren = aBrand('wren').sharingRules[0] as SharingRule;
const rule = (terms: RuleTerms): SharingRule => ({ ...ruleOfWren, ...terms });

const linkId = '11111111-1111-4111-8111-111111111111';
const madeId = '22222222-2222-4222-8222-222222222222';
const strangerId = '33333333-3333-4333-8333-333333333333';

/** Fields that every profile made by a link has, whatever was agreed to. */
const ownFields = ['_id', 'state', 'version', 'accounts', 'type', 'linkSlots', 'joinedAt', 'createdAt', 'updatedAt'];

/** The attributes that a consent ends up with; null when it was refused because it named what cannot cross. */
function consentOf({ ruleThen, heldThen, named, isNamedFreely }: CopyCase): readonly ShareableAttribute[] | null {
  const shareable = shareableAttributes(rule(ruleThen), aSource(heldThen));
  const asked = isNamedFreely ? named : (named?.filter((attribute) => shareable.includes(attribute)) ?? null);
  try {
    return consentedAttributes({ attributes: asked } as ConsentInput, shareable);
  } catch (error) {
    const isFair = asked?.some((attribute) => !shareable.includes(attribute)) === true;
    if (!(error instanceof Refusal) || !isFair) throw error;
    return null;
  }
}

/** Capitals of the letters that have just one: that of ß is two letters, and another host's. */
const inCapitals = (text: string): string => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());

/** Claims of e-mail and mobile that somebody else in the inviting brand has, spelt in another way. */
function claimsOfStranger({ heldNow, isEmailOwned, isMobileOwned }: CopyCase): ClaimRow[] {
  const place = { accountId: strangerId, profileId: strangerId, at: now };
  const { email, mobilePhone } = heldNow.values;
  return [
    isEmailOwned && email ? emailClaim(` ${inCapitals(email)}`, place) : null,
    isMobileOwned && mobilePhone ? mobileClaim(mobilePhone, 'AU', place) : null,
  ].filter((claim) => claim !== null);
}

/** The one way in which claims are looked up by their keys. */
interface ClaimFilter {
  readonly _id: { readonly $in: readonly string[] };
}

/** The profile that a link makes in a brand where these claims are taken. */
function planned(given: CopyCase, consented: readonly ShareableAttribute[], taken: readonly ClaimRow[]) {
  const database = {
    run: <T>(_deadline: Deadline, ask: () => Promise<T>): Promise<T> => ask(),
    model: () => ({ find: async (filter: ClaimFilter) => taken.filter(({ _id }) => filter._id.$in.includes(_id)) }),
  } as unknown as Database;
  const link = {
    _id: linkId,
    a: { brand: 'wren', accountId: strangerId },
    b: { brand: 'hearth', profileId: madeId },
    sharedHandle: 'group-member',
    sharedIdentifier: 'km_shared',
    consent: { attributes: consented },
  } as unknown as LinkRow;
  return planLinkedProfile({
    target: { brand, database, sealKey },
    rule: given.ruleNow === null ? null : rule(given.ruleNow),
    link,
    source: aSource(given.heldNow),
    state: given.state,
    now,
    deadline,
  });
}

/** What may cross, worked out in another way: configured now, agreed to, known, and nobody else's. */
function allowed(given: CopyCase, consented: readonly ShareableAttribute[]): Set<ShareableAttribute> {
  const { ruleNow, heldNow, isEmailOwned, isMobileOwned } = given;
  if (ruleNow === null || ruleNow.agreement === 'INACTIVE') return new Set();
  const isOwned = (attribute: ShareableAttribute): boolean =>
    (attribute === 'EMAIL' && isEmailOwned) || (attribute === 'MOBILE_PHONE' && isMobileOwned);
  return new Set(
    consented.filter((each) => ruleNow.attributes.includes(each) && heldNow.known.has(each) && !isOwned(each)),
  );
}

/** What a plan has too much, too little or otherwise than it is held. */
function breachesOf(given: CopyCase, may: ReadonlySet<ShareableAttribute>, plan: PlannedProfile): string[] {
  const { profile, claims, addresses } = plan;
  const { values, known } = given.heldNow;
  const names = [...may].map((attribute) => pools[attribute].name);
  const state = given.state === 'ACTIVE' ? ['live'] : ['link'];
  const keys = given.state === 'ACTIVE' && profile.keys !== undefined ? ['keys'] : [];
  const kinds = ['id', ...(may.has('EMAIL') ? ['email'] : []), ...(may.has('MOBILE_PHONE') ? ['mobile'] : [])];
  const text = JSON.stringify(plan).toLowerCase();
  const forbidden = textsOf(
    values,
    [...known].filter((attribute) => !may.has(attribute)),
  );
  const demands: Record<string, boolean> = {
    'values as they are held': names.every((name) => isDeepStrictEqual(profile[name], values[name])),
    'fields of its own and those copied': isSameSet(Object.keys(profile), [...ownFields, ...state, ...keys, ...names]),
    'one account and one slot': isDeepStrictEqual([profile.accounts, profile.linkSlots], [[madeId], { wren: linkId }]),
    'no address': addresses.length === 0,
    'claims of what was copied': isSameSet(
      claims.map(({ kind }) => kind),
      kinds,
    ),
    'claims of its own': claims.every((claim) => claim.accountId === madeId && claim.profileId === madeId),
    'the shared identity alone': claims.some((claim) => claim.kind === 'id' && claim.identifier === 'km_shared'),
    'no trace of anything else': ![...privateTexts, strangerId, ...forbidden].some((trace) => text.includes(trace)),
  };
  return Object.keys(demands).filter((demand) => demands[demand] === false);
}

function isSameSet(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && wanted.every((each) => found.includes(each));
}

describe(`what a link copies (KINDRED_SEED=${seed})`, () => {
  it(`is configured, agreed to, known and nobody else's, exactly as it is held, and nothing besides (${runs} cases)`, async () => {
    const seen = { refused: 0, empty: 0, copied: 0, withheld: 0 };
    await fc.assert(
      fc.asyncProperty(copyCase, async (given) => {
        const consented = consentOf(given);
        if (consented === null) {
          seen.refused += 1;
          return;
        }
        const taken = claimsOfStranger(given);
        const may = allowed(given, consented);
        const plan = await planned(given, consented, taken);
        const breaches = breachesOf(given, may, plan);
        if (plan.claims.some(({ _id }) => taken.some((each) => each._id === _id))) breaches.push("nobody else's keys");
        if (breaches.length > 0) throw new Error(`Wanted: ${breaches.join(', ')}`);
        seen[may.size === 0 ? 'empty' : 'copied'] += 1;
        if (taken.length > 0) seen.withheld += 1;
      }),
      { seed, numRuns: runs },
    );
    process.stdout.write(`copies: ${JSON.stringify(seen)}\n`);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs / 50);
    expect(seen.copied).toBeGreaterThan(runs / 5);
  }, 120_000);

  it('never grows by what the customer names', () => {
    fc.assert(
      fc.property(copyCase, (given) => {
        const all = valuesToCopy(rule(given.ruleThen), given.ruleThen.attributes, aSource(given.heldThen));
        const consented = consentOf(given);
        if (consented === null) return true;
        const copied = valuesToCopy(rule(given.ruleThen), consented, aSource(given.heldThen));
        return Object.entries(copied).every(([name, value]) => all[name as keyof typeof all] === value);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
