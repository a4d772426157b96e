import { describeHistory, type Outcome, runHistory } from './history.js';
import type { Choice, Fate, Pending } from './scheduler.js';
import type { Told, Wish } from './wishes.js';

/** One part of a forced schedule: an actor goes on until it is about to send a command, or to its end. */
export interface Move {
  readonly actor: number;
  /** `name collection` of the command before which it stops; null: to the end. */
  readonly command: string | null;
  /** Carries the command out with this fate instead of stopping before it. */
  readonly fate: Fate | null;
  /** Which of the commands of that name since the move began, from 1. */
  readonly nth: number;
}

/** The actor goes on and stops before a command (`update profiles`, `commitTransaction`), the nth of that name. */
export function until(actor: number, command: string, nth = 1): Move {
  return { actor, command, fate: null, nth };
}

/** The actor goes on to a command, which meets a fate. */
export function strike(actor: number, command: string, fate: Fate, nth = 1): Move {
  return { actor, command, fate, nth };
}

/** The actor goes on to its end. */
export function finish(actor: number): Move {
  return { actor, command: null, fate: null, nth: 1 };
}

/**
 * Runs wishes under exactly one schedule; when the moves are over, everybody goes on to the end, in order.
 * @throws Error when a command that a move names is never sent: the schedule would not be the one that was meant.
 */
export async function runSchedule(wishes: readonly Wish[], moves: readonly Move[]): Promise<Outcome> {
  const script = new Script(moves);
  const outcome = await runHistory(wishes, () => (ready) => script.choose(ready));
  if (script.missed !== null) throw new Error(`${script.missed} was never sent\n${describeHistory(outcome)}`);
  return outcome;
}

/** How each actor was answered, by actor. */
export function answers({ wishes, told }: Outcome): (Told | undefined)[] {
  return wishes.map((wish) => told.find((each) => each.wish === wish));
}

const nameOf = ({ command }: Pending): string => [command.name, command.collection].join(' ').trim();

class Script {
  missed: string | null = null;
  readonly #moves: Move[];
  #seen = 0;

  constructor(moves: readonly Move[]) {
    this.#moves = [...moves];
  }

  choose(ready: readonly Pending[]): Choice {
    for (;;) {
      const [move] = this.#moves;
      if (move === undefined) return ok(ready.find(({ actor }) => actor === least(ready)) as Pending);
      const own = ready.filter(({ actor }) => actor === move.actor);
      const named = own.find((pending) => nameOf(pending) === move.command);
      if (named !== undefined && this.#seen + 1 >= move.nth) {
        this.#next();
        if (move.fate !== null) return { pending: named, fate: move.fate };
        continue;
      }
      const [first] = own;
      if (first !== undefined) {
        if (named === first) this.#seen += 1;
        return ok(first);
      }
      if (move.command !== null) this.missed ??= `actor ${move.actor}: ${move.command}`;
      this.#next();
    }
  }

  #next(): void {
    this.#moves.shift();
    this.#seen = 0;
  }
}

function least(ready: readonly Pending[]): number {
  return Math.min(...ready.map(({ actor }) => actor));
}

function ok(pending: Pending): Choice {
  return { pending, fate: 'ok' };
}
