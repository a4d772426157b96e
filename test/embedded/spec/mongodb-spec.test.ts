import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ledger, readRefusals, readResults, tableOf, writeResults } from './ledger.js';
import { runCase } from './run-case.js';
import { type SpecTarget, startSpecTarget } from './spec-target.js';
import { hasOfficialCases, listSpecFiles, OFFICIAL_CASES, readSpecFile } from './unified-format.js';

const SUITES = ['crud', 'transactions', 'convenient-api', 'retryable-writes'];

/** Set to write `results.json` anew; the documentation is made from it. */
const UPDATES_RESULTS = process.env['UPDATE_SPEC_RESULTS'] === '1';

if (hasOfficialCases()) {
  let target: SpecTarget;
  const ledger = new Ledger(readRefusals());

  beforeAll(async () => {
    target = await startSpecTarget();
  });
  afterAll(() => target.close());

  describe.each(SUITES)('MongoDB driver specification, %s', (suite) => {
    const folder = join(OFFICIAL_CASES, suite);

    it.each(listSpecFiles(folder))(
      '%s: each case passes, is for another server, or is refused as listed',
      async (name) => {
        const wrong: string[] = [];
        for (const position of readSpecFile(folder, name).tests.keys()) {
          const file = readSpecFile(folder, name);
          const test = file.tests[position] as (typeof file.tests)[number];
          const verdict = await runCase(target, file, test);
          const fault = ledger.enter(suite, `${suite}/${name}: ${test.description}`, verdict);
          if (fault) wrong.push(fault);
        }
        expect(wrong).toEqual([]);
      },
    );
  });

  describe('the table of the MongoDB driver specifications', () => {
    it('is the one the documentation shows, and lists no refusal that no case asks for', () => {
      const lines = tableOf(ledger.results).map((row) => row.join(' | '));
      process.stdout.write(`${lines.join('\n')}\n`);
      expect(ledger.unused).toEqual([]);
      if (UPDATES_RESULTS) writeResults(ledger.results);
      expect(ledger.results).toEqual(readResults());
    });
  });
} else {
  describe('MongoDB driver specification', () => {
    it('is not at hand: its licence keeps the cases out of this repository; the last results are in results.json', () => {
      process.stdout.write(`MongoDB's specification cases are not in ${OFFICIAL_CASES}: they were not run\n`);
      expect(Object.values(readResults()).every((result) => result.wrong === 0)).toBe(true);
    });
  });
}
