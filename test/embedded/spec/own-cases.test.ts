import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCase } from './run-case.js';
import { type SpecTarget, startSpecTarget } from './spec-target.js';
import { listSpecFiles, OWN_CASES, readSpecFile } from './unified-format.js';

let target: SpecTarget;
beforeAll(async () => {
  target = await startSpecTarget();
});
afterAll(() => target.close());

describe.each(listSpecFiles(OWN_CASES))('cases of our own, %s', (name) => {
  const descriptions = readSpecFile(OWN_CASES, name).tests.map((test) => test.description);

  it.each(descriptions)('%s', async (description) => {
    const file = readSpecFile(OWN_CASES, name);
    const test = file.tests.find((one) => one.description === description);
    if (!test) throw new Error(`wanted a case named ${description}`);
    expect(await runCase(target, file, test)).toEqual({ kind: 'passed' });
  });
});
