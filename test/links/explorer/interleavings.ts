import type { Fate, Pending } from '../../merges/explorer/scheduler.js';
import { describeHistory, type LinkChoice, type LinkOutcome, runHistory } from './link-history.js';
import type { LinkStep } from './link-steps.js';
import { linkWorld, type Stage, type WorldKind } from './link-world.js';

/** What is searched through: a few actors at a stage of a world. */
export interface Meeting {
  readonly kind: WorldKind;
  readonly stage: Stage;
  readonly actors: readonly (readonly LinkStep[])[];
}

/** How far the search goes. */
export interface Bounds {
  /** Changes of hands while an actor could go on. */
  readonly preemptionsMax: number;
  /** What may become of one command of a history, at most. */
  readonly fates: readonly LinkChoice['fate'][];
  readonly runsMax: number;
}

/** What a search has been through. */
export interface Met {
  readonly runs: number;
  /** Whether nothing within the bounds was left. */
  readonly isComplete: boolean;
  readonly failure: string | null;
}

/** Where a run leaves the way of least change: positions of commands, before which hands change or which meet a fate. */
interface Detour {
  readonly first: number;
  readonly switches: readonly number[];
  readonly struck: { readonly at: number; readonly fate: LinkChoice['fate'] } | null;
}

/** What a run could have done at one of its positions. */
interface Crossing {
  readonly at: number;
  readonly isSwitch: boolean;
  readonly fates: readonly LinkChoice['fate'][];
}

/** Rows with ids that nobody else draws: when they are written makes no difference to anybody. */
const ownRows: ReadonlySet<string> = new Set([
  'audit',
  'outbox',
  'consentEvents',
  'receipts',
  'mailbox',
  'activations',
]);

function isSilent({ command }: Pending): boolean {
  return command.isLocal || (command.name === 'insert' && ownRows.has(command.collection));
}

/**
 * Goes through every order of the commands of some actors with few pre-emptions, beginning with each of them, and with at
 * most one failure. Every history is settled and checked to its end.
 */
export async function exhaustMeeting(meeting: Meeting, bounds: Bounds): Promise<Met> {
  const open: Detour[] = meeting.actors.map((_, first) => ({ first, switches: [], struck: null }));
  let runs = 0;
  for (let detour = open.pop(); detour !== undefined; detour = open.pop()) {
    if (runs >= bounds.runsMax) return { runs, isComplete: false, failure: null };
    runs += 1;
    const crossings: Crossing[] = [];
    const outcome = await runDetour(meeting, detour, bounds, crossings);
    if (outcome.broken.length > 0) {
      const where = `${meeting.kind}, ${meeting.stage}, ${JSON.stringify(detour)}`;
      return { runs, isComplete: false, failure: `${where}\n${describeHistory(outcome)}` };
    }
    open.push(...furtherDetours(detour, bounds, crossings));
  }
  return { runs, isComplete: true, failure: null };
}

/** What follows from a run: one more change of hands, or one failure, later than those that it had. */
function furtherDetours(detour: Detour, bounds: Bounds, crossings: readonly Crossing[]): Detour[] {
  const last = Math.max(detour.switches.at(-1) ?? -1, detour.struck?.at ?? -1);
  const later = crossings.filter(({ at }) => at > last);
  const switched = later
    .filter(({ isSwitch }) => isSwitch && detour.switches.length < bounds.preemptionsMax)
    .map(({ at }) => ({ ...detour, switches: [...detour.switches, at] }));
  const struck =
    detour.struck !== null
      ? []
      : later.flatMap(({ at, fates }) => fates.map((fate) => ({ ...detour, struck: { at, fate } })));
  return [...switched, ...struck];
}

async function runDetour(
  { kind, stage, actors }: Meeting,
  { first, switches, struck }: Detour,
  bounds: Bounds,
  crossings: Crossing[],
): Promise<LinkOutcome> {
  let current = first;
  return runHistory(await linkWorld(kind, stage), actors, (ready, steps) => {
    const at = steps.length;
    const own = ready.find(({ actor }) => actor === current);
    const other = ready.find(({ actor }) => actor !== current);
    // Whoever met a row that another holds waits for him: he would only meet it again.
    const isHeld = steps.at(-1)?.actor === current && /WriteConflict/.test(String(steps.at(-1)?.answer));
    const isSwitched = other !== undefined && (own === undefined || isHeld || switches.includes(at));
    const pending = (isSwitched ? other : own) as Pending;
    current = pending.actor;
    const fates = bounds.fates.filter((fate) => fits(pending, fate));
    crossings.push({ at, isSwitch: own !== undefined && other !== undefined && !isHeld && !isSilent(own), fates });
    return { pending, fate: struck?.at === at ? struck.fate : 'ok' };
  });
}

/**
 * Failures of commands that change something: a read that fails is asked once more, and of a transaction that was not
 * committed nothing is left, wherever it ended.
 */
function fits({ command }: Pending, fate: LinkChoice['fate']): boolean {
  const isInside = command.name !== 'commitTransaction' && command.fates.includes('transient');
  if (command.isLocal || command.writes.length === 0 || isInside) return false;
  return fate === 'dies before' || fate === 'dies after' || command.fates.includes(fate as Fate);
}

const key = (who: string): string => `meeting-of-${who.replace(/ /g, '-')}`;

/** The alphabet of two actors, each with keys of its own. */
function letter(name: LetterName, who: string): readonly LinkStep[] {
  if (name !== 'withdraw, work') return [letterOf(name, who)];
  return [letterOf('withdraw', who), { kind: 'wait' }, { kind: 'work', effectsMax: null }];
}

function letterOf(name: Exclude<LetterName, 'withdraw, work'>, who: string): LinkStep {
  switch (name) {
    case 'enrol':
      return { kind: 'enrol', of: 'P', key: key(`${name} ${who}`), attributes: null };
    case 'work':
      return { kind: 'work', effectsMax: null };
    case 'activate':
    case 'decline':
      return { kind: name, link: 'newest' };
    case 'expire':
      return { kind: 'expire' };
    case 'withdraw':
      return { kind: 'withdraw', link: 'newest', copies: 'ERASE_UNTOUCHED', key: key(`${name} ${who}`) };
    case 'merge in A':
      return { kind: name, loser: 'P', key: key(`${name} ${who}`) };
    case 'merge in B':
      return { kind: name, loser: 'member', key: key(`${name} ${who}`) };
    case 'own sign-up':
      return { kind: name, key: key(`${name} ${who}`) };
    case 'read':
      return { kind: 'read', from: 'A' };
  }
}

/** What meets: the nine steps of the alphabet, a reader, and a withdrawal with all work taken over and done. */
export const letterNames = [
  ...(['enrol', 'work', 'activate', 'decline', 'expire', 'withdraw', 'merge in A', 'merge in B'] as const),
  ...(['own sign-up', 'read', 'withdraw, work'] as const),
] as const;
/** One of them. */
export type LetterName = (typeof letterNames)[number];

/** Stages at which each step has something to do: a pair meets where both have. */
const fitting: Readonly<Record<LetterName, readonly Stage[]>> = {
  enrol: ['fresh', 'withdrawn'],
  work: ['enrolled', 'accepted', 'withdrawn'],
  activate: ['invited'],
  decline: ['invited'],
  expire: ['enrolled', 'invited'],
  withdraw: ['enrolled', 'invited', 'accepted', 'active'],
  'withdraw, work': ['enrolled', 'accepted', 'active'],
  'merge in A': ['fresh', 'enrolled', 'invited', 'accepted', 'active', 'withdrawn'],
  'merge in B': ['active', 'withdrawn'],
  'own sign-up': ['fresh', 'enrolled', 'invited'],
  read: ['accepted', 'active'],
};

/** Every pair of steps, a step with itself included, at the stages that fit both; at those of either when none fits both. */
export function everyPair(kind: WorldKind): (Meeting & { readonly name: string })[] {
  return letterNames.flatMap((one, at) =>
    letterNames.slice(at).flatMap((other) => {
      if (one === 'read' && other === 'read') return [];
      const both = fitting[one].filter((stage) => fitting[other].includes(stage));
      const stages = both.length > 0 ? both : [fitting[one].at(-1) as Stage, fitting[other].at(-1) as Stage];
      return [...new Set(stages)].map((stage) => ({
        name: `${one} with ${other}, ${stage}`,
        kind,
        stage,
        actors: [letter(one, 'one'), letter(other, 'other')],
      }));
    }),
  );
}
