import type { OperationContext, Selection } from '../access/context.js';

/** Stored fields to read of every row, 1 for each. Null: all of them. */
export type RowProjection = Readonly<Record<string, 1>> | null;

/**
 * Works out which stored fields an operation needs of every row of a type, once per document. `storedFields` are those
 * behind fields of the type whose source is named otherwise; `alwaysRead` are needed whatever is selected.
 */
export function rowProjection(
  typename: string,
  alwaysRead: readonly string[],
  storedFields: Readonly<Record<string, readonly string[]>>,
): (context: Pick<OperationContext, 'selection'>) => RowProjection {
  const projections = new WeakMap<Selection, Readonly<Record<string, 1>>>();
  return ({ selection }) => {
    if (selection === null) return null;
    const cached = projections.get(selection);
    if (cached !== undefined) return cached;
    const fields: Record<string, 1> = {};
    for (const name of alwaysRead) fields[name] = 1;
    for (const field of selection.get(typename) ?? []) {
      if (field.startsWith('__')) continue;
      for (const stored of storedFields[field] ?? [field]) fields[stored] = 1;
    }
    projections.set(selection, fields);
    return fields;
  };
}
