/** One operation of a transaction, as its client saw it. */
export type HistoryOperation =
  | { kind: 'append'; key: string; value: number }
  | { kind: 'read'; key: string; list: readonly number[] };

/** A transaction, or a single plain command, as its client saw it. Times are positions in the order of events. */
export interface HistoryTransaction {
  id: number;
  isPlain: boolean;
  operations: HistoryOperation[];
  outcome: 'committed' | 'aborted' | 'conflict';
  sentAt: number;
  endedAt: number;
}

/** All transactions on some keys, and the lists the keys hold in the end. */
export interface History {
  transactions: HistoryTransaction[];
  final: ReadonlyMap<string, readonly number[]>;
}

/** What a history shows: what contradicts snapshot isolation, and whether a serial order could explain it. */
export interface Findings {
  anomalies: string[];
  isSerializable: boolean;
}

type Graph = Map<number, Set<number>>;

/** Values appended by other transactions that a read has seen: what is left without its own appends. */
interface Seen {
  transaction: HistoryTransaction;
  key: string;
  length: number;
}

/**
 * Looks for what snapshot isolation rules out. Since every value is appended once, the final lists give the order of all
 * writes. Then, as in Adya's definitions: no aborted or intermediate reads, one snapshot per transaction, and no cycle of
 * dependencies with less than two anti-dependencies in a row. Real time counts too: what began after a commit must see it.
 */
export function examine(history: History): Findings {
  const anomalies: string[] = [];
  const writers = writersOf(history, anomalies);
  const seen = history.transactions.flatMap((transaction) => readsOf(history, transaction, writers, anomalies));
  checkOneSnapshot(seen, anomalies);
  const committed = history.transactions.filter(({ outcome }) => outcome === 'committed');
  const before = dependencies(history, committed, seen, writers);
  const overwritten = antiDependencies(history, seen, writers);
  const cycle = findCycle(composed(before, overwritten));
  if (cycle) anomalies.push(`the transactions ${cycle.join(' → ')} each come before the next`);
  return { anomalies, isSerializable: findCycle(united(before, overwritten)) === undefined };
}

/** Who has appended each value that is there in the end. */
function writersOf(history: History, anomalies: string[]): Map<number, number> {
  const writers = new Map<number, number>();
  for (const { id, outcome, operations } of history.transactions) {
    for (const operation of operations) {
      if (operation.kind !== 'append') continue;
      const times = (history.final.get(operation.key) ?? []).filter((value) => value === operation.value).length;
      if (outcome === 'committed' && times !== 1)
        anomalies.push(`lost update: ${operation.value} of ${id} is there ${times} times`);
      if (outcome !== 'committed' && times !== 0)
        anomalies.push(`${operation.value} of ${id}, which did not commit, is there`);
      writers.set(operation.value, id);
    }
  }
  return writers;
}

function readsOf(
  history: History,
  transaction: HistoryTransaction,
  writers: ReadonlyMap<number, number>,
  anomalies: string[],
): Seen[] {
  const own = new Map<string, number[]>();
  const seen: Seen[] = [];
  for (const operation of transaction.operations) {
    const mine = own.get(operation.key) ?? [];
    if (operation.kind === 'append') {
      own.set(operation.key, [...mine, operation.value]);
      continue;
    }
    const length = operation.list.length - mine.length;
    const others = operation.list.slice(0, Math.max(0, length));
    const final = history.final.get(operation.key) ?? [];
    const place = `transaction ${transaction.id} on ${operation.key}`;
    if (!isSame(operation.list.slice(others.length), mine)) anomalies.push(`${place} does not see its own writes`);
    if (!isSame(final.slice(0, others.length), others)) anomalies.push(`${place} has read what was never committed`);
    const last = writers.get(others.at(-1) as number);
    if (last !== undefined && last !== transaction.id && writers.get(final[others.length] as number) === last) {
      anomalies.push(`${place} has read half of transaction ${last}`);
    }
    seen.push({ transaction, key: operation.key, length: others.length });
  }
  return seen;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function checkOneSnapshot(seen: readonly Seen[], anomalies: string[]): void {
  const lengths = new Map<string, number>();
  for (const { transaction, key, length } of seen) {
    const place = `${transaction.id} ${key}`;
    if ((lengths.get(place) ?? length) !== length)
      anomalies.push(`transaction ${transaction.id} reads ${key} twice differently`);
    lengths.set(place, length);
  }
}

function connect(graph: Graph, from: number | undefined, to: number | undefined): void {
  if (from === undefined || to === undefined || from === to) return;
  const targets = graph.get(from) ?? new Set();
  graph.set(from, targets.add(to));
}

/** Who must have committed before whose snapshot: writer and next writer, writer and reader, and real time. */
function dependencies(
  history: History,
  committed: readonly HistoryTransaction[],
  seen: readonly Seen[],
  writers: ReadonlyMap<number, number>,
): Graph {
  const graph: Graph = new Map();
  for (const list of history.final.values()) {
    for (let i = 1; i < list.length; i++)
      connect(graph, writers.get(list[i - 1] as number), writers.get(list[i] as number));
  }
  for (const { transaction, key, length } of seen) {
    connect(graph, writers.get(history.final.get(key)?.[length - 1] as number), transaction.id);
  }
  for (const first of committed) {
    for (const second of history.transactions) if (first.endedAt < second.sentAt) connect(graph, first.id, second.id);
  }
  return graph;
}

/** Whose snapshot was taken before whose commit: a reader, and the writer of the next version. */
function antiDependencies(history: History, seen: readonly Seen[], writers: ReadonlyMap<number, number>): Graph {
  const graph: Graph = new Map();
  for (const { transaction, key, length } of seen) {
    connect(graph, transaction.id, writers.get(history.final.get(key)?.[length] as number));
  }
  return graph;
}

/** Each dependency, followed by at most one anti-dependency: all of these go forward in the order of commits. */
function composed(before: Graph, overwritten: Graph): Graph {
  const graph: Graph = new Map();
  for (const [from, targets] of before) {
    for (const target of targets) {
      graph.set(from, (graph.get(from) ?? new Set()).add(target));
      for (const next of overwritten.get(target) ?? []) graph.set(from, (graph.get(from) ?? new Set()).add(next));
    }
  }
  return graph;
}

function united(a: Graph, b: Graph): Graph {
  const graph: Graph = new Map([...a].map(([from, targets]) => [from, new Set(targets)]));
  for (const [from, targets] of b) for (const target of targets) connect(graph, from, target);
  return graph;
}

/** Some cycle of a graph, if there is one. */
function findCycle(graph: Graph): number[] | undefined {
  const done = new Set<number>();
  const path: number[] = [];
  const visit = (node: number): number[] | undefined => {
    const at = path.indexOf(node);
    if (at >= 0) return [...path.slice(at), node];
    if (done.has(node)) return undefined;
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node);
    if (cycle) return cycle;
  }
  return undefined;
}
