import { canonicalJson } from '../kernel/digest.js';
import { customAttributesMax, tagsPerProfileMax } from '../kernel/limits.js';
import { type ChannelChange, changeComms } from './comms.js';
import {
  type AppearanceChange,
  type CustomAttributeChange,
  changeAppearance,
  changeCustom,
} from './custom-attribute.js';
import type { InputReader } from './input-reader.js';
import { changeLabels } from './label.js';
import { type ProfileRow, type ProfileValues, profileValueNames } from './profile.js';
import { searchKeysOf } from './search-key.js';

/** Changes to a profile that have been checked on their own; null clears a value, what is absent stays. */
export interface ProfileChanges {
  readonly values: ProfileValues;
  readonly addTags: readonly string[];
  readonly removeTags: readonly string[];
  readonly addStatuses: readonly string[];
  readonly removeStatuses: readonly string[];
  readonly comms: readonly ChannelChange[];
  readonly appearance: readonly AppearanceChange[];
  readonly custom: readonly CustomAttributeChange[];
}

/** What a change writes: only fields whose value really differs. */
export interface FieldWrites {
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: Readonly<Record<string, ''>>;
  /** Names of the fields that differ, for event and audit row. */
  readonly fields: readonly string[];
}

/**
 * Works out what changes make of a profile as it stands. Lists that would grow beyond their limits are noted in the
 * reader.
 */
export function planChange(
  reader: InputReader,
  row: ProfileRow,
  changes: ProfileChanges,
  options: { readonly now: Date; readonly isOwnChoice: boolean },
): FieldWrites {
  const next: Record<string, unknown> = { ...changes.values };
  const tags = changeLabels(row.tags ?? [], changes.addTags, changes.removeTags);
  reader.isWithin(tags, tagsPerProfileMax, ['addTags']);
  const custom = changeCustom(row.custom ?? [], changes.custom);
  reader.isWithin(custom, customAttributesMax, ['customAttributes']);
  next['tags'] = tags;
  next['statuses'] = changeLabels(row.statuses ?? [], changes.addStatuses, changes.removeStatuses);
  next['comms'] = changeComms(row.comms, changes.comms, options);
  next['appearance'] = changeAppearance(reader, row.appearance ?? [], changes.appearance, ['appearance']);
  next['custom'] = custom;
  return differences(row, next);
}

function differences(row: ProfileRow, next: Readonly<Record<string, unknown>>): FieldWrites {
  const set: Record<string, unknown> = {};
  const unset: Record<string, ''> = {};
  const fields: string[] = [];
  for (const [name, value] of Object.entries(next)) {
    const before = blankAsNull(row[name as keyof ProfileRow]);
    const after = blankAsNull(value);
    if (canonicalJson(before) === canonicalJson(after)) continue;
    fields.push(name);
    if (after === null) unset[name] = '';
    else set[name] = after;
  }
  if (fields.some((name) => searched.has(name))) writeKeys(row, next, set, unset);
  return { set, unset, fields };
}

const searched: ReadonlySet<string> = new Set(['firstName', 'lastName', 'email', 'mobilePhone']);

function writeKeys(
  row: ProfileRow,
  next: Readonly<Record<string, unknown>>,
  set: Record<string, unknown>,
  unset: Record<string, ''>,
): void {
  const values: Record<string, unknown> = {};
  for (const name of profileValueNames) values[name] = next[name] === undefined ? row[name] : next[name];
  const keys = searchKeysOf(values as ProfileValues);
  if (keys.length === 0) unset['keys'] = '';
  else set['keys'] = keys;
}

/** Empty lists are not stored: sparse indexes then hold only profiles that have something. */
function blankAsNull(value: unknown): unknown {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? null : value;
}
