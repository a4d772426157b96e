import type { Doc } from './double-query.js';
import type { DoubleStore } from './double-store.js';
import { describeHistory, runHistory } from './history.js';
import type { Chooser, Command, Fate, Pending, Step } from './scheduler.js';
import type { Wish } from './wishes.js';

/** What an exhaustive search has been through. */
export interface Exhausted {
  readonly runs: number;
  readonly states: number;
  /** Whether nothing was left; false when the limit of runs was reached. */
  readonly isComplete: boolean;
  readonly failure: string | null;
}

/** What is searched through. */
export interface Question {
  readonly wishes: readonly Wish[];
  /** Fates of commits that may strike, at most once in a history. */
  readonly commitFates: readonly Fate[];
  readonly runsMax: number;
  /** Goes through commands that commute in both orders as well, to see that nothing is missed without. */
  readonly isThorough?: boolean;
}

/** Collections that nobody writes in these histories: reading them early or late is the same. */
const quiet: ReadonlySet<string> = new Set([
  'claims',
  'addresses',
  'transactions',
  'rewards',
  'wallets',
  'definitions',
  'links',
  'idempotency',
]);
/** Rows with ids that nobody else draws; `outbox` ids go with a version of the winner, whose row is held by then. */
const ownRows: ReadonlySet<string> = new Set(['merges', 'audit', 'outbox']);

/** Whether it makes no difference to anybody when this command comes. */
function isIndependent({ command }: Pending): boolean {
  if (command.isLocal) return true;
  if (command.name === 'insert') return ownRows.has(command.collection);
  return (
    (command.name === 'find' || command.name === 'aggregate') &&
    (quiet.has(command.collection) || command.collection === 'merges')
  );
}

interface Option {
  readonly actor: number;
  readonly fate: Fate;
  readonly command: Command;
}

/** Where a history branches off: what was taken so far, and what need not be taken again from there. */
interface Branch {
  readonly taken: readonly Option[];
  readonly asleep: readonly Option[];
}

const isEnd = ({ name }: Command): boolean => name === 'commitTransaction' || name === 'abortTransaction';

/**
 * Whether two commands of different actors come to the same in either order: an end of a transaction shows others what
 * was done and gives rows free, an update may take a row from another or undo its own transaction, and all else neither
 * shows nor takes anything but rows of its own.
 */
function doCommute(one: Option, other: Option): boolean {
  if (one.actor === other.actor || isEnd(one.command) || isEnd(other.command)) return false;
  if (one.command.name === 'update' && other.command.name === 'update') return false;
  return !other.command.writes.some((key) => one.command.writes.includes(key));
}

/**
 * Goes through every order of the commands that can make a difference, with at most one failing commit. States that were
 * seen before are not gone on from; whoever met a conflict goes on when a transaction has ended since, as repeating at
 * once only meets it again. Of orders that differ by commands that commute one is gone through (sleep sets with states
 * remembered: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996, §5). Every history is
 * checked as far as it goes.
 */
export async function exhaust({ wishes, commitFates, runsMax, isThorough }: Question): Promise<Exhausted> {
  const seen: Seen = new Map();
  const open: Branch[] = [{ taken: [], asleep: [] }];
  let runs = 0;
  while (open.length > 0 && runs < runsMax) {
    runs += 1;
    const walk = new Walk(open.pop() as Branch, { seen, open, commitFates, isThorough: isThorough === true });
    const outcome = await runHistory(wishes, ({ stores }) => walk.chooser(stores.brand));
    if (outcome.broken.length > 0) {
      return { runs, states: seen.size, isComplete: false, failure: describeHistory(outcome) };
    }
  }
  return { runs, states: seen.size, isComplete: open.length === 0, failure: null };
}

/** States by what was left out there; a state met again is gone on from by that, as far as it is not left out again. */
type Seen = Map<string, ReadonlySet<string>>;

/** What all histories of a search have in common. */
interface Search {
  readonly seen: Seen;
  readonly open: Branch[];
  readonly commitFates: readonly Fate[];
  readonly isThorough: boolean;
}

const nameOf = ({ actor, fate }: Option): string => `${actor} ${fate}`;

class Walk {
  readonly #prefix: readonly Option[];
  readonly #search: Search;
  readonly #taken: Option[] = [];
  readonly #memory = new Map<number, number>();
  #asleep: readonly Option[];
  #noted = 0;

  constructor({ taken, asleep }: Branch, search: Search) {
    this.#prefix = taken;
    this.#asleep = asleep;
    this.#search = search;
  }

  chooser(store: DoubleStore): Chooser {
    const digests = [digestOf(store)];
    return (ready, steps) => {
      if (digests.length <= store.now) digests[store.now] = digestOf(store);
      this.#remember(steps, digests);
      const free = ready.find(isIndependent);
      if (free !== undefined) return { pending: free, fate: 'ok' };
      const decision = this.#taken.length;
      const known = this.#prefix[decision];
      if (known !== undefined) return this.#take(ready, known);
      const next = this.#branch(this.#keyOf(store, digests, ready), this.#optionsOf(eager(ready, steps)));
      return next === null ? null : this.#take(ready, next);
    };
  }

  /** The option to go on with; the others are left for later. Null when all were taken in another order. */
  #branch(key: string, options: readonly Option[]): Option | null {
    const asleep = this.#asleep;
    const { seen, open, isThorough } = this.#search;
    const isAsleep = (option: Option): boolean => asleep.some((each) => nameOf(each) === nameOf(option));
    const leftOut = seen.get(key);
    const wanted = options.filter((option) => leftOut?.has(nameOf(option)) !== false && !isAsleep(option));
    const stillOut = asleep.map(nameOf).filter((name) => leftOut?.has(name) !== false);
    seen.set(key, new Set(stillOut));
    const branches = wanted.map((option, at) => ({
      taken: [...this.#taken, option],
      asleep: [...asleep, ...wanted.slice(0, at)].filter((each) => !isThorough && doCommute(each, option)),
    }));
    const [first, ...others] = branches;
    // The last comes first: what was slept on has been gone through by then.
    open.push(...others.reverse());
    this.#asleep = first?.asleep ?? [];
    return wanted[0] ?? null;
  }

  #take(ready: readonly Pending[], option: Option): { pending: Pending; fate: Fate } {
    this.#taken.push(option);
    const pending = ready.find(({ actor }) => actor === option.actor);
    if (pending === undefined) throw new Error('A history did not repeat itself');
    return { pending, fate: option.fate };
  }

  #optionsOf(ready: readonly Pending[]): Option[] {
    const mayFail = this.#taken.every(({ fate }) => fate === 'ok');
    return ready.flatMap(({ actor, command }) => {
      const fates = mayFail && command.name === 'commitTransaction' ? this.#search.commitFates : [];
      return [{ actor, fate: 'ok' as const, command }, ...fates.map((fate) => ({ actor, fate, command }))];
    });
  }

  /** Actors depend on nothing but the answers they were given, in their order. */
  #remember(steps: readonly Step[], digests: readonly number[]): void {
    for (; this.#noted < steps.length; this.#noted += 1) {
      const { actor, command, fate, answer } = steps[this.#noted] as Step;
      const said = answer instanceof Error ? answer.message : JSON.stringify(answer, withoutSeals);
      const moment = command.name === 'start' ? digests.at(-1) : '';
      const text = `${this.#memory.get(actor)} ${command.name} ${command.collection} ${fate} ${moment} ${said}`;
      this.#memory.set(actor, hashOf(text));
    }
  }

  #keyOf(store: DoubleStore, digests: readonly number[], ready: readonly Pending[]): string {
    const transactions = store.openTransactions().map(({ snapshot, writes }) => {
      const written = [...writes].map(([key, { after }]) => `${key}=${after === null ? 0 : digestOfDoc(after)}`);
      return `${digests[snapshot as number]}:${written.sort().join()}`;
    });
    const actors = [...this.#memory].sort(([a], [b]) => a - b).map((entry) => entry.join('='));
    const pending = ready.map(({ actor, command }) => `${actor}${command.name}`).sort();
    const failed = this.#taken.some(({ fate }) => fate !== 'ok');
    return [digests.at(-1), transactions.sort().join('|'), actors.join(), pending.join(), failed].join(' ');
  }
}

/** Without those who met a conflict when no transaction has ended since, unless nobody else is left. */
function eager(ready: readonly Pending[], steps: readonly Step[]): readonly Pending[] {
  const lastEnd = steps.findLastIndex(({ command }) => /commit|abort/.test(command.name));
  const patient = ready.filter(({ actor }) => {
    const conflict = steps.findLastIndex((step) => step.actor === actor && step.answer instanceof Error);
    return conflict < 0 || conflict < lastEnd || !/WriteConflict/.test(String(steps[conflict]?.answer));
  });
  return patient.length === 0 ? ready : patient;
}

/** Seals differ with every run and say the same. */
function withoutSeals(key: string, value: unknown): unknown {
  return key === 'snapshot' ? undefined : value;
}

const docDigests = new WeakMap<Doc, number>();

function digestOfDoc(doc: Doc): number {
  const known = docDigests.get(doc);
  if (known !== undefined) return known;
  const digest = hashOf(JSON.stringify(doc, withoutSeals));
  docDigests.set(doc, digest);
  return digest;
}

/** The same for the same documents, whatever order they were written in. */
function digestOf(store: DoubleStore): number {
  let sum = 0;
  for (const [collection, doc] of store.everything())
    sum = (sum + hashOf(`${collection}${digestOfDoc(doc)}`)) % 2 ** 50;
  return sum;
}

/** 52 bits of a text (two rounds of FNV-1a with different seeds): states are told apart by it. */
function hashOf(text: string): number {
  let [low, high] = [0x811c_9dc5, 0x1234_5678];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x0100_0193);
    high = Math.imul(high ^ code, 0x0100_01b3);
  }
  return (low >>> 0) * 2 ** 20 + ((high >>> 0) & 0xf_ffff);
}
