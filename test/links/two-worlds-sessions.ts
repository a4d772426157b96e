import { currentNotice } from '../../src/consents/notice.service.js';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import type { ProfileRow, ProfileValues } from '../../src/profiles/profile.js';
import { aPerson } from './link-group.js';
import { type Answer, type Asker, median, World } from './two-worlds.js';

/** What differs between the two worlds, and whose answers must not. */
export type Secret = 'membership' | 'invitation';

/** A customer of the asking brand as one world has it. */
interface Subject {
  readonly world: World;
  readonly person: ProfileRow;
  linkId: string | null;
}

interface Session {
  readonly random: SeededRandom;
  readonly values: ProfileValues;
  /** The ordinary world first, the one with the secret second. */
  readonly subjects: readonly [Subject, Subject];
}

type Step = (session: Session) => (subject: Subject) => Promise<Answer | null>;

const link = `fragment L on CrossBrandLink { id status sharedHandle sharedIdentifier consentedAttributes createdAt activatedAt endedAt
  source { brand { handle } state profile { id } } target { brand { handle } state profile { id } }
  activation { channel maskedAddress status sentAt expiresAt resendsLeft }
  consent { id status epoch attributes events { status occurredAt actor { kind reference } } receipt { id } } }`;
const lookQuery = `query Look($id: ID!) {
  profile(by: { id: $id }) { id version email updatedAt identities { handle identifier isPrimary }
    crossBrandLinks(statuses: [PENDING_ACTIVATION, ACTIVE, DECLINED, EXPIRED, WITHDRAWN, ENDED]) { ...L }
    linkOptions { brand { handle } state unavailableReason attributes welcomeReward notice { id version } link { id status } }
    groupCustomer { members { brand { handle } profile { id } } brandStatuses { brand { handle } state } } }
  groupCustomer(by: { id: $id }) { members { brand { handle } profile { id } } brandStatuses { brand { handle } state } }
} ${link}`;
const consentsQuery = `query Consents($id: ID!) { consents(filter: { profileId: $id }, first: 10) { totalCount
  nodes { id status epoch attributes recordedAt events { status occurredAt } } } }`;
const togetherQuery = `query Together { groupCustomers(brands: ["wren", "hearth"], first: 20) {
  nodes { members { brand { handle } profile { id } } } pageInfo { hasNextPage } } }`;
const enrolQuery = `mutation Enrol($input: CrossBrandLinkEnrolInput!) {
  crossBrandLinkEnrol(input: $input) { link { ...L } userErrors { code field message } } } ${link}`;
const resendQuery = `mutation Resend($input: CrossBrandLinkResendInput!) {
  crossBrandLinkResend(input: $input) { link { ...L } userErrors { code field message } } } ${link}`;
const withdrawQuery = `mutation Withdraw($input: CrossBrandLinkWithdrawInput!) {
  crossBrandLinkWithdraw(input: $input) { withdrawnAt userErrors { code field message } } }`;
const updateQuery = `mutation Update($input: ProfileUpdateInput!) {
  profileUpdate(input: $input) { profile { id version email } userErrors { code field message } } }`;
const foundQuery = `query Found($email: String!, $mobile: String!) {
  email: profile(by: { email: { brand: "hearth", email: $email } }) { id }
  mobile: profile(by: { mobilePhone: { brand: "hearth", mobilePhone: $mobile } }) { id } }`;
const hearthQuery = `query Hearth($email: String!, $mobile: String!) {
  email: profile(by: { email: { brand: "hearth", email: $email } }) { id version email firstName }
  mobile: profile(by: { mobilePhone: { brand: "hearth", mobilePhone: $mobile } }) { id version }
  profiles(brand: "hearth", first: 5) { totalCount nodes { id version email type createdAt } } }`;
const createQuery = `mutation Create($input: ProfileCreateInput!) { profileCreate(input: $input) {
  profile { id version email firstName type createdAt identities { handle } crossBrandLinks { id } } userErrors { code field message } } }`;

const noAnswer = async (work: () => Promise<unknown>): Promise<null> => {
  await work();
  return null;
};

const look =
  (asker: Asker): Step =>
  () =>
  ({ world, person }) =>
    world.ask(asker, lookQuery, { id: world.nodeId('wren', person) });

const enrol: Step = ({ random }) => {
  const attributes = random.next() < 0.3 ? ['FIRST_NAME', 'EMAIL'] : null;
  const channel = random.pick([null, null, 'EMAIL', 'SMS']);
  const idempotencyKey = `till-${random.below(2 ** 30)}-${random.below(2 ** 30)}`;
  return async (subject) => {
    const { world, person } = subject;
    const [rule] = world.group.entry('wren').brand.sharingRules;
    const noticeId = rule === undefined ? '' : currentNotice(rule).id;
    const givenAt = world.group.clock.now();
    const consent = { method: 'VERBAL', isConfirmed: true, noticeId, givenAt, attributes };
    const profileId = world.nodeId('wren', person);
    const input = { profileId, toBrand: 'hearth', consent, channel, idempotencyKey };
    const answer = await world.ask('staff', enrolQuery, { input });
    subject.linkId = /"link":\{"id":"(link_[^"]+)"/.exec(answer.text)?.[1] ?? subject.linkId;
    return answer;
  };
};

const settle: Step = () => (subject) => noAnswer(() => subject.world.group.settle());

/** What staff and applications on the asking side do, until the customer acts. */
const askingSteps: readonly Step[] = [
  ...[look('staff'), look('staff'), look('group'), enrol, enrol, settle, settle],
  () =>
    ({ world, person }) =>
      world.ask('staff', consentsQuery, { id: world.nodeId('wren', person) }),
  () =>
    ({ world }) =>
      world.ask('group', togetherQuery, {}),
  ({ values }) =>
    ({ world }) =>
      world.ask('group', foundQuery, { email: values.email, mobile: values.mobilePhone }),
  () =>
    ({ world, linkId }) =>
      world.ask('staff', resendQuery, { input: { id: linkId ?? 'link_0000000000000000000000' } }),
  ({ random }) => {
    const copies = random.pick(['KEEP', 'ERASE_UNTOUCHED']);
    return ({ world, linkId }) =>
      world.ask('staff', withdrawQuery, { input: { link: { id: linkId ?? 'link_0000000000000000000000' }, copies } });
  },
  ({ random }) => {
    const firstName = `Name${random.below(1_000)}`;
    return ({ world, person }) =>
      world.ask('staff', updateQuery, { input: { id: world.nodeId('wren', person), firstName } });
  },
  () =>
    ({ world: { group } }) =>
      noAnswer(async () => {
        const restore = group.cutOff('hearth');
        await group.settle().finally(restore);
      }),
  () =>
    ({ world: { group } }) =>
      noAnswer(() => {
        group.clock.forward(73 * 3_600_000);
        return group.settle();
      }),
];

/** What staff of the invited brand do, who may not learn that somebody asked. */
const invitedSteps: readonly Step[] = [
  ({ values }) =>
    ({ world }) =>
      world.ask('invited', hearthQuery, { email: values.email, mobile: values.mobilePhone }),
  ({ random, values }) => {
    const input = { brand: 'hearth', email: values.email, firstName: `Own${random.below(1_000)}`, lastName: 'Words' };
    return ({ world }) => world.ask('invited', createQuery, { input });
  },
  ({ random, values }) => {
    const other = aPerson();
    const field = random.pick([{ email: values.email }, { mobilePhone: values.mobilePhone }]);
    return async ({ world }) => {
      const own = await world.customer('hearth', other);
      return world.ask('invited', updateQuery, { input: { id: world.nodeId('hearth', own), ...field } });
    };
  },
  settle,
  () =>
    ({ world: { group } }) =>
      noAnswer(() => {
        group.clock.forward(73 * 3_600_000);
        return group.settle();
      }),
];

/** What sessions came to. */
export interface TwoWorldsResult {
  readonly answers: number;
  /** The first answers that differ; null when none do. */
  readonly difference: string | null;
  /** Median time of an answer in the ordinary world, and in the one with the secret. */
  readonly medianMs: readonly [number, number];
}

/** Runs so many random sessions in two worlds that differ in the secret alone, and compares every answer. */
export async function compareWorlds(secret: Secret, seed: number, sessions: number): Promise<TwoWorldsResult> {
  const times: [number[], number[]] = [[], []];
  let pair: readonly [World, World] | null = null;
  let difference: string | null = null;
  let answers = 0;
  try {
    for (let index = 0; index < sessions && difference === null; index += 1) {
      if (index % sessionsPerPair === 0) {
        await closeBoth(pair);
        pair = [await World.open(), await World.open()];
      }
      const session = await begin(secret, pair as readonly [World, World], {
        index,
        random: seededRandom(seed + index),
      });
      const taken: number[] = [];
      const steps = secret === 'membership' ? askingSteps : invitedSteps;
      for (let left = 3 + session.random.below(5); left > 0 && difference === null; left -= 1) {
        const at = session.random.below(steps.length);
        taken.push(at);
        const told = await both(session, steps[at] as Step);
        if (told === null) continue;
        answers += 1;
        times[0].push(told[0].ms);
        times[1].push(told[1].ms);
        const [one, other] = told.map(({ text }, which) => (session.subjects[which] as Subject).world.renamed(text));
        if (one !== other) difference = `seed ${seed + index}, steps ${taken.join()}:\n${one}\n${other}`;
      }
    }
  } finally {
    await closeBoth(pair);
  }
  return { answers, difference, medianMs: [median(times[0]), median(times[1])] };
}

/** Worlds are left after a while: lists of everybody would only get longer. */
const sessionsPerPair = 250;

async function closeBoth(pair: readonly [World, World] | null): Promise<void> {
  for (const world of pair ?? []) await world.close();
}

/** One step in both worlds, which goes first is chance; null when it gives no answer. */
async function both(session: Session, step: Step): Promise<readonly [Answer, Answer] | null> {
  const act = step(session);
  const isTurned = session.random.next() < 0.5;
  const [ordinary, secret] = session.subjects;
  const first = await act(isTurned ? secret : ordinary);
  const second = await act(isTurned ? ordinary : secret);
  // Time passes alike, so that rows of one session have an order.
  for (const { world } of session.subjects) world.group.clock.forward(1_000);
  if (first === null || second === null) return null;
  return isTurned ? [second, first] : [first, second];
}

async function begin(
  secret: Secret,
  pair: readonly [World, World],
  { index, random }: { readonly index: number; readonly random: SeededRandom },
): Promise<Session> {
  // Nobody else's in these worlds: numbers drawn at random would meet.
  const values = aPerson({ mobilePhone: `+61412${String(100_000 + (index % 900_000))}` });
  const [one, other] = pair;
  const subjectIn = async (world: World): Promise<Subject> => ({
    ...{ world, linkId: null },
    person: await world.customer('wren', values),
  });
  const subjects = [await subjectIn(one), await subjectIn(other)] as const;
  const session = { random, values, subjects };
  if (secret === 'membership') await know(other, values, random);
  else {
    await enrol(session)(subjects[1]);
    if (random.next() < 0.9) await other.group.settle();
  }
  return session;
}

/** Makes the person known to the invited brand, in one of the ways in which a person can be. */
async function know(world: World, values: ProfileValues, random: SeededRandom): Promise<void> {
  const { email = null, mobilePhone = null } = values;
  const way = random.below(4);
  if (way === 0) await world.customer('hearth', aPerson({ email }));
  if (way === 1) await world.customer('hearth', aPerson({ email, mobilePhone }));
  if (way === 2) await world.customer('hearth', { firstName: 'Old', mobilePhone });
  if (way === 3) {
    await world.customer('hearth', aPerson({ email }));
    await world.customer('hearth', { firstName: 'Other', mobilePhone });
  }
}
