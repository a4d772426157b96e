import type { OperationContext, Selection } from '../access/context.js';

/** Read with every transaction: what places it in lists and tells whose it is. */
const alwaysRead = ['accountId', 'system', 'externalId', 'type', 'currency', 'transactedAt'] as const;

/** Stored fields behind fields of the type `Transaction` whose source is named otherwise. */
const storedFields: Readonly<Record<string, readonly string[]>> = {
  id: [],
  brand: [],
  profile: [],
  location: ['locationId'],
};

const projections = new WeakMap<Selection, Readonly<Record<string, 1>>>();

/**
 * Stored fields that the operation needs of every transaction, lines only when they are selected: they are most of a
 * row. Null: all of them.
 */
export function transactionProjection(
  context: Pick<OperationContext, 'selection'>,
): Readonly<Record<string, 1>> | null {
  const { selection } = context;
  if (selection === null) return null;
  const cached = projections.get(selection);
  if (cached !== undefined) return cached;
  const fields: Record<string, 1> = {};
  for (const name of alwaysRead) fields[name] = 1;
  for (const field of selection.get('Transaction') ?? []) {
    if (field.startsWith('__')) continue;
    for (const stored of storedFields[field] ?? [field]) fields[stored] = 1;
  }
  projections.set(selection, fields);
  return fields;
}
