import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './run-case.js';

/** Something outside the engine's closed list, the code it is refused with, and the cases that use it. */
export interface Refusal {
  what: string;
  code: number;
  cases: string[];
}

/** How the cases of one suite went. */
export interface SuiteResult {
  passed: number;
  /** Not for this server: how many cases, by what they demand. */
  skipped: Record<string, number>;
  /** Outside the closed list: how many cases, by code. */
  refused: Record<string, number>;
  wrong: number;
}

const REFUSALS = fileURLToPath(new URL('refusals.json', import.meta.url));
const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));

/** Cases the engine may refuse, and how. */
export function readRefusals(): Refusal[] {
  return JSON.parse(readFileSync(REFUSALS, 'utf8'));
}

/** The results the documentation shows. */
export function readResults(): Record<string, SuiteResult> {
  return JSON.parse(readFileSync(RESULTS, 'utf8'));
}

/** Replaces the results the documentation shows. */
export function writeResults(results: Record<string, SuiteResult>): void {
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}

/** Counts verdicts against the refusals that are allowed: whatever is in neither column is wrong. */
export class Ledger {
  readonly results: Record<string, SuiteResult> = {};
  readonly #codes = new Map<string, number>();
  readonly #unused: Set<string>;

  constructor(refusals: readonly Refusal[]) {
    for (const { code, cases } of refusals) for (const name of cases) this.#codes.set(name, code);
    this.#unused = new Set(this.#codes.keys());
  }

  /** Enters a case; the answer says what is wrong with it, if anything is. */
  enter(suite: string, name: string, verdict: Verdict): string | undefined {
    this.results[suite] ??= { passed: 0, skipped: {}, refused: {}, wrong: 0 };
    const result = this.results[suite];
    const allowed = this.#codes.get(name);
    this.#unused.delete(name);
    if (verdict.kind === 'skipped') count(result.skipped, verdict.reason);
    else if (verdict.kind === 'passed' && allowed === undefined) result.passed++;
    else if (verdict.kind === 'deviated' && allowed !== undefined && verdict.code === allowed) {
      count(result.refused, String(allowed));
    } else {
      result.wrong++;
      if (verdict.kind === 'passed') return `${name}: passes, but stands among the refusals with code ${allowed}`;
      return `${name}: ${verdict.message}${allowed === undefined ? '' : ` (may only be refused with ${allowed})`}`;
    }
    return undefined;
  }

  /** Refusals that no case has asked for. */
  get unused(): string[] {
    return [...this.#unused];
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** The results as lines of a table. */
export function tableOf(results: Record<string, SuiteResult>): string[][] {
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, one) => all + one, 0);
  const rows = Object.entries(results).map(([suite, { passed, skipped, refused, wrong }]) => {
    const codes = Object.entries(refused).map(([code, cases]) => `${cases} × ${code}`);
    const total = passed + sum(skipped) + sum(refused) + wrong;
    const listed = codes.length > 0 ? `${sum(refused)} (${codes.join(', ')})` : '0';
    return [suite, total, passed, sum(skipped), listed, wrong].map(String);
  });
  return [['suite', 'cases', 'passed', 'skipped by requirement', 'refused (code)', 'wrong'], ...rows];
}
