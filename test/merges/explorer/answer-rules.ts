import type { ClaimRow } from '../../../src/claims/claim.js';
import { identityClaimId } from '../../../src/claims/claim.js';
import { accountsOf, type ProfileRow } from '../../../src/profiles/profile.js';
import type { WalletRow } from '../../../src/wallet/wallet.js';
import type { Change, DoubleStore } from './double-store.js';
import { type Name, names, type SmallWorld } from './explorer-world.js';
import { brokenHold } from './hold-rules.js';
import type { HoldRow } from './points-hold.js';
import { type BrandState, brokenRules } from './state-rules.js';
import type { Shown, Told, Wish } from './wishes.js';

/** The states of a history, from before its first commit to after its last. */
export class Timeline {
  readonly states: readonly BrandState[];
  readonly final: BrandState;
  readonly #commits: readonly (readonly Change[])[];
  readonly #people: SmallWorld['people'];

  constructor(before: DoubleStore, commits: readonly (readonly Change[])[], people: SmallWorld['people']) {
    const rowsOf = <Row>(collection: string) =>
      new Map(before.all(collection).map((doc) => [doc._id, doc as unknown as Row]));
    const first: BrandState = {
      profiles: rowsOf<ProfileRow>('profiles'),
      claims: rowsOf<ClaimRow>('claims'),
      holds: rowsOf<HoldRow>('holds'),
      wallets: rowsOf<WalletRow>('wallets'),
    };
    const states = [first];
    for (const changes of commits) states.push(next(states.at(-1) as BrandState, changes));
    this.states = states;
    this.#commits = commits;
    this.final = states.at(-1) as BrandState;
    this.#people = people;
  }

  /**
   * States that commits between two moments lead to when some of them are taken to have come later: commits that write no
   * document in common have no order. Each state holds, with a commit, all that came before it on one of its documents.
   */
  *cuts(from: number, to: number): Generator<BrandState> {
    const between = this.#commits.slice(from, to).filter((changes) => changes.some(isOfProfileOrClaim));
    const written = between.map((changes) => new Set(changes.map(({ collection, id }) => `${collection} ${id}`)));
    const blockers = written.map((ids, at) =>
      written.flatMap((earlier, before) => (before < at && [...earlier].some((id) => ids.has(id)) ? [before] : [])),
    );
    for (let taken = 0; taken < 2 ** between.length; taken += 1) {
      const has = (at: number): boolean => Math.floor(taken / 2 ** at) % 2 === 1;
      if (blockers.some((earlier, at) => has(at) && !earlier.every(has))) continue;
      yield between.filter((_, at) => has(at)).reduce(next, this.states[from] as BrandState);
    }
  }

  /** Id, and account of birth, of a person. */
  idOf(name: Name | 'E'): string {
    return this.#people[name]._id;
  }

  /** The live profile that a person's id leads to in a state. */
  live(state: BrandState, name: Name | 'E'): ProfileRow | undefined {
    const row = state.profiles.get(this.#people[name]._id);
    return ownerIn(state, row);
  }

  /**
   * The live profiles that a person's first card may lead to in a state: the card may have been removed, and made
   * another's by a sale, at any moment of a look-up. Only merges are seen wholly or not at all.
   */
  holders(state: BrandState, during: readonly BrandState[], name: Name | 'E'): (ProfileRow | undefined)[] {
    const claimId = identityClaimId('loyalty-card', `CARD-${name}`);
    const born = new Set(during.flatMap(({ claims }) => claims.get(claimId)?.profileId ?? []));
    return [...born].map((id) => ownerIn(state, state.profiles.get(id)));
  }
}

function isOfProfileOrClaim({ collection }: Change): boolean {
  return collection === 'profiles' || collection === 'claims';
}

function ownerIn(state: BrandState, row: ProfileRow | undefined): ProfileRow | undefined {
  return row?.state === 'MERGED' ? state.profiles.get(row.mergedInto ?? '') : row;
}

/** Collections that make up a state. */
const stateful = ['profiles', 'claims', 'holds', 'wallets'] as const;

function next(before: BrandState, changes: readonly Change[]): BrandState {
  const touched = stateful.filter((name) => changes.some(({ collection }) => collection === name));
  if (touched.length === 0) return before;
  const state: Record<string, ReadonlyMap<string, unknown>> = { ...before };
  for (const name of touched) {
    const rows = new Map<string, unknown>(before[name]);
    for (const { collection, id, after } of changes) {
      if (collection !== name) continue;
      if (after === null) rows.delete(id);
      else rows.set(id, after);
    }
    state[name] = rows;
  }
  return state as unknown as BrandState;
}

/** What contradicts the answers that actors were given, against every state the brand went through. */
export function brokenAnswers(
  timeline: Timeline,
  wishes: readonly Wish[],
  told: readonly Told[],
  store: DoubleStore,
): string[] {
  return [
    ...new Set([...new Set(timeline.states)].flatMap((state) => brokenRules(state))),
    ...brokenTags(timeline),
    ...told.flatMap((each) => brokenAnswer(each, timeline, store)),
    ...brokenMerges(wishes, told, store),
    ...brokenRepeats(told),
  ];
}

/** Nobody takes tags away here: each stays with the person it was given to. */
function brokenTags(timeline: Timeline): string[] {
  return ([...names, 'E'] as const)
    .filter((name) => timeline.live(timeline.final, name)?.tags?.includes(`of-${name}`) !== true)
    .map((name) => `lost update: the tag of ${name} is gone`);
}

/** What a client may be told when databases fail or rivals stay faster. */
const waitCodes: ReadonlySet<string> = new Set(['RETRY', 'BRAND_TIMEOUT', 'BRAND_UNAVAILABLE']);

function brokenAnswer(told: Told, timeline: Timeline, store: DoubleStore): string[] {
  const { wish, end, codes } = told;
  if (end === 'FAILED' && !codes.every((code) => waitCodes.has(code)))
    return [`${wish.kind} failed with ${codes.join()}`];
  if (wish.kind === 'read') return end === 'DONE' ? brokenRead(told, timeline) : [];
  if (wish.kind === 'hold') return brokenHold(told, store);
  if (wish.kind === 'sale') {
    const count = store.all('transactions').filter((row) => row['externalId'] === wish.number).length;
    return count === 1 || (end !== 'DONE' && count === 0)
      ? []
      : [`I2: the sale ${wish.number} is there ${count} times`];
  }
  if (end !== 'DONE') return [];
  if (wish.kind === 'tag') {
    const isThere = ([...names, 'E'] as const).some((name) =>
      timeline.live(timeline.final, name)?.tags?.includes(wish.tag),
    );
    return isThere ? [] : [`lost update: the tag ${wish.tag} was written and is gone`];
  }
  if (wish.kind === 'add identity') {
    const isThere = timeline.final.claims.has(identityClaimId('loyalty-card', wish.identifier));
    return isThere ? [] : [`I3: the identity ${wish.identifier} was added and is gone`];
  }
  return [];
}

/** A read sees each merge wholly or not at all, in an order that happened where merges meet, and every row once. */
function brokenRead({ wish, shown, from, to }: Told, timeline: Timeline): string[] {
  if (shown === undefined) return [];
  const during = timeline.states.slice(from, to + 1);
  const isByCard = wish.kind === 'read' && wish.by === 'card';
  const rowsOf = (state: BrandState, name: Name): (ProfileRow | undefined)[] =>
    isByCard ? timeline.holders(state, during, name) : [timeline.live(state, name)];
  const families = familiesIn(timeline, during).map((family) => shown.views.filter(([name]) => family.has(name)));
  const isSnapshot = families.every((views) => during.some((state) => isView(views, state, rowsOf)));
  // People of whom the reader learnt apart may have become one family only after it had seen them.
  if (!isSnapshot && ![...timeline.cuts(from, to)].some((state) => isView(shown.views, state, rowsOf))) {
    return ['I6: a reader saw two moments at once'];
  }
  const broken = [shown.sales, shown.identities].flatMap((list) =>
    new Set(list).size === list.length ? [] : ['I2: a reader saw a row twice'],
  );
  const owned = new Set(shown.views.flatMap(([, , accounts]) => accounts));
  for (const [at, name] of names.entries()) {
    if (!owned.has(timeline.idOf(name))) continue;
    for (const sale of [0, 1]) {
      if (!shown.sales.includes(`${name}-${sale}`)) broken.push(`I2: a reader missed the sale ${name}-${sale}`);
    }
    if (Math.floor(shown.points / 10 ** (at + 1)) % 10 !== 1)
      broken.push(`I1: a reader missed or doubled points of ${name}`);
  }
  return broken;
}

/** People whom merges of this time join in any state: a read of several families is no snapshot, a read of one is. */
function familiesIn(timeline: Timeline, during: readonly BrandState[]): ReadonlySet<Name>[] {
  let families = names.map((name) => new Set<Name>([name]));
  for (const state of during) {
    const byOwner = new Map<string | undefined, Set<Name>>();
    for (const name of names) {
      const own = families.find((family) => family.has(name)) as Set<Name>;
      const owner = timeline.live(state, name)?._id;
      const joined = byOwner.get(owner);
      if (owner === undefined || joined === undefined || joined === own) byOwner.set(owner, own);
      else {
        for (const each of own) joined.add(each);
        families = families.filter((family) => family !== own);
        for (const [key, family] of byOwner) if (family === own) byOwner.set(key, joined);
      }
    }
  }
  return families;
}

function isView(
  views: Shown['views'],
  state: BrandState,
  rowsOf: (state: BrandState, name: Name) => (ProfileRow | undefined)[],
): boolean {
  return views.every(([name, id, accounts]) => {
    if (id === null) return true;
    return rowsOf(state, name).some((row) => row?._id === id && accountsOf(row).join() === accounts.join());
  });
}

/** Each merge that was answered is there, once per intent; nothing is there that nobody asked for. */
function brokenMerges(wishes: readonly Wish[], told: readonly Told[], store: DoubleStore): string[] {
  const mergeIds = new Set(store.commits.flatMap((changes) => newIn(changes, 'merges')));
  const broken: string[] = [];
  const intents = new Map<string, Set<string>>();
  for (const { wish, end, mergeId } of told) {
    if (wish.kind !== 'merge' || end !== 'DONE') continue;
    if (mergeId === undefined || !mergeIds.has(mergeId)) broken.push('I8: a merge was answered and is not there');
    else intents.set(wish.key, (intents.get(wish.key) ?? new Set()).add(mergeId));
  }
  const asked = new Set(wishes.flatMap((wish) => (wish.kind === 'merge' ? [wish.key] : [])));
  if (mergeIds.size > asked.size) broken.push(`I8: ${mergeIds.size} merges for ${asked.size} intents`);
  for (const [key, ids] of intents)
    if (ids.size > 1) broken.push(`I8: one intent, ${key}, was answered with two merges`);
  return broken;
}

function newIn(changes: readonly Change[], collection: string): string[] {
  return changes.flatMap((change) => (change.collection === collection && change.before === null ? [change.id] : []));
}

/** Two calls with one key and one body: once one is done, the other is not told that it cannot be done. */
function brokenRepeats(told: readonly Told[]): string[] {
  return told
    .filter((refused) => {
      const { end, codes, sent } = refused;
      if (sent === undefined || end !== 'REFUSED' || codes.includes('MERGE_IN_PROGRESS')) return false;
      const twin = told.find((each) => each.sent === sent && each.end === 'DONE');
      return twin !== undefined && twin.to <= refused.to;
    })
    .map(({ sent, codes }) => `R4: ${sent} was carried out, and its twin was refused with ${codes.join()}`);
}
