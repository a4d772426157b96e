import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { ShareableAttribute } from '../../src/brands/brand.js';
import { emailClaim } from '../../src/claims/new-claim.js';
import { currentNotice, ensureNotices } from '../../src/consents/notice.service.js';
import { Deadline } from '../../src/kernel/clock.js';
import { Refusal } from '../../src/kernel/errors.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { activateLink } from '../../src/links/activation.service.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { releasePending } from '../../src/links/pending-release.service.js';
import { usePendingRelease } from '../../src/profiles/own-sign-up.service.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { aRow } from '../merges/rows.js';
import { aSource, type CopyCase, copyCase, pools, privateTexts, textsOf } from './copy-cases.js';
import type { LinkProcess } from './explorer/link-process.js';
import { alone } from './explorer/link-world.js';
import { type Durable, emptyDurable, linkIn, tokensIn } from './link-faults-world.js';

const seed = Number(process.env['KINDRED_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const runs = 200;

beforeAll(() => usePendingRelease(releasePending));

/** Enrols, prepares, accepts and opens, as the services do; false when the consent was refused. */
async function enrolled(process: LinkProcess, durable: Durable, given: CopyCase, profileId: string): Promise<boolean> {
  const rule = process.entry('wren').brand.sharingRules[0];
  if (rule === undefined) throw new Error('wren has no rule');
  await ensureNotices(process.brands, Deadline.after(60_000));
  const isShareable = (attribute: ShareableAttribute): boolean =>
    rule.attributes.includes(attribute) && (given.heldThen.known.has(attribute) || attribute === 'EMAIL');
  const named = given.isNamedFreely ? given.named : given.named?.filter(isShareable);
  const consent = { method: 'VERBAL' as const, isConfirmed: true, noticeId: currentNotice(rule).id };
  const input = {
    profileId: formatNodeId('prof', 'wren', profileId),
    toBrand: 'hearth',
    channel: 'EMAIL' as const,
    idempotencyKey: 'enrol-at-the-till',
    consent: {
      ...consent,
      givenAt: durable.clock.now(),
      attributes: named ?? null,
    },
  };
  try {
    await enrolLink(process.context(), process.deps.journals, input);
  } catch (error) {
    if (error instanceof Refusal && error.refusals[0]?.code === 'ATTRIBUTE_NOT_SHAREABLE') return false;
    throw error;
  }
  await process.worker().idle();
  const token = tokensIn(durable)[0] ?? '';
  await activateLink(process.context({ actor: null }), process.deps, { token, isAccepted: true });
  await process.worker().idle();
  return true;
}

/** The customer in the asking brand, whose one sure value is the e-mail that the message goes to. */
function customerOf(given: CopyCase, durable: Durable): ProfileRow {
  const source = { ...aSource(given.heldThen), email: 'heron.77@lagoon-mail.example', linkSlots: {} };
  durable.stores.wren.insert('profiles', [source as never], null);
  return source;
}

/** Somebody in the invited brand who owns that e-mail, and of whom nothing else is known there. */
function ownerIn(durable: Durable, email: string): void {
  const owner = aRow();
  const claim = emailClaim(email, { accountId: owner._id, profileId: owner._id, at: durable.clock.now() });
  durable.stores.hearth.insert('profiles', [owner as never], null);
  durable.stores.hearth.insert('claims', [claim as never], null);
}

/** What lies in the invited brand and may not, or is not as it is held. */
function breachesOf(durable: Durable, given: CopyCase, source: ProfileRow): string[] {
  const { hearth, registry } = durable.stores;
  const isLinked = registry.all('links').length > 0;
  const may = new Set(isLinked && !given.isEmailOwned ? linkIn(durable).consent.attributes : []);
  const known = [...new Set([...given.heldThen.known, 'EMAIL' as const])];
  const text = JSON.stringify([...hearth.everything()]).toLowerCase();
  const forbidden = textsOf(
    source,
    known.filter((attribute) => !may.has(attribute)),
  );
  const profiles = hearth.all('profiles');
  const [made] = profiles;
  const isExact = known.every((attribute) => {
    const { name } = pools[attribute];
    return isDeepStrictEqual(made?.[name], may.has(attribute) ? source[name] : undefined);
  });
  return [
    ...[...privateTexts, ...forbidden].filter((trace) => text.includes(trace)).map((trace) => `trace of ${trace}`),
    ...(isExact ? [] : ['values otherwise than allowed and held']),
    ...(profiles.length === Number(isLinked || given.isEmailOwned) ? [] : [`${profiles.length} profiles`]),
  ];
}

it(`A link brings nothing into the other brand but what its rule and the customer allow (KINDRED_SEED=${seed})`, async () => {
  const seen = { refused: 0, joined: 0, copied: 0 };
  await fc.assert(
    fc.asyncProperty(copyCase, async (given) => {
      const durable = emptyDurable();
      const source = customerOf(given, durable);
      if (given.isEmailOwned) ownerIn(durable, source.email ?? '');
      await alone(durable, async (process) => {
        const isEnrolled = await enrolled(process, durable, given, source._id);
        seen[isEnrolled ? (given.isEmailOwned ? 'joined' : 'copied') : 'refused'] += 1;
      });
      const breaches = breachesOf(durable, given, source);
      if (breaches.length > 0) throw new Error(breaches.join(', '));
    }),
    { seed, numRuns: runs },
  );
  process.stdout.write(`copies of enrolments: ${JSON.stringify(seen)}\n`);
  expect(seen.copied).toBeGreaterThan(0);
}, 120_000);
