import { type SeededRandom, seededRandom } from '../../../src/kernel/random.js';
import { type Name, names, type Person } from './explorer-world.js';
import { describeHistory, type Outcome, runHistory } from './history.js';
import type { Chooser, Fate } from './scheduler.js';
import type { Wish } from './wishes.js';

/** A history that can be repeated: who wants what, and who comes when. */
export interface Plan {
  readonly wishes: readonly Wish[];
  /** Actor of each command in turn; whoever is not ready is skipped, and after the last the first ready comes. */
  readonly turns: readonly number[];
  /** Fates that are not ok, by position of the command. */
  readonly fates: ReadonlyMap<number, Fate>;
}

/** What a search has been through. */
export interface Searched {
  readonly histories: number;
  readonly commands: number;
  readonly merges: number;
  readonly faults: number;
}

/** What a search found: beside its figures the first history that is wrong, as short as it could be made. */
export interface Found extends Searched {
  readonly failure: string | null;
}

/** Merges of one history: two meet in most ways, three in all that are known. */
const mergeCounts = [1, 1, 1, 2, 2, 3] as const;
const writersMax = 2;
const faultsMax = 2;

/** Draws wishes: one to three merges over four people, a few writers, and often somebody who reads. */
export function drawWishes(random: SeededRandom): Wish[] {
  const wishes: Wish[] = [];
  const mergeCount = random.pick(mergeCounts);
  // Few people at a time: whoever meets nobody proves nothing.
  const people = names.slice(0, 2 + random.below(3));
  for (let n = 0; n < mergeCount; n += 1) {
    const loser = random.pick(people);
    const winner = random.pick(people.filter((name) => name !== loser));
    wishes.push({ kind: 'merge', loser, winner, key: `merge-${n}` });
  }
  if (random.below(4) === 0) wishes.push({ ...(wishes[0] as Wish) });
  const writers = random.below(writersMax + 1);
  for (let n = 0; n < writers; n += 1) wishes.push(drawWriter(random, people, n));
  // A has two accounts from the start: whoever takes the merge back meets those who set points of both aside.
  if (random.below(10) === 0) {
    wishes.push(drawHold(random, 'A', writers), drawHold(random, random.pick(['A', 'E']), writers + 1));
    if (random.below(2) === 0) wishes.push({ kind: 'undo', of: 'E', key: 'undo-joint-key' });
  }
  if (random.below(3) === 0) {
    const order = [...people].sort(() => random.next() - 0.5);
    wishes.push({ kind: 'read', order, by: random.below(3) === 0 ? 'card' : 'id' });
  }
  return wishes;
}

function drawWriter(random: SeededRandom, people: readonly Name[], n: number): Wish {
  const of = random.pick(people);
  switch (random.below(9)) {
    case 0:
      return { kind: 'add identity', of, identifier: `NEW-${random.below(2)}` };
    case 1:
      return { kind: 'remove identity', of };
    case 2:
      return { kind: 'change e-mail', of, email: `${random.pick(['x', 'y', ...people]).toLowerCase()}@example.com` };
    case 3:
      return { kind: 'sale', of, by: random.below(2) === 0 ? 'id' : 'card', number: `new-${random.below(2)}` };
    case 4:
      return { kind: 'undo', of: random.below(3) === 0 ? 'E' : of, key: `undo-${n}-key` };
    case 5:
      return { kind: 'add address', of };
    case 6:
      return drawHold(random, of, n);
    default:
      return { kind: 'tag', of, tag: `tag-${n}` };
  }
}

const holdSizes = [1, 2, 3, 15, 150] as const;

function drawHold(random: SeededRandom, of: Person, n: number): Wish {
  const first = random.pick(['oldest', 'newest'] as const);
  return { kind: 'hold', of, points: random.pick(holdSizes), first, key: `hold-${n}-key` };
}

/** Runs one drawn history; turns and fates are noted, so that it can be repeated and cut down. */
export async function runDrawn(seed: number): Promise<{ readonly outcome: Outcome; readonly plan: Plan }> {
  const random = seededRandom(seed);
  const wishes = drawWishes(random);
  const turns: number[] = [];
  const fates = new Map<number, Fate>();
  // Some histories change hands at every command, others run on for long: both find what the other misses.
  const stay = random.pick([0, 0.3, 0.7, 0.9]);
  const faultRate = random.pick([0, 0, 0.02, 0.1]);
  const choose: Chooser = (ready) => {
    const last = turns.at(-1);
    const stays = random.next() < stay ? ready.find(({ actor }) => actor === last) : undefined;
    const pending = stays ?? random.pick(ready);
    const isFault = fates.size < faultsMax && pending.command.fates.length > 0 && random.next() < faultRate;
    const fate = isFault ? random.pick(pending.command.fates) : 'ok';
    if (fate !== 'ok') fates.set(turns.length, fate);
    turns.push(pending.actor);
    return { pending, fate };
  };
  return { outcome: await runHistory(wishes, () => choose), plan: { wishes, turns, fates } };
}

/** Runs a plan. */
export function runPlan({ wishes, turns, fates }: Plan): Promise<Outcome> {
  let last = 0;
  return runHistory(wishes, () => (ready, steps) => {
    const wanted = turns[steps.length] ?? last;
    const pending =
      ready.find(({ actor }) => actor === wanted) ?? ready.find(({ actor }) => actor === last) ?? ready[0];
    if (pending === undefined) throw new Error('Nothing can go on');
    last = pending.actor;
    const fate = fates.get(steps.length) ?? 'ok';
    return { pending, fate: pending.command.fates.includes(fate) ? fate : 'ok' };
  });
}

/** Draws and runs histories with seeds from `seed` on, until one is wrong or `isEnough`, asked before each, says so. */
export async function search(
  seed: number,
  isEnough: (histories: number, searched: Searched) => boolean,
): Promise<Found> {
  const found = { histories: 0, commands: 0, merges: 0, faults: 0 };
  while (!isEnough(found.histories, found)) {
    const historySeed = seed + found.histories;
    const { outcome, plan } = await runDrawn(historySeed);
    found.histories += 1;
    found.commands += outcome.steps.length;
    found.merges += outcome.told.filter(({ mergeId }) => mergeId !== undefined).length;
    found.faults += plan.fates.size;
    if (outcome.broken.length > 0) {
      const shortest = await shrink(plan, outcome);
      const replay = `MERGE_SEED=${historySeed} MERGE_HISTORIES=1 npx vitest run test/merges/explorer/merge-histories.test`;
      return { ...found, failure: `${replay}\n${describeHistory(shortest)}` };
    }
  }
  return { ...found, failure: null };
}

const shrinkRunsMax = 400;

/** Leaves out actors, faults and changes of hands as long as something stays wrong. */
export async function shrink(plan: Plan, outcome: Outcome): Promise<Outcome> {
  let best = { plan, outcome };
  for (let runs = 0, isShorter = true; isShorter && runs < shrinkRunsMax; ) {
    isShorter = false;
    for (const candidate of shorterPlans(best.plan)) {
      runs += 1;
      if (runs > shrinkRunsMax) break;
      const tried = await runPlan(candidate);
      if (tried.broken.length === 0) continue;
      best = { plan: candidate, outcome: tried };
      isShorter = true;
      break;
    }
  }
  return best.outcome;
}

function* shorterPlans(plan: Plan): Iterable<Plan> {
  for (const actor of plan.wishes.keys()) {
    if (plan.wishes.length === 1) break;
    yield {
      ...plan,
      wishes: plan.wishes.filter((_, index) => index !== actor),
      turns: plan.turns.filter((turn) => turn !== actor).map((turn) => (turn > actor ? turn - 1 : turn)),
    };
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
