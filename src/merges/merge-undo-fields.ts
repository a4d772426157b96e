import { canonicalJson } from '../kernel/digest.js';
import {
  type AppearanceAttribute,
  type CustomAttribute,
  channels,
  type DateAttribute,
  type ProfileRow,
  type StoredChannel,
  type StoredComms,
} from '../profiles/profile.js';
import type { MergeSnapshot, StoredFields } from './merge-snapshot.js';

/** Values for some stored fields; undefined: the field goes. */
export type FieldValues = Readonly<Record<string, unknown>>;

/** Whether two stored values say the same; absent, null and an empty list all say nothing. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(blankAsNull(a)) === canonicalJson(blankAsNull(b));
}

function blankAsNull(value: unknown): unknown {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? null : value;
}

/** What the merge left in a field of the winner, whether it wrote it or let it be. */
export function leftByMerge({ before, after }: MergeSnapshot, name: string): unknown {
  return name in after ? after[name] : before[name];
}

/** Fields that other rules restore: what they name is unique, or hangs on an account. */
const restoredElsewhere: ReadonlySet<string> = new Set([
  'keys',
  'linkSlots',
  'email',
  'mobilePhone',
  'primaryIdentity',
  'defaultAddressId',
]);

/**
 * The winner's fields without what the merge wrote: one that nobody changed since becomes what it was, one that somebody
 * changed keeps the newer value. Lists are decided entry by entry. `kept` names the fields with a newer value.
 */
export function restoreFields(
  snapshot: Pick<MergeSnapshot, 'before' | 'after'>,
  now: ProfileRow,
): { readonly values: FieldValues; readonly kept: readonly string[] } {
  const { before, after } = snapshot;
  const current = now as unknown as StoredFields;
  const values: Record<string, unknown> = {};
  const kept: string[] = [];
  for (const name of Object.keys(after).filter((each) => !restoredElsewhere.has(each))) {
    if (isSame(current[name], after[name])) {
      values[name] = before[name];
      continue;
    }
    kept.push(name);
    const shape = shapes[name];
    if (shape !== undefined) values[name] = threeWay(shape, before[name], after[name], current[name]);
  }
  return { values, kept };
}

/** A field that is a list: its entries by key, and the list of some entries. */
interface ListShape {
  readonly split: (value: never) => Map<string, unknown>;
  readonly join: (entries: Map<string, unknown>) => unknown;
}

function threeWay(shape: ListShape, before: unknown, after: unknown, now: unknown): unknown {
  const [was, written, is] = [before, after, now].map((value) =>
    value == null ? new Map<string, unknown>() : shape.split(value as never),
  ) as [Map<string, unknown>, Map<string, unknown>, Map<string, unknown>];
  const entries = new Map<string, unknown>();
  for (const key of [...new Set([...is.keys(), ...was.keys()])].sort()) {
    const value = isSame(is.get(key), written.get(key)) ? was.get(key) : is.get(key);
    if (value !== undefined) entries.set(key, value);
  }
  return entries.size === 0 ? undefined : shape.join(entries);
}

function listOf<Entry>(keyOf: (entry: Entry) => string): ListShape {
  return {
    split: (value: readonly Entry[]) => new Map(value.map((entry) => [keyOf(entry), entry])),
    join: (entries) => [...entries.values()],
  } as ListShape;
}

const termsKey = 'terms';

const shapes: Readonly<Record<string, ListShape>> = {
  tags: listOf<string>((tag) => tag),
  statuses: listOf<string>((status) => status),
  custom: listOf<CustomAttribute>((entry) => `${entry.namespace}.${entry.handle}`),
  appearance: listOf<AppearanceAttribute>((entry) => entry.handle),
  dates: listOf<DateAttribute>((entry) => `${entry.handle}.${entry.relationship ?? ''}`),
  imports: {
    split: (value: Readonly<Record<string, string>>) => new Map<string, unknown>(Object.entries(value)),
    join: (entries) => Object.fromEntries(entries),
  } as ListShape,
  comms: {
    split: ({ channels: list, ...terms }: StoredComms) =>
      new Map<string, unknown>([
        ...list.map((entry) => [entry.channel, entry] as const),
        ...(Object.keys(terms).length === 0 ? [] : [[termsKey, terms] as const]),
      ]),
    join: (entries) => ({
      channels: channels.flatMap((channel) => entries.get(channel) ?? []),
      ...(entries.get(termsKey) as object | undefined),
    }),
  } as ListShape,
};

/** Fields by which a person is known. Contacts have claims, which say whose they are. */
const identifying = ['firstName', 'lastName', 'secondaryPhone', 'birthDate'] as const;

/**
 * Identifying fields of the winner that somebody has changed since to exactly what the loser had: nobody can say any more
 * whose value it is.
 */
export function adoptedFields(snapshot: MergeSnapshot, now: ProfileRow): string[] {
  return identifying.filter(
    (name) =>
      !isSame(now[name], leftByMerge(snapshot, name)) &&
      !isSame(snapshot.loser[name], null) &&
      isSame(now[name], snapshot.loser[name]),
  );
}

/**
 * The loser's wishes as they were, with every refusal that was given to the merged profile since: nobody knows which of
 * the two persons said no, so it counts for both.
 */
export function restoreComms(snapshot: MergeSnapshot, now: ProfileRow): StoredComms | undefined {
  const own = snapshot.loser['comms'] as StoredComms | undefined;
  const left = leftByMerge(snapshot, 'comms') as StoredComms | undefined;
  const byChannel = new Map((own?.channels ?? []).map((entry) => [entry.channel, entry]));
  for (const entry of now.comms?.channels ?? []) {
    const was = left?.channels.find(({ channel }) => channel === entry.channel);
    if (isSame(entry, was)) continue;
    const carried = withRefusals(byChannel.get(entry.channel), entry);
    if (carried !== undefined) byChannel.set(entry.channel, carried);
  }
  if (byChannel.size === (own?.channels.length ?? 0) && own?.channels.every((e) => byChannel.get(e.channel) === e)) {
    return own;
  }
  if (byChannel.size === 0) return own;
  return { ...own, channels: channels.flatMap((channel) => byChannel.get(channel) ?? []) };
}

function withRefusals(own: StoredChannel | undefined, since: StoredChannel): StoredChannel | undefined {
  const base: StoredChannel = own ?? {
    channel: since.channel,
    isPromotional: null,
    isOptedOut: false,
    isBounced: false,
    categories: [],
    updatedAt: since.updatedAt,
  };
  const refused = new Set(since.categories.filter(({ isWelcome }) => !isWelcome).map(({ category }) => category));
  const stay = base.categories.filter(({ category }) => !refused.has(category));
  const categories = [...stay, ...[...refused].map((category) => ({ category, isWelcome: false }))].sort((a, b) =>
    a.category < b.category ? -1 : 1,
  );
  const result: StoredChannel = {
    ...base,
    isPromotional: since.isPromotional === false ? false : base.isPromotional,
    isOptedOut: base.isOptedOut || since.isOptedOut,
    categories,
  };
  if (isSame(result, base)) return own;
  return { ...result, updatedAt: since.updatedAt, isOwnChoice: since.isOwnChoice ?? false };
}
