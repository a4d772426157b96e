import { type SeededRandom, seededRandom } from '../../../src/kernel/random.js';
import type { Fate, Pending } from '../../merges/explorer/scheduler.js';
import { describeHistory, type LinkChoice, type LinkOutcome, runHistory } from './link-history.js';
import type { LinkStep, Which } from './link-steps.js';
import { linkWorld, type Stage, stageNames, type WorldKind, worldKinds } from './link-world.js';

/** A history that can be repeated: what it begins with, who does what, and who comes when. */
export interface LinkPlan {
  readonly kind: WorldKind;
  readonly stage: Stage;
  readonly actors: readonly (readonly LinkStep[])[];
  /** Actor of each command in turn; whoever is not ready is skipped, and after the last the first ready comes. */
  readonly turns: readonly number[];
  /** Fates that are not ok, by position of the command. */
  readonly fates: ReadonlyMap<number, LinkChoice['fate']>;
}

/** What a search found: how much it went through, and the first history that is wrong, as short as it could be made. */
export interface FoundLinks {
  readonly histories: number;
  readonly commands: number;
  readonly steps: number;
  readonly done: number;
  readonly faults: number;
  readonly deaths: number;
  readonly failure: string | null;
}

const stepsMin = 3;
const stepsMax = 8;
const faultsMax = 2;
const endings: readonly LinkChoice['fate'][] = ['dies before', 'dies after'];

/** Steps as often as they are drawn at each stage: whoever meets nobody proves nothing. */
const drawn: Readonly<Record<Stage, readonly LinkStep['kind'][]>> = {
  fresh: ['enrol', 'enrol', 'work', 'work', 'own sign-up', 'merge in A'],
  enrolled: ['work', 'work', 'work', 'withdraw', 'own sign-up', 'activate', 'expire'],
  invited: ['activate', 'activate', 'activate', 'withdraw', 'decline', 'expire', 'own sign-up', 'resend', 'work'],
  accepted: ['work', 'work', 'work', 'withdraw', 'withdraw', 'read', 'own sign-up'],
  active: ['withdraw', 'withdraw', 'read', 'read', 'read', 'rename in B', 'merge in B', 'work'],
  withdrawn: ['work', 'work', 'work', 'enrol', 'rename in B', 'merge in B', 'read'],
};
const anywhere: readonly LinkStep['kind'][] = [
  ...['enrol', 'work', 'work', 'work', 'activate', 'withdraw', 'decline', 'expire', 'wait', 'wait'],
  ...['merge in A', 'merge in A', 'merge in B', 'own sign-up', 'rename in B', 'read', 'resend'],
] as LinkStep['kind'][];

/** Draws what each actor does. */
export function drawActors(random: SeededRandom, stage: Stage): LinkStep[][] {
  const count = 2 + random.below(3);
  const actors: LinkStep[][] = Array.from({ length: count }, () => []);
  const steps = Math.max(count, stepsMin + random.below(stepsMax - stepsMin + 1));
  for (let n = 0; n < steps; n += 1) {
    const kind = random.pick(random.below(2) === 0 ? drawn[stage] : anywhere);
    // Everybody does something; further steps go to anybody.
    (actors[n < count ? n : random.below(count)] as LinkStep[]).push(drawStep(random, kind, n));
  }
  return actors;
}

function drawStep(random: SeededRandom, kind: LinkStep['kind'], n: number): LinkStep {
  const link: Which = random.below(4) === 0 ? 'oldest' : 'newest';
  // Sometimes two send the same.
  const key = `step-${random.below(5) === 0 ? 0 : n}-${kind}`;
  switch (kind) {
    case 'enrol': {
      const attributes = random.below(3) === 0 ? (['FIRST_NAME', 'EMAIL'] as const) : null;
      return { kind, of: random.below(4) === 0 ? 'Q' : 'P', key, attributes };
    }
    case 'work':
      return { kind, effectsMax: random.pick([null, null, null, 0, 1, 2]) };
    case 'activate':
    case 'decline':
      return { kind, link };
    case 'resend':
      return { kind, link, key };
    case 'withdraw':
      return { kind, link, key, copies: random.pick(['KEEP', 'ERASE_UNTOUCHED']) };
    case 'merge in A':
      return { kind, loser: random.pick(['P', 'P', 'Q']), key };
    case 'merge in B':
      return { kind, loser: random.pick(['member', 'M']), key };
    case 'rename in B':
      return { kind, lastName: `Renamed ${n}`, key };
    case 'read':
      return { kind, from: random.pick(['A', 'A', 'B']) };
    case 'own sign-up':
      return { kind, key };
    default:
      return { kind };
  }
}

/** Runs one drawn history; turns and fates are noted, so that it can be repeated and cut down. */
export async function runDrawn(seed: number): Promise<{ readonly outcome: LinkOutcome; readonly plan: LinkPlan }> {
  const random = seededRandom(seed);
  const kind = random.pick(worldKinds);
  const stage = random.pick(stageNames);
  const actors = drawActors(random, stage);
  const turns: number[] = [];
  const fates = new Map<number, LinkChoice['fate']>();
  // Some histories change hands at every command, others run on for long: both find what the other misses.
  const stay = random.pick([0.3, 0.7, 0.9, 0.96]);
  const faultRate = random.pick([0, 0, 0.01, 0.04]);
  const choose = (ready: readonly Pending[]): LinkChoice => {
    const last = turns.at(-1);
    const stays = random.next() < stay ? ready.find(({ actor }) => actor === last) : undefined;
    const pending = stays ?? random.pick(ready);
    const fate = fates.size < faultsMax && random.next() < faultRate ? drawFate(random, pending) : 'ok';
    if (fate !== 'ok') fates.set(turns.length, fate);
    turns.push(pending.actor);
    return { pending, fate };
  };
  const outcome = await runHistory(await linkWorld(kind, stage), actors, choose);
  return { outcome, plan: { kind, stage, actors, turns, fates } };
}

function drawFate(random: SeededRandom, { command }: Pending): LinkChoice['fate'] {
  if (command.fates.length === 0) return 'ok';
  return random.below(2) === 0 ? random.pick(endings) : random.pick(command.fates);
}

/** Runs a plan. */
export async function runPlan({ kind, stage, actors, turns, fates }: LinkPlan): Promise<LinkOutcome> {
  let last = 0;
  return runHistory(await linkWorld(kind, stage), actors, (ready, steps) => {
    const position = steps.length;
    // Beyond what was noted, whoever met a row that another holds waits for him.
    const isHeld = /WriteConflict/.test(String(steps.at(-1)?.answer));
    const rival = isHeld ? ready.find(({ actor }) => actor !== last)?.actor : undefined;
    const wanted = turns[position] ?? rival ?? last;
    const pending =
      ready.find(({ actor }) => actor === wanted) ?? ready.find(({ actor }) => actor === last) ?? ready[0];
    if (pending === undefined) throw new Error('Nothing can go on');
    last = pending.actor;
    const fate = fates.get(position) ?? 'ok';
    const fits =
      pending.command.fates.includes(fate as Fate) || (endings.includes(fate) && pending.command.fates.length > 0);
    return { pending, fate: fits ? fate : 'ok' };
  });
}

/** Draws and runs histories with seeds from `seed` on, until one is wrong or so many have been run. */
export async function searchLinks(
  seed: number,
  histories: number,
  replay: (seed: number) => string,
): Promise<FoundLinks> {
  const found = { histories: 0, commands: 0, steps: 0, done: 0, faults: 0, deaths: 0 };
  while (found.histories < histories) {
    const historySeed = seed + found.histories;
    const { outcome, plan } = await runDrawn(historySeed);
    found.histories += 1;
    found.commands += outcome.steps.length;
    found.steps += outcome.taken.length;
    found.done += outcome.taken.filter(({ end }) => end === 'DONE').length;
    found.deaths += outcome.taken.filter(({ end }) => end === 'DIED').length;
    found.faults += plan.fates.size;
    if (outcome.broken.length > 0) {
      const shortest = await shrink(plan, outcome);
      const where = `${shortest.plan.kind}, ${shortest.plan.stage}`;
      return { ...found, failure: `${replay(historySeed)}\n${where}\n${describeHistory(shortest.outcome)}` };
    }
  }
  return { ...found, failure: null };
}

const shrinkRunsMax = 400;

/** Leaves out steps, faults and changes of hands as long as the same stays wrong. */
async function shrink(plan: LinkPlan, outcome: LinkOutcome): Promise<{ plan: LinkPlan; outcome: LinkOutcome }> {
  let best = { plan, outcome };
  for (let runs = 0, isShorter = true; isShorter && runs < shrinkRunsMax; ) {
    isShorter = false;
    for (const candidate of shorterPlans(best.plan)) {
      runs += 1;
      if (runs > shrinkRunsMax) break;
      const tried = await runPlan(candidate);
      if (!tried.broken.some((each) => outcome.broken.includes(each))) continue;
      best = { plan: candidate, outcome: tried };
      isShorter = true;
      break;
    }
  }
  return best;
}

function* shorterPlans(plan: LinkPlan): Iterable<LinkPlan> {
  for (const [actor, steps] of plan.actors.entries()) {
    for (const at of steps.keys()) {
      const rest = steps.filter((_, index) => index !== at);
      yield { ...plan, actors: plan.actors.map((each, index) => (index === actor ? rest : each)) };
    }
  }
  for (const position of plan.fates.keys()) {
    yield { ...plan, fates: new Map([...plan.fates].filter(([at]) => at !== position)) };
  }
  const switches = plan.turns.flatMap((turn, at) => (at > 0 && turn !== plan.turns[at - 1] ? [at] : []));
  for (const at of switches) {
    const end = switches.find((each) => each > at) ?? plan.turns.length;
    const before = plan.turns[at - 1] as number;
    yield { ...plan, turns: plan.turns.map((turn, index) => (index >= at && index < end ? before : turn)) };
  }
}
