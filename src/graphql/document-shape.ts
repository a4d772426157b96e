import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode, visit } from 'graphql';
import { AppError } from '../kernel/errors.js';

/** Fields with one response name side by side: comparing them all with each other is quadratic work for validation. */
const repetitionsMax = 50;

/** Says that a document is too much, and of what, but not where the limit lies. */
export function limitExceeded(what: string): AppError {
  return new AppError('LIMIT_EXCEEDED', `The document ${what}; ask for less at once`);
}

/**
 * Looks at a document as written, before anything expensive is done with it.
 * @throws AppError `LIMIT_EXCEEDED`, or `BAD_USER_INPUT` for an alias that is no fit name of an object's member.
 */
export function checkShape(document: DocumentNode, limits: { readonly aliasesMax: number }): void {
  let aliases = 0;
  visit(document, {
    Field: (field) => {
      if (field.alias === undefined) return;
      aliases += 1;
      if (field.alias.value === '__proto__') {
        throw new AppError('BAD_USER_INPUT', 'An alias other than __proto__ was expected', {
          details: { field: ['query'] },
        });
      }
    },
    SelectionSet: checkRepetitions,
  });
  if (aliases > limits.aliasesMax) throw limitExceeded('has too many aliases');
}

function checkRepetitions(selectionSet: SelectionSetNode): void {
  if (selectionSet.selections.length <= repetitionsMax) return;
  const counts = new Map<string, number>();
  for (const selection of selectionSet.selections) {
    const name = selection.kind === Kind.FIELD ? responseName(selection) : `...${selection.kind}`;
    const count = (counts.get(name) ?? 0) + 1;
    if (count > repetitionsMax) throw limitExceeded('repeats a field too often');
    counts.set(name, count);
  }
}

function responseName(field: FieldNode): string {
  return field.alias?.value ?? field.name.value;
}
