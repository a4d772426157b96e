import type { CommsCategoryInput, CommsChannelInput } from '../generated/resolvers-types.js';
import type { InputReader } from './input-reader.js';
import { type Channel, channels, type StoredChannel, type StoredComms } from './profile.js';

/** Subjects one channel may have wishes about. */
const categoriesMax = 100;
/** Characters of a subject. */
const categoryLengthMax = 64;

/** A change of wishes that has been checked. */
export type ChannelChange = CommsChannelInput;

/** Checks changes of wishes: each channel once, names of subjects, no null for what is only true or false. */
export function readCommsChanges(
  reader: InputReader,
  inputs: readonly CommsChannelInput[] | null | undefined,
  path: readonly string[],
): ChannelChange[] {
  const seen = new Set<Channel>();
  return (inputs ?? []).flatMap((input, index) => {
    const at = [...path, String(index)];
    if (seen.has(input.channel)) {
      reader.fail('INVALID_VALUE', 'Each channel may be given once', [...at, 'channel']);
      return [];
    }
    seen.add(input.channel);
    if (input.isOptedOut === null) {
      reader.fail('INVALID_VALUE', 'Say true or false, or leave it out', [...at, 'isOptedOut']);
      return [];
    }
    return [{ ...input, categories: readCategories(reader, input.categories ?? [], [...at, 'categories']) }];
  });
}

function readCategories(
  reader: InputReader,
  inputs: readonly CommsCategoryInput[],
  path: readonly string[],
): CommsCategoryInput[] {
  if (!reader.isWithin(inputs, categoriesMax, path)) return [];
  return inputs.flatMap((input, index) => {
    const at = [...path, String(index), 'category'];
    const category = reader.line(input.category, at, categoryLengthMax);
    if (category === null && input.category.trim() === '') reader.fail('INVALID_VALUE', 'A subject has a name', at);
    return category === null ? [] : [{ category, isWelcome: input.isWelcome }];
  });
}

/**
 * Wishes after changes, channel by channel and subject by subject; what is not named stays. A channel's time moves only
 * when something about it changed. Gives back the same object when nothing did.
 */
export function changeComms(
  stored: StoredComms | undefined,
  changes: readonly ChannelChange[],
  options: { readonly now: Date; readonly isOwnChoice: boolean },
): StoredComms | undefined {
  const byChannel = new Map((stored?.channels ?? []).map((each) => [each.channel, each]));
  let hasChanged = false;
  for (const change of changes) {
    const before = byChannel.get(change.channel);
    const after = changeChannel(before, change);
    if (isSameWish(before ?? neverAsked(change.channel), after)) continue;
    hasChanged = true;
    byChannel.set(change.channel, { ...after, updatedAt: options.now, isOwnChoice: options.isOwnChoice });
  }
  if (!hasChanged) return stored;
  const inOrder = channels.flatMap((channel) => byChannel.get(channel) ?? []);
  return { ...stored, channels: inOrder };
}

type Wish = Omit<StoredChannel, 'updatedAt' | 'isOwnChoice'>;

function neverAsked(channel: Channel): Wish {
  return { channel, isPromotional: null, isOptedOut: false, isBounced: false, categories: [] };
}

function changeChannel(before: StoredChannel | undefined, change: ChannelChange): Wish {
  const categories = new Map((before?.categories ?? []).map((each) => [each.category, each.isWelcome]));
  for (const each of change.categories ?? []) categories.set(each.category, each.isWelcome);
  return {
    channel: change.channel,
    isPromotional: change.isPromotional === undefined ? (before?.isPromotional ?? null) : change.isPromotional,
    isOptedOut: change.isOptedOut ?? before?.isOptedOut ?? false,
    isBounced: before?.isBounced ?? false,
    categories: [...categories].map(([category, isWelcome]) => ({ category, isWelcome })).sort(byCategory),
  };
}

function byCategory(a: { category: string }, b: { category: string }): number {
  return a.category < b.category ? -1 : 1;
}

function isSameWish(before: Wish, after: Wish): boolean {
  return (
    before.isPromotional === after.isPromotional &&
    before.isOptedOut === after.isOptedOut &&
    before.categories.length === after.categories.length &&
    before.categories.every((each) =>
      after.categories.some((other) => other.category === each.category && other.isWelcome === each.isWelcome),
    )
  );
}

/** A customer's wishes for one channel, as shown. */
export interface ShownChannel extends Wish {
  readonly isMailable: boolean;
  readonly updatedAt: Date | null;
}

/** One entry for every channel, those never asked about included. */
export function shownChannels(stored: StoredComms | null | undefined): ShownChannel[] {
  return channels.map((channel) => {
    const known = stored?.channels.find((each) => each.channel === channel);
    if (known === undefined) return { ...neverAsked(channel), isMailable: true, updatedAt: null };
    const isMailable = !known.isOptedOut && !known.isBounced && known.isPromotional !== false;
    return { ...known, isMailable };
  });
}
