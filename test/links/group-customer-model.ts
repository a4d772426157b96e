import type { OperationContext } from '../../src/access/context.js';
import { type SeededRandom, seededRandom } from '../../src/kernel/random.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import type { TestGroup } from '../support/group.js';
import { aLink, aPage, brandToken, type Customer, CustomerWorld, idsOf, withdrawal } from './group-customer-world.js';

const handles = ['alder', 'hearth', 'wren'];

/** What a naive reader knows of a world: everybody's profile and every link, in memory. */
interface Model {
  readonly customers: Customer[];
  /** Where a merge has led. */
  readonly heirs: Map<string, string>;
  readonly links: Map<string, LinkRow>;
  minute: number;
  readonly group: TestGroup;
  readonly world: CustomerWorld;
}

const at = (minute: number) => new Date(Date.UTC(2026, 3, 1, 9, minute));

function heirOf(model: Model, id: string): string {
  const heir = model.heirs.get(id);
  return heir === undefined ? id : heirOf(model, heir);
}

/** Open links of a profile: the brand and the profile that each leads to. */
function ways(model: Model, id: string): { brand: string; id: string }[] {
  const found: { brand: string; id: string }[] = [];
  for (const { state, a, b, consent } of model.links.values()) {
    if (state !== 'ACTIVE' || consent.purposes[0]?.code !== 'group-service') continue;
    const from = heirOf(model, a.accountId);
    const to = heirOf(model, b.accountId ?? '');
    if (from === id) found.push({ brand: b.brand, id: to });
    if (to === id) found.push({ brand: a.brand, id: from });
  }
  return found;
}

/** Everybody who belongs in a list, by the profile looked from. */
function expected(model: Model, brands: readonly string[], isGroup: boolean): Map<string, string[]> {
  const people = new Map<string, string[]>();
  for (const start of model.customers) {
    if (start.brand !== brands[0] || model.heirs.has(start._id)) continue;
    const met = new Map([[start.brand, start._id]]);
    let edge = [start._id];
    for (let round = 0; round < (isGroup ? 3 : 1); round += 1) {
      const next = edge.flatMap((id) => ways(model, id)).filter((way) => !met.has(way.brand));
      for (const { brand, id } of next) met.set(brand, id);
      edge = next.map(({ id }) => id);
    }
    if (brands.every((brand) => met.has(brand))) people.set(start._id, [...met.values()].sort());
  }
  return people;
}

/** Links two customers at random: one live link per profile and brand, as slots see to it. */
function aRandomLink(model: Model, random: SeededRandom): LinkRow | null {
  const from = random.pick(model.customers);
  const to = random.pick(model.customers.filter(({ brand }) => brand !== from.brand));
  const isTaken = (id: string, brand: string): boolean =>
    [...model.links.values()].some(
      ({ state, a, b }) =>
        state === 'ACTIVE' &&
        ((heirOf(model, a.accountId) === heirOf(model, id) && b.brand === brand) ||
          (heirOf(model, b.accountId ?? '') === heirOf(model, id) && a.brand === brand)),
    );
  if (isTaken(from._id, to.brand) || isTaken(to._id, from.brand)) return null;
  // Several at one instant: the place in the list must not hang on the time alone.
  model.minute += random.below(2);
  const link = aLink(from, to, at(model.minute), { _id: random.uuid() });
  const { activatedAt: _never, ...never } = { ...link, b: { brand: to.brand, profileId: to._id } };
  const kind = random.next();
  if (kind < 0.1) return { ...never, state: 'PENDING_ACTIVATION', ends: link.ends.slice(0, 1) };
  if (kind < 0.25) return { ...link, state: 'WITHDRAWN' };
  if (kind > 0.9) return { ...link, consent: { ...link.consent, purposes: [{ code: 'marketing', text: '' }] } };
  return link;
}

async function mergeTwo(model: Model, random: SeededRandom): Promise<string[]> {
  const winner = random.pick(model.customers);
  const loser = random.pick(model.customers.filter(({ brand }) => brand === winner.brand));
  if (winner === loser || model.heirs.has(winner._id) || model.heirs.has(loser._id)) return [];
  const brandsOf = (id: string) => ways(model, id).map(({ brand }) => brand);
  const held = new Set(
    [...model.links.values()].flatMap(({ state, a, b }) => {
      if (state !== 'ACTIVE') return [];
      if (heirOf(model, a.accountId) === winner._id) return [b.brand];
      return heirOf(model, b.accountId ?? '') === winner._id ? [a.brand] : [];
    }),
  );
  const isConflict = [...model.links.values()].some(
    ({ state, a, b }) =>
      state === 'ACTIVE' &&
      ((heirOf(model, a.accountId) === loser._id && held.has(b.brand)) ||
        (heirOf(model, b.accountId ?? '') === loser._id && held.has(a.brand))),
  );
  if (isConflict || brandsOf(winner._id).some((brand) => brandsOf(loser._id).includes(brand))) return [];
  model.heirs.set(loser._id, winner._id);
  await model.world.merge(winner, loser);
  return [winner._id, loser._id];
}

async function aRandomWorld(group: TestGroup, random: SeededRandom): Promise<Model> {
  const world = new CustomerWorld(group);
  await world.clear();
  const customers = (await Promise.all(handles.map((brand) => world.customers(brand, 9)))).flat();
  const model: Model = { customers, heirs: new Map(), links: new Map(), minute: 0, group, world };
  for (let count = 0; count < 3; count += 1) await mergeTwo(model, random);
  for (let count = 0; count < 45; count += 1) {
    const link = aRandomLink(model, random);
    if (link !== null) model.links.set(link._id, link);
  }
  await world.link(...model.links.values());
  for (let count = 0; count < 3; count += 1) await mergeTwo(model, random);
  return model;
}

/** What may happen between two pages. Gives the profiles that were merged. */
async function somethingHappens(model: Model, random: SeededRandom): Promise<string[]> {
  const kind = random.below(3);
  if (kind === 0) return mergeTwo(model, random);
  if (kind === 1) {
    const link = random.pick([...model.links.values()].filter(({ state }) => state === 'ACTIVE'));
    model.links.set(link._id, { ...link, state: 'WITHDRAWN' });
    await model.world.change(link._id, withdrawal);
    return [];
  }
  model.minute += 1;
  const link = aRandomLink(model, random);
  if (link === null) return [];
  model.links.set(link._id, link);
  await model.world.link(link);
  return [];
}

/** What is listed, by which token, in pages of which size. */
interface Listing {
  readonly brands: string[];
  readonly isGroup: boolean;
  readonly first: number;
}

function aListing(random: SeededRandom): Listing {
  const order = [...handles].sort(() => random.next() - 0.5);
  return {
    brands: order.slice(0, 2 + random.below(2)),
    isGroup: random.next() < 0.6,
    first: random.pick([1, 2, 3, 5, 100]),
  };
}

function contextOf(group: TestGroup, { isGroup }: Listing): OperationContext {
  return isGroup ? group.context() : brandToken(group, ...handles);
}

/** Reads a list to its end; `between` may change the world after each page. */
async function readAll(
  group: TestGroup,
  listing: Listing,
  onPage: (people: string[][]) => Promise<void>,
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const { brands, first } = listing;
    const page: Awaited<ReturnType<typeof aPage>> = await aPage(contextOf(group, listing), { brands, first, after });
    if (page.nodes.length > first) throw new Error('A page has more people than were asked for');
    await onPage(page.nodes.map(idsOf));
    if (!page.pageInfo.hasNextPage) return;
    after = page.pageInfo.endCursor;
  }
}

/** People as text, in an order of their own: what is compared does not hang on the order of rows. */
function asText(people: Iterable<readonly string[]>): string {
  return [...people]
    .map((ids) => [...ids].sort().join(' '))
    .sort()
    .join('\n');
}

/**
 * Lists random worlds that stand still. Gives back what is wrong: nothing when every list showed everybody who belongs
 * there exactly once, and the number of people shown.
 */
export async function searchStillWorlds(
  group: TestGroup,
  seed: number,
  size: { readonly worlds: number; readonly lists: number },
): Promise<{ wrong: string[]; people: number }> {
  const random = seededRandom(seed);
  const wrong: string[] = [];
  let people = 0;
  for (let round = 0; round < size.worlds; round += 1) {
    const model = await aRandomWorld(group, random);
    for (let count = 0; count < size.lists; count += 1) {
      const listing = aListing(random);
      const shown: string[][] = [];
      await readAll(group, listing, async (page) => void shown.push(...page));
      const wanted = expected(model, listing.brands, listing.isGroup);
      const isRight = asText(shown) === asText(wanted.values()) && shown.every(([start = '']) => wanted.has(start));
      if (!isRight) wrong.push(`world ${round}: ${JSON.stringify(listing)}`);
      people += shown.length;
    }
  }
  return { wrong, people };
}

/**
 * Lists random worlds in which something happens after every page. Gives back what is wrong: somebody shown otherwise
 * than they are, shown twice, or missed although they belonged there all along and were not merged.
 */
export async function searchChangingWorlds(group: TestGroup, seed: number, worlds: number): Promise<string[]> {
  const random = seededRandom(seed);
  const wrong: string[] = [];
  for (let round = 0; round < worlds; round += 1) {
    const model = await aRandomWorld(group, random);
    const listing = { ...aListing(random), first: 1 + random.below(2) };
    const belonging = () => expected(model, listing.brands, listing.isGroup);
    const say = (what: string) => wrong.push(`world ${round}: ${what} ${JSON.stringify(listing)}`);
    const shown: string[] = [];
    const touched = new Set<string>();
    let always = [...belonging().keys()];
    await readAll(group, listing, async (page) => {
      const now = belonging();
      for (const ids of page) {
        const [start = ''] = ids;
        if ([...ids].sort().join() !== now.get(start)?.join()) say('not as they are');
        if (shown.some((id) => heirOf(model, id) === start)) say('twice');
        shown.push(start);
      }
      for (const id of await somethingHappens(model, random)) touched.add(id);
      const still = belonging();
      always = always.filter((id) => still.has(id) && !touched.has(id));
    });
    if (always.some((id) => !shown.includes(id))) say('missed');
  }
  return wrong;
}
