import { brokenAnswers, Timeline } from './answer-rules.js';
import { brokenByCommit } from './commit-rules.js';
import { doubleGroup, type SmallWorld, smallWorld } from './explorer-world.js';
import { pursue } from './pursue.js';
import { type Chooser, Scheduler, type Step, StuckSchedule } from './scheduler.js';
import type { Means, Told, Wish } from './wishes.js';

/** One history and everything that was wrong with it; nothing, when all is well. */
export interface Outcome {
  readonly wishes: readonly Wish[];
  readonly told: readonly Told[];
  readonly steps: readonly Step[];
  readonly broken: readonly string[];
  readonly world: SmallWorld;
}

/** Lets actors pursue their wishes, one database command at a time in the order chosen, and checks all that happened. */
export async function runHistory(wishes: readonly Wish[], choose: (world: SmallWorld) => Chooser): Promise<Outcome> {
  const world = await smallWorld();
  const { stores, people } = world;
  const before = stores.brand.fork();
  const scheduler = new Scheduler();
  const told: Told[] = [];
  const reviewed: Means['reviewed'] = new Map();
  const actors = wishes.map((wish, actor) => async (): Promise<void> => {
    const group = doubleGroup(stores, (command) => scheduler.issue(actor, command));
    const aside = <T>(work: () => Promise<T>): Promise<T> => scheduler.unscheduled(actor, work);
    const isUntouched = (): boolean => stores.brand.now === 0 && stores.registry.now === 0;
    const { firstPlans } = world;
    told.push(await pursue(wish, { group, people, aside, store: stores.brand, reviewed, isUntouched, firstPlans }));
  });
  const broken: string[] = [];
  try {
    await scheduler.run(actors, choose(world));
  } catch (error) {
    // Whatever escapes an actor is a fault that nobody has given a code.
    broken.push(error instanceof StuckSchedule ? `I7: ${error.message}` : `escaped: ${String(error)}`);
  }
  const { commits } = stores.brand;
  broken.push(...commits.flatMap((changes) => brokenByCommit(changes)));
  broken.push(...brokenAnswers(new Timeline(before, commits, people), wishes, told, stores.brand));
  return { wishes, told, steps: scheduler.steps, broken, world };
}

/** A history for people: what was wanted, every command in its order, how it ended, and what is wrong. */
export function describeHistory({ wishes, told, steps, broken, world }: Outcome): string {
  const named = (text: string): string =>
    Object.entries(world.people).reduce((rest, [name, view]) => rest.replaceAll(view._id, name), text);
  const line = ({ actor, command, fate, answer }: Step): string => {
    const what = [command.name, command.collection, command.detail()].filter((part) => part !== '').join(' ');
    return `  ${actor}. ${what}${fate === 'ok' ? '' : ` [${fate}]`} → ${answerText(answer)}`;
  };
  return named(
    [
      ...wishes.map((wish, actor) => `actor ${actor}: ${JSON.stringify(wish)}`),
      ...steps.map(line),
      ...told.map(({ wish, end, codes }) => `told: ${JSON.stringify(wish)} ${end} ${codes.join()}`),
      ...broken.map((each) => `BROKEN ${each}`),
    ].join('\n'),
  );
}

function answerText(answer: unknown): string {
  if (answer instanceof Error) return answer.message;
  if (Array.isArray(answer)) return `${answer.length} row${answer.length === 1 ? '' : 's'}`;
  return answer === undefined || answer === null ? '' : JSON.stringify(answer);
}
