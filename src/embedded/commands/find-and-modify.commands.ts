import type { Document } from '../bson/value.js';
import { failedToParse } from '../engine-error.js';
import { compileProjection } from '../projection/project.js';
import { compileSort } from '../query/sort.js';
import type { Collection } from '../store/collection.js';
import { removeDocument } from '../store/documents.js';
import { buildUpsert, compileUpdate } from '../update/apply.js';
import { decode } from '../wire/frame.js';
import type { Reply } from '../wire/reply.js';
import { type CommandContext, collectionNameOf } from './context.js';
import { booleanOption, documentOption } from './options.js';
import { collectionForWrite, runWrite, saveFlags } from './run-write.js';
import { findTargets, insertUpsert, updateRow } from './write-statement.js';

/** `findAndModify`: changes or removes the first match and answers it as it was, or with `new` as it is. */
export function findAndModifyCommand(context: CommandContext): Promise<Reply> {
  const { body } = context;
  const name = collectionNameOf(context);
  const filter = documentOption(body, 'query') ?? {};
  const sort = documentOption(body, 'sort');
  const project = compileProjection(documentOption(body, 'fields') ?? {});
  const isRemove = booleanOption(body, 'remove', false);
  const wantsNew = booleanOption(body, 'new', false);
  const isUpsert = booleanOption(body, 'upsert', false);
  checkCombination(body, isRemove, wantsNew, isUpsert);
  const compiledSort = sort && Object.keys(sort).length > 0 ? compileSort(sort) : undefined;
  const update = isRemove ? undefined : compileUpdate(body['update']);
  return runWrite(context, (scope, database) => {
    context.transaction?.checkShape(name);
    const existing = database.catalogue.find(name);
    const options = { isMulti: false, sort: compiledSort, deadline: context.deadline };
    const [row] = findTargets(scope.overlay, existing, filter, options);
    if (row && !update) {
      removeDocument(scope, existing as Collection, row.idKey, row.bytes);
      return { body: { lastErrorObject: { n: 1 }, value: project(decode(row.bytes)), ok: 1 } };
    }
    if (row && update) {
      const { document } = updateRow(scope, existing as Collection, row, update, saveFlags(database));
      const value = project(wantsNew ? document : decode(row.bytes));
      return { body: { lastErrorObject: { n: 1, updatedExisting: true }, value, ok: 1 } };
    }
    if (!update) return { body: { lastErrorObject: { n: 0 }, value: null, ok: 1 } };
    if (!isUpsert) return { body: { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 } };
    const collection = collectionForWrite(context, scope, database, name);
    const built = buildUpsert(filter, body['update']);
    const document = insertUpsert(scope, collection, built, `${database.name}.${name}`, saveFlags(database));
    const lastErrorObject = { n: 1, updatedExisting: false, upserted: document['_id'] };
    return { body: { lastErrorObject, value: wantsNew ? project(document) : null, ok: 1 } };
  });
}

function checkCombination(body: Document, isRemove: boolean, wantsNew: boolean, isUpsert: boolean): void {
  const hasUpdate = body['update'] !== undefined;
  if (!isRemove && !hasUpdate) throw failedToParse('Either an update or remove=true must be specified');
  if (isRemove && hasUpdate) throw failedToParse('Cannot specify both an update and remove=true');
  if (isRemove && isUpsert) throw failedToParse('Cannot specify both upsert=true and remove=true');
  if (isRemove && wantsNew)
    throw failedToParse("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
}
