import { type Document, isDocument, isNumber, toInteger, typeName } from '../bson/value.js';
import { failedToParse, locationError, notSupported, typeMismatch } from '../engine-error.js';
import type { CompiledProjection } from '../projection/project.js';
import { type CompiledFilter, compileFilter } from '../query/match.js';
import { type CompiledSort, compileSort } from '../query/sort.js';
import { type CompiledGroup, compileGroup } from './group.js';
import { type LookupStage, parseLookup } from './lookup.js';
import { compileProjectStage } from './project-stage.js';
import { boundedDocs, checkStageBytes, type DocumentSteps, limitDocs, sizeOfDocument, unwindDocs } from './stages.js';

/** A stage that needs only the documents before it. */
export type PureStage =
  | { readonly kind: 'match'; readonly filter: CompiledFilter }
  | { readonly kind: 'project'; readonly project: CompiledProjection }
  | { readonly kind: 'sort'; readonly sort: CompiledSort }
  | { readonly kind: 'limit'; readonly limit: number }
  | { readonly kind: 'unwind'; readonly path: string }
  | { readonly kind: 'group'; readonly group: CompiledGroup };

/** One parsed stage of the closed list. */
export type Stage = PureStage | LookupStage;

const PARSERS: ReadonlyMap<string, (argument: unknown) => Stage> = new Map<string, (argument: unknown) => Stage>([
  ['$match', parseMatch],
  ['$project', (argument) => ({ kind: 'project', project: compileProjectStage(argument) })],
  ['$sort', parseSortStage],
  ['$limit', parseLimit],
  ['$unwind', parseUnwind],
  ['$group', (argument) => ({ kind: 'group', group: compileGroup(argument) })],
  ['$lookup', (argument) => parseLookup(argument, parseJoinedPipeline)],
]);

/** Every stage of the closed list. */
export const STAGES: readonly string[] = [...PARSERS.keys()];

/** Stages a `$lookup` may run on the joined collection, without the dollar. */
export const JOINED_KINDS: ReadonlySet<string> = new Set(['match', 'sort', 'limit', 'project']);

/** Parses and checks a pipeline; unknown or refused stages 40324, bad arguments as MongoDB. */
export function parsePipeline(pipeline: unknown): Stage[] {
  if (!Array.isArray(pipeline))
    throw typeMismatch(`'pipeline' must be an array, but it is of type ${typeName(pipeline)}`);
  return pipeline.map((stage) => {
    if (!isDocument(stage)) throw typeMismatch("Each element of the 'pipeline' array must be an object");
    const names = Object.keys(stage);
    const [name] = names;
    if (name === undefined || names.length !== 1) {
      throw locationError(40323, 'A pipeline stage specification object must contain exactly one field.');
    }
    const parse = PARSERS.get(name);
    if (!parse) {
      throw locationError(
        40324,
        `Unrecognized pipeline stage name: '${name}' is unknown or not supported by the embedded engine`,
      );
    }
    return parse(stage[name]);
  });
}

function parseJoinedPipeline(pipeline: unknown): Stage[] {
  const stages = parsePipeline(pipeline);
  const refused = stages.find((stage) => !JOINED_KINDS.has(stage.kind));
  if (refused) throw notSupported(`the stage $${refused.kind} in the pipeline of $lookup`);
  return stages;
}

function parseMatch(argument: unknown): Stage {
  if (!isDocument(argument)) throw locationError(15959, 'the match filter must be an expression in an object');
  return { kind: 'match', filter: compileFilter(argument) };
}

function parseSortStage(argument: unknown): Stage {
  if (!isDocument(argument)) throw locationError(15973, 'the $sort key specification must be an object');
  if (Object.keys(argument).length === 0) throw locationError(15976, '$sort stage must have at least one sort key');
  return { kind: 'sort', sort: compileSort(argument) };
}

function parseLimit(argument: unknown): Stage {
  const limit = toInteger(argument);
  if (limit === undefined || limit < 0) {
    const got = isNumber(argument) ? 'a number that is not a whole, non-negative one' : `type ${typeName(argument)}`;
    throw locationError(5107201, `invalid argument to $limit stage: expected a non-negative whole number, got ${got}`);
  }
  if (limit === 0) throw locationError(15958, 'the limit must be positive');
  return { kind: 'limit', limit };
}

function parseUnwind(argument: unknown): Stage {
  if (isDocument(argument)) {
    for (const name of Object.keys(argument)) {
      if (name === 'preserveNullAndEmptyArrays' || name === 'includeArrayIndex')
        throw notSupported(`${name} in $unwind`);
      if (name !== 'path') throw locationError(28811, `unrecognized option to $unwind stage: ${name}`);
    }
  }
  const path = isDocument(argument) ? argument['path'] : argument;
  if (path === undefined) throw locationError(28812, 'no path specified to $unwind stage');
  if (typeof path !== 'string')
    throw locationError(28808, `expected a string as the path for $unwind stage, got ${typeName(path)}`);
  if (!path.startsWith('$')) throw locationError(28818, "path option to $unwind stage should be prefixed with a '$'");
  if (path.length === 1 || path.startsWith('$$')) throw failedToParse('the path of $unwind must name a field');
  return { kind: 'unwind', path: path.slice(1) };
}

/** Runs one stage over documents, lazily where it can; sort and group read all of them first, step by step. */
export function runStage(stage: PureStage, docs: DocumentSteps, next?: Stage): DocumentSteps {
  switch (stage.kind) {
    case 'match':
      return filterDocs(docs, stage.filter);
    case 'project':
      return mapDocs(docs, stage.project);
    case 'sort':
      return next?.kind === 'limit' ? firstOfSorted(docs, stage.sort, next.limit) : sortDocs(docs, stage.sort);
    case 'limit':
      return limitDocs(docs, stage.limit);
    case 'unwind':
      return unwindDocs(docs, stage.path);
    case 'group':
      return stage.group(docs);
  }
}

/** Runs a list of stages in one go. */
export function* runStages(stages: readonly PureStage[], docs: DocumentSteps): Generator<Document> {
  const steps = stages.reduce((rows, stage, at) => runStage(stage, rows, stages[at + 1]), docs);
  for (const doc of steps) if (doc) yield doc;
}

const itself = (doc: Document): Document => doc;

function sortDocs(docs: DocumentSteps, sort: CompiledSort): DocumentSteps {
  return sort.steps({ rows: boundedDocs(docs, '$sort'), documentOf: itself });
}

/** A sort whose first documents alone are wanted holds no more than them. */
function firstOfSorted(docs: DocumentSteps, sort: CompiledSort, limit: number): DocumentSteps {
  const memory = { sizeOf: sizeOfDocument, check: (bytes: number) => checkStageBytes('$sort', bytes) };
  return sort.steps({ rows: docs, documentOf: itself, limit, memory });
}

function* filterDocs(docs: DocumentSteps, filter: CompiledFilter): Generator<Document | undefined> {
  for (const doc of docs) yield doc && filter.matches(doc) ? doc : undefined;
}

function* mapDocs(docs: DocumentSteps, project: CompiledProjection): Generator<Document | undefined> {
  for (const doc of docs) yield doc && project(doc);
}
