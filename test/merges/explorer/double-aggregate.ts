import { type Doc, matches, projected, sorted } from './double-query.js';
import type { DoubleStore } from './double-store.js';

type Fields = Readonly<Record<string, unknown>>;
type Stage = Readonly<Record<string, unknown>>;

/** What an aggregation of the few stages that stores use brings. @throws Error for any other stage. */
export function aggregated(store: DoubleStore, collection: string, pipeline: readonly Stage[]): Doc[] {
  const [first, ...rest] = pipeline;
  const filter = (first?.['$match'] as Fields | undefined) ?? {};
  const begin = store.find(collection, filter, null).map((doc) => ({ ...doc }));
  const stages = first?.['$match'] === undefined ? pipeline : rest;
  return stages.reduce((docs, stage) => staged(store, docs, stage), begin as Doc[]);
}

function staged(store: DoubleStore, docs: readonly Doc[], stage: Stage): Doc[] {
  const [[name, value]] = Object.entries(stage) as [[string, unknown]];
  switch (name) {
    case '$match':
      return docs.filter((doc) => matches(doc, value as Fields));
    case '$limit':
      return docs.slice(0, value as number);
    case '$sort':
      return sorted(docs, value as Record<string, 1 | -1>);
    case '$group':
      return grouped(docs, value as Fields);
    case '$project':
      return docs.map((doc) => shaped(doc, value as Fields));
    case '$lookup':
      return docs.map((doc) => joined(store, doc, value as Lookup));
    default:
      throw new Error(`The double knows no ${name}`);
  }
}

function pathValue(doc: Doc, path: unknown): unknown {
  if (typeof path !== 'string' || !path.startsWith('$')) return path;
  return doc[path.slice(1)];
}

function shaped(doc: Doc, fields: Fields): Doc {
  const plain = Object.entries(fields).filter(([, value]) => value === 1 || value === true);
  const result: Record<string, unknown> = { ...projected(doc, { _id: 1, ...Object.fromEntries(plain) }) };
  for (const [name, value] of Object.entries(fields)) {
    const alternatives = (value as { readonly $ifNull?: readonly string[] }).$ifNull;
    if (alternatives === undefined) continue;
    result[name] = alternatives.map((path) => pathValue(doc, path)).find((each) => each != null) ?? null;
  }
  return result as unknown as Doc;
}

function grouped(docs: readonly Doc[], { _id: key, ...sums }: Fields): Doc[] {
  const groups = new Map<unknown, Record<string, unknown>>();
  for (const doc of docs) {
    const id = pathValue(doc, key) ?? null;
    const group = groups.get(id) ?? { _id: id, ...Object.fromEntries(Object.keys(sums).map((name) => [name, 0])) };
    groups.set(id, group);
    for (const [name, sum] of Object.entries(sums)) {
      const { $sum: operand, ...others } = sum as { $sum: unknown };
      if (Object.keys(others).length > 0) throw new Error('The double knows no accumulator but $sum');
      group[name] = (group[name] as number) + (pathValue(doc, operand) as number);
    }
  }
  return [...groups.values()] as unknown as Doc[];
}

interface Lookup {
  readonly from: string;
  readonly localField: string;
  readonly foreignField: string;
  readonly as: string;
  readonly pipeline: readonly Stage[];
}

function joined(store: DoubleStore, doc: Doc, lookup: Lookup): Doc {
  const local = doc[lookup.localField];
  const wanted = Array.isArray(local) ? local : [local];
  const found = store.find(lookup.from, { [lookup.foreignField]: { $in: wanted } }, null);
  const rows = lookup.pipeline.reduce((docs, stage) => {
    if (stage['$project'] !== undefined) return docs.map((each) => projected(each, stage['$project'] as Fields));
    return staged(store, docs, stage);
  }, found as Doc[]);
  return { ...doc, [lookup.as]: rows.map((each) => ({ ...each })) } as unknown as Doc;
}
