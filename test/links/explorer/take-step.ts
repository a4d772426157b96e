import { World } from '../../../src/access/world.js';
import { currentNotice } from '../../../src/consents/notice.service.js';
import { AppError, Refusal } from '../../../src/kernel/errors.js';
import { formatNodeId } from '../../../src/kernel/ids.js';
import { activateLink } from '../../../src/links/activation.service.js';
import type { LinkRow } from '../../../src/links/cross-brand-link.js';
import { shownLinks } from '../../../src/links/cross-brand-link.service.js';
import { groupCustomerOf } from '../../../src/links/group-customer.service.js';
import { declineLink } from '../../../src/links/link-decline.service.js';
import { resolveEnd } from '../../../src/links/link-end.service.js';
import { enrolLink } from '../../../src/links/link-enrol.service.js';
import { resendMessage } from '../../../src/links/link-resend.service.js';
import { withdrawLink } from '../../../src/links/link-withdraw.service.js';
import { previewMerge } from '../../../src/merges/merge-preview.service.js';
import { mergeProfiles } from '../../../src/merges/profile-merge.service.js';
import type { ProfileView } from '../../../src/profiles/profile.js';
import { viewProfile } from '../../../src/profiles/profile.service.js';
import { createProfile } from '../../../src/profiles/profile-create.service.js';
import { updateProfile } from '../../../src/profiles/profile-update.service.js';
import { askingBrand, invitedBrand, leaseMs } from './link-process.js';
import {
  type LinkStep,
  linkFor,
  linksIn,
  liveIn,
  type ShownLinks,
  type StepMeans,
  type StepOf,
  type Taken,
  tokenFor,
} from './link-steps.js';

/** Calls of a client that got no answer, and repeats of a read that saw two moments. */
const attemptsMax = 8;
/** Reviews of a merge that others keep making stale. */
const reviewsMax = 3;
/** Longer than any invitation waits. */
const activationMs = 73 * 3_600_000;

/** A client that gets no answer, or is told to try again, sends the same once more. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || !error.isRetryable || attempt === attemptsMax) throw error;
    }
  }
}

async function done(work: () => Promise<unknown>): Promise<Partial<Taken>> {
  await repeated(work);
  return {};
}

/** An id that leads nowhere. */
const nowhere = '00000000-0000-4000-8000-000000000000';

const nodeOf = (link: LinkRow | null): string => formatNodeId('link', '', link?._id ?? nowhere);

/** Takes a step as a well-behaved client does, and tells how it ended. Errors without a code escape. */
export async function takeStep(step: LinkStep, means: StepMeans): Promise<Taken> {
  try {
    return { step, end: 'DONE', codes: [], ...(await carryOut(step, means)) };
  } catch (error) {
    if (error instanceof Refusal) return { step, end: 'REFUSED', codes: error.refusals.map(({ code }) => code) };
    if (error instanceof AppError) return { step, end: 'FAILED', codes: [error.code] };
    throw error;
  }
}

function carryOut(step: LinkStep, means: StepMeans): Promise<Partial<Taken>> {
  const { process, stores, clock } = means;
  const { deps } = process;
  switch (step.kind) {
    case 'enrol':
      return enrol(step, means);
    case 'work':
      return work(means, step.effectsMax ?? undefined);
    case 'activate':
      return activate(step, means);
    case 'decline': {
      const token = tokenFor(stores, linkFor(stores, step.link));
      return done(() => declineLink(process.context({ actor: null }), deps, { token, quietDays: 1 }));
    }
    case 'resend': {
      const input = { id: nodeOf(linkFor(stores, step.link)), idempotencyKey: step.key };
      return done(() => resendMessage(process.context(), deps.journals, input));
    }
    case 'withdraw': {
      const link = { id: nodeOf(linkFor(stores, step.link)) };
      const input = { link, copies: step.copies, idempotencyKey: step.key };
      return done(() => withdrawLink(process.context(), deps, input));
    }
    case 'expire':
      clock.forward(activationMs);
      return work(means);
    case 'wait':
      clock.forward(leaseMs + 1_000);
      return Promise.resolve({});
    case 'merge in A':
      return merge(
        means,
        askingBrand,
        means.people[step.loser],
        means.people[step.loser === 'P' ? 'Q' : 'P'],
        step.key,
      );
    case 'merge in B': {
      const [member, other] = [memberOf(means), means.people.M];
      return step.loser === 'M'
        ? merge(means, invitedBrand, other, member, step.key)
        : merge(means, invitedBrand, member, other, step.key);
    }
    case 'own sign-up': {
      const own = { brand: invitedBrand, email: 'p@example.com', firstName: 'Own', lastName: 'Words' };
      return done(() => createProfile(process.context(), { ...own, idempotencyKey: step.key }));
    }
    case 'rename in B': {
      const id = formatNodeId('prof', invitedBrand, memberOf(means)?._id ?? nowhere);
      const input = { id, lastName: step.lastName, idempotencyKey: step.key };
      return done(() => updateProfile(process.context(), input));
    }
    case 'read':
      return read(step, means);
  }
}

async function enrol({ of, key, attributes }: StepOf<'enrol'>, { process, people, clock }: StepMeans) {
  const [rule] = process.entry(askingBrand).brand.sharingRules;
  if (rule === undefined) throw new Error('The explored group shares nothing');
  // No two links are of one moment.
  clock.forward(1);
  const consent = {
    method: 'VERBAL' as const,
    isConfirmed: true,
    noticeId: currentNotice(rule).id,
    givenAt: clock.now(),
  };
  const input = {
    profileId: formatNodeId('prof', askingBrand, people[of]?._id ?? nowhere),
    toBrand: invitedBrand,
    idempotencyKey: key,
    consent: { ...consent, staffReference: null, ...(attributes === null ? {} : { attributes }) },
  };
  return done(() => enrolLink(process.context(), process.deps.journals, input));
}

async function work({ process }: StepMeans, effectsMax?: number): Promise<Partial<Taken>> {
  const worker = process.worker(effectsMax);
  return done(() => worker.idle());
}

async function activate({ link }: StepOf<'activate'>, { process, stores }: StepMeans): Promise<Partial<Taken>> {
  const token = tokenFor(stores, linkFor(stores, link));
  await repeated(() => activateLink(process.context({ actor: null }), process.deps, { token, isAccepted: true }));
  return { token };
}

type Mergeable = Pick<ProfileView, '_id'> | null | undefined;

/** Reviewed aside, as people do; whoever finds the plan stale looks again. */
async function merge(
  { process, aside = (work) => work() }: StepMeans,
  brand: string,
  loser: Mergeable,
  winner: Mergeable,
  key: string,
): Promise<Partial<Taken>> {
  const [loserId, winnerId] = [loser, winner].map((each) => formatNodeId('prof', brand, each?._id ?? nowhere)) as [
    string,
    string,
  ];
  for (let review = 1; ; review += 1) {
    const selected = process.context({ selection: new Map() });
    const plan = await aside(() => previewMerge(selected, { loser: { id: loserId }, winner: { id: winnerId } }));
    if (plan === null) throw new Refusal([{ code: 'NOT_FOUND', message: 'Nothing to review', field: null }]);
    const input = { winnerId, loserId, planHash: plan.hash, isSamePersonConfirmed: true };
    try {
      return await done(() =>
        mergeProfiles(process.context(), { ...input, idempotencyKey: `${key}-review-${review}` }),
      );
    } catch (error) {
      const isStale = error instanceof Refusal && error.refusals.some(({ code }) => code === 'PLAN_STALE');
      if (!isStale || review === reviewsMax) throw error;
    }
  }
}

/** Whom P's last link leads to in the invited brand; without one, the owner of P's address there. */
function memberOf({ stores, people }: StepMeans): Mergeable {
  const link = linksIn(stores).at(-1);
  return liveIn(stores.hearth, link?.b.accountId ?? link?.b.profileId) ?? people.O;
}

/** One operation, run again in a new world while what it saw belongs to two moments. */
async function read({ from }: StepOf<'read'>, means: StepMeans): Promise<Partial<Taken>> {
  const context = means.process.context();
  return repeated(async () => {
    for (let run = 1; run <= attemptsMax; run += 1) {
      context.world = new World();
      const judge = means.reading?.();
      const shown = await readOnce(context, from, means);
      await context.world.settle();
      if (context.world.breached !== null) continue;
      judge?.(shown);
      return {};
    }
    throw new AppError('RETRY', 'What was read kept changing');
  });
}

async function readOnce(
  context: ReturnType<StepMeans['process']['context']>,
  from: 'A' | 'B',
  means: StepMeans,
): Promise<ShownLinks> {
  const { process, people } = means;
  const [brand, id] = from === 'A' ? [askingBrand, people.P?._id] : [invitedBrand, memberOf(means)?._id];
  const view = await viewProfile(context, process.entry(brand), id ?? nowhere);
  if (view === null) return { used: [], listed: [] };
  const [customer, links] = await Promise.all([
    groupCustomerOf(context, view),
    shownLinks(context, view, ['PENDING_ACTIVATION', 'ACTIVE', 'WITHDRAWN', 'EXPIRED', 'DECLINED', 'ENDED']),
  ]);
  const used = (customer?.members ?? []).flatMap(({ link }) => link?.row._id ?? []);
  for (const link of links) {
    const side = link.from === 'a' ? 'b' : 'a';
    const end = await resolveEnd(context, { link, side, brand: side === 'a' ? link.fromBrand : link.toBrand });
    if (end.profile !== null) used.push(link.row._id);
  }
  return { used, listed: links.map(({ row }) => [row._id, row.state] as const) };
}
