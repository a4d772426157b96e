import { type LookupStage, lookupValues, withLookupResult } from '../aggregation/lookup.js';
import { runStage, type Stage } from '../aggregation/pipeline.js';
import type { DocumentSteps } from '../aggregation/stages.js';
import { type Document, isDocument } from '../bson/value.js';
import { type CompiledFilter, compileFilter } from '../query/match.js';
import type { CompiledSort } from '../query/sort.js';
import type { Catalogue } from '../store/catalogue.js';
import type { Collection } from '../store/collection.js';
import type { View } from '../store/view.js';
import { decode } from '../wire/frame.js';
import { type Query, queryRows } from './query-rows.js';

/** The part of a pipeline that the store answers as one query, and the stages left over. */
export interface SplitPipeline {
  query: Query;
  rest: readonly Stage[];
}

/** A filter that matches everything. */
export function anyFilter(): CompiledFilter {
  return compileFilter({});
}

/** Takes the leading `$match`, `$sort` and `$limit` off a pipeline. `extra` is a condition besides its own. */
export function splitPipeline(stages: readonly Stage[], extra?: Document): SplitPipeline {
  const filters: Document[] = extra ? [extra] : [];
  let sort: CompiledSort | undefined;
  let limit: number | undefined;
  let taken = 0;
  for (const stage of stages) {
    if (stage.kind === 'match' && !sort && limit === undefined) filters.push(stage.filter.source);
    else if (stage.kind === 'sort' && !sort && limit === undefined) sort = stage.sort;
    else if (stage.kind === 'limit') limit = Math.min(limit ?? stage.limit, stage.limit);
    else break;
    taken++;
  }
  const source = filters.length === 1 ? (filters[0] as Document) : filters.length > 1 ? { $and: filters } : {};
  return { query: { filter: compileFilter(source), sort, limit }, rest: stages.slice(taken) };
}

/** Everything `$lookup` needs to read other collections of the same database. */
export interface PipelineEnvironment {
  catalogue: Catalogue;
  view: View;
}

/**
 * Top-level fields that a `$group`, as the client wrote it, reads: all that begins with `$` in its values. Decoding no
 * more than these is what makes grouping many documents fast.
 */
export function fieldsOfGroup(specification: unknown): string[] {
  if (typeof specification === 'string') {
    return specification.startsWith('$') ? [specification.slice(1).split('.', 1)[0] as string] : [];
  }
  if (Array.isArray(specification)) return specification.flatMap(fieldsOfGroup);
  return isDocument(specification) ? Object.values(specification).flatMap(fieldsOfGroup) : [];
}

/**
 * Runs a pipeline over a collection (undefined: it does not exist, so it is empty). `decodeRow` may leave out fields
 * that the first stage does not read.
 */
export function runPipeline(
  environment: PipelineEnvironment,
  collection: Collection | undefined,
  split: SplitPipeline,
  decodeRow: (bytes: Uint8Array) => Document = decode,
): DocumentSteps {
  const source = collection ? documentsOf(environment, collection, split.query, decodeRow) : [];
  return runStages(environment, split.rest, source);
}

function* documentsOf(
  environment: PipelineEnvironment,
  collection: Collection,
  query: Query,
  decodeRow: (bytes: Uint8Array) => Document,
): Generator<Document | undefined, void> {
  for (const row of queryRows(collection, environment.view, query)) yield row && decodeRow(row.bytes);
}

function runStages(environment: PipelineEnvironment, stages: readonly Stage[], source: DocumentSteps): DocumentSteps {
  return stages.reduce((docs, stage, at) => {
    return stage.kind === 'lookup' ? runLookup(environment, stage, docs) : runStage(stage, docs, stages[at + 1]);
  }, source);
}

/** The query that `$lookup` makes for one document with these local values. */
export function lookupSplit(stage: LookupStage, values: readonly unknown[]): SplitPipeline {
  const condition = { [stage.foreignField]: values.length === 1 ? { $eq: values[0] } : { $in: values } };
  return splitPipeline(stage.pipeline, condition);
}

function* runLookup(
  environment: PipelineEnvironment,
  stage: LookupStage,
  documents: DocumentSteps,
): Generator<Document | undefined, void> {
  const foreign = environment.catalogue.find(stage.from);
  for (const document of documents) {
    if (!document) {
      yield undefined;
      continue;
    }
    const split = lookupSplit(stage, lookupValues(document, stage.localField));
    const joined: Document[] = [];
    for (const row of runPipeline(environment, foreign, split)) {
      if (row) joined.push(row);
      yield undefined;
    }
    yield withLookupResult(document, stage.as, joined);
  }
}
