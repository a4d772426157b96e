import type { Brand } from '../brands/brand.js';
import { tagsPerProfileMax } from '../kernel/limits.js';
import type { InputReader } from './input-reader.js';

/** Tags in normal form, each once. */
export function readTags(
  reader: InputReader,
  inputs: readonly string[] | null | undefined,
  path: readonly string[],
): string[] {
  const list = inputs ?? [];
  if (!reader.isWithin(list, tagsPerProfileMax, path)) return [];
  const tags = list.flatMap((input, index) => {
    const at = [...path, String(index)];
    if (input.trim() === '') reader.fail('INVALID_VALUE', 'A tag is not empty', at);
    return reader.line(input, at) ?? [];
  });
  return [...new Set(tags)];
}

/** Statuses the brand knows; those that change what a customer is entitled to need `mayGrant`. */
export function readNewStatuses(
  reader: InputReader,
  inputs: readonly string[] | null | undefined,
  options: { readonly brand: Brand; readonly mayGrant: boolean; readonly path: readonly string[] },
): string[] {
  const statuses = (inputs ?? []).filter((input, index) => {
    const at = [...options.path, String(index)];
    const definition = options.brand.statuses.find((each) => each.handle === input);
    if (definition === undefined) {
      reader.fail('ATTRIBUTE_UNKNOWN', 'The brand has not defined this status', at);
      return false;
    }
    if (definition.grantsRights && !options.mayGrant) {
      reader.fail('STATUS_NOT_GRANTABLE', 'Granting this status needs the scope grant-statuses', at);
      return false;
    }
    return true;
  });
  return [...new Set(statuses)];
}

/** A sorted set after adding and removing. */
export function changeLabels(
  stored: readonly string[],
  added: readonly string[],
  removed: readonly string[],
): string[] {
  const labels = new Set([...stored, ...added]);
  for (const label of removed) labels.delete(label);
  return [...labels].sort();
}

/** Refuses labels that are to be added and removed at once: which one was meant cannot be known. */
export function refuseBoth(
  reader: InputReader,
  added: readonly string[],
  removed: readonly string[],
  path: readonly string[],
): void {
  const index = removed.findIndex((label) => added.includes(label));
  if (index >= 0) reader.fail('INVALID_VALUE', 'The same label is to be added and removed', [...path, String(index)]);
}
