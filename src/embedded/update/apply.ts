import { ObjectId } from 'bson';
import { equalValues, identicalValues } from '../bson/compare.js';
import { fieldOf, topField } from '../bson/path.js';
import { type Document, isDocument, RANK, rankOf, typeName } from '../bson/value.js';
import { engineError, failedToParse, notSupported } from '../engine-error.js';
import { type Expression, parseFilter } from '../query/parse.js';
import { DocumentEditor } from './document.js';
import { comparePaths, coversPath, isOperatorUpdate, type Modification, parseOperatorUpdate } from './parse.js';

/** Result of an update: the same object when nothing changed; the given document is never mutated. */
export interface UpdateResult {
  doc: Document;
  changed: boolean;
}

/** An update compiled once: replacement or operators. */
export interface CompiledUpdate {
  readonly isReplacement: boolean;
  /** Top-level fields that may change; undefined for a replacement (all). */
  readonly touchedFields: readonly string[] | undefined;
  /** `isInsert`: the document is about to be inserted by an upsert, so `$setOnInsert` counts. */
  apply(doc: Document, options?: { isInsert?: boolean }): UpdateResult;
}

/** Compiles an update; unknown operators 9, conflicts 40, bad arguments as MongoDB. */
export function compileUpdate(update: unknown): CompiledUpdate {
  if (Array.isArray(update)) throw notSupported('an update given as a pipeline');
  if (!isDocument(update)) throw failedToParse(`an update must be an object, but it is of type ${typeName(update)}`);
  return isOperatorUpdate(update) ? compileOperators(update) : compileReplacement(update);
}

function compileOperators(update: Document): CompiledUpdate {
  const modifications = parseOperatorUpdate(update);
  const onUpdate = modifications.filter((modification) => !modification.isInsertOnly);
  const touchedFields = [...new Set(modifications.map((modification) => topField(modification.path)))];
  const touchesId = touchedFields.includes('_id');
  return {
    isReplacement: false,
    touchedFields,
    apply(doc, options) {
      const next = applyAll(doc, options?.isInsert ? modifications : onUpdate);
      if (touchesId && next !== doc) checkId(doc, next);
      return { doc: next, changed: next !== doc };
    },
  };
}

function applyAll(doc: Document, modifications: readonly Modification[]): Document {
  const editor = new DocumentEditor(doc);
  for (const { parts, change, createsPath } of modifications) editor.edit(parts, change, createsPath);
  return editor.document;
}

function checkId(before: Document, after: Document): void {
  const id = fieldOf(before, '_id');
  if (id === undefined || (after['_id'] !== undefined && equalValues(id, after['_id']))) return;
  throw engineError(
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'; delete and insert instead",
  );
}

function compileReplacement(replacement: Document): CompiledUpdate {
  for (const name of Object.keys(replacement)) {
    if (!name.startsWith('$')) continue;
    throw engineError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document`,
    );
  }
  const newId = fieldOf(replacement, '_id');
  return {
    isReplacement: true,
    touchedFields: undefined,
    apply(doc) {
      const id = fieldOf(doc, '_id');
      if (id !== undefined && newId !== undefined && !equalValues(id, newId)) {
        throw engineError(
          'ImmutableField',
          "After applying the update, the (immutable) field '_id' was found to have been altered",
        );
      }
      // An equal `_id` of another number type is stored as given, as the server does.
      const next = withIdFirst(replacement, newId ?? id);
      return identicalValues(doc, next) ? { doc, changed: false } : { doc: next, changed: true };
    },
  };
}

function withIdFirst(doc: Document, id: unknown): Document {
  if (id === undefined) return { ...doc };
  const first: Document = { _id: id, ...doc };
  first['_id'] = id;
  return first;
}

/** Types that cannot be an `_id`. */
const REFUSED_ID_RANKS: ReadonlySet<number> = new Set([RANK.ARRAY, RANK.REGEX]);

/** Refuses arrays, regular expressions and objects with `$` names as `_id` (53). */
export function checkIdValue(id: unknown): void {
  const hasOperator = isDocument(id) && Object.keys(id).some((name) => name.startsWith('$'));
  if (!hasOperator && !REFUSED_ID_RANKS.has(rankOf(id))) return;
  throw engineError(
    'InvalidIdField',
    hasOperator ? "The '_id' value cannot have $-prefixed fields" : `The '_id' value cannot be of type ${typeName(id)}`,
  );
}

/**
 * The document an upsert inserts when nothing matched: what the filter's conjunction says by equality, then the update
 * with `$setOnInsert`; `_id` comes first, a new ObjectId when neither names one. A path named twice, or one above
 * another: NotSingleValueField (54).
 */
export function buildUpsert(filter: Document, update: unknown): Document {
  return buildUpsertFrom(parseFilter(filter), compileUpdate(update));
}

/** {@link buildUpsert} for a filter and an update that are compiled already. */
export function buildUpsertFrom(filter: Expression, update: CompiledUpdate): Document {
  const equalities: Equality[] = [];
  collectEqualities(filter, equalities);
  const relevant = update.isReplacement ? equalities.filter((equality) => equality.parts[0] === '_id') : equalities;
  relevant.sort((a, b) => comparePaths(a.parts, b.parts));
  refuseDoubles(relevant);
  const editor = new DocumentEditor({});
  for (const { parts, value } of relevant) editor.edit(parts, () => value, true);
  const { doc } = update.apply(editor.document, { isInsert: true });
  const id = fieldOf(doc, '_id') === undefined ? new ObjectId() : doc['_id'];
  checkIdValue(id);
  return withIdFirst(doc, id);
}

interface Equality {
  readonly path: string;
  readonly parts: readonly string[];
  readonly value: unknown;
}

function collectEqualities(expression: Expression, equalities: Equality[]): void {
  if (expression.op === 'and' || (expression.op === 'or' && expression.children.length === 1)) {
    for (const child of expression.children) collectEqualities(child, equalities);
  } else if (expression.op === 'eq' || (expression.op === 'in' && expression.operand.length === 1)) {
    const value = expression.op === 'eq' ? expression.operand : expression.operand[0];
    equalities.push({ path: expression.path, parts: expression.path.split('.'), value });
  }
}

function refuseDoubles(equalities: readonly Equality[]): void {
  for (let i = 1; i < equalities.length; i++) {
    const first = equalities[i - 1] as Equality;
    const second = equalities[i] as Equality;
    if (!coversPath(first.parts, second.parts)) continue;
    const what =
      first.path === second.path
        ? `path '${first.path}' is matched twice`
        : `both paths '${first.path}' and '${second.path}' are matched`;
    throw engineError('NotSingleValueField', `cannot infer query fields to set, ${what}`);
  }
}
