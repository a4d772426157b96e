import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codesOf, openSynthetic, type Synthetic } from './synthetic-server.js';

let synthetic: Synthetic;
beforeEach(async () => {
  synthetic = await openSynthetic({ config: { requestDeadlineMs: 5_000 } });
});
afterEach(() => synthetic.server.close());

describe('an operation whose reads do not fit together', () => {
  test.each([0, 1, 2, 3])('is run again, in a world of its own each time, %d times', async (breaches) => {
    const answer = await synthetic.post('query ($b: Int!) { shaky(breaches: $b) }', { variables: { b: breaches } });
    expect(answer.data).toEqual({ shaky: breaches + 1 });
    expect(new Set(synthetic.state.worlds).size).toBe(breaches + 1);
  });

  test('is given up with RETRY after the fourth run', async () => {
    const answer = await synthetic.post('{ shaky(breaches: 9) }');
    expect(codesOf(answer)).toEqual(['RETRY']);
    expect(answer.data).toBeUndefined();
    expect(synthetic.state.reads).toBe(4);
  });

  test('is run again when it is compiled, too', async () => {
    await synthetic.post('{ shaky(breaches: 0) }');
    synthetic.state.reads = 0;
    await synthetic.post('{ shaky(breaches: 0) }');
    synthetic.state.reads = 0;
    synthetic.state.breachesLeft = 2;
    expect(synthetic.server.counters.compiled).toBe(1);
    const answer = await synthetic.post('{ shaky(breaches: 2) }');
    expect(answer.data).toEqual({ shaky: 3 });
  });
});

describe('a mutation', () => {
  test('has a world before it and another one for its payload', async () => {
    await synthetic.post('mutation { a: tick(input: {}) { seen } b: tick(input: {}) { seen } }');
    expect(new Set(synthetic.state.worlds).size).toBe(4);
  });

  test('is never done again when its payload is read again', async () => {
    const answer = await synthetic.post(
      'mutation { a: tick(input: { breaches: 2 }) { count seen } b: tick(input: {}) { count seen } }',
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toEqual({ a: { count: 1, seen: 3 }, b: { count: 2, seen: 4 } });
    expect(synthetic.state.ticks).toBe(2);
  });

  test('stands when its payload cannot be read in one world, and so do those beside it', async () => {
    const answer = await synthetic.post(
      'mutation { a: tick(input: { breaches: 9 }) { seen } b: tick(input: {}) { count } }',
    );
    expect(codesOf(answer)).toEqual(['RETRY']);
    expect(answer.errors?.[0]?.path).toEqual(['a']);
    expect(answer.data).toEqual({ a: null, b: { count: 2 } });
    expect(synthetic.state.ticks).toBe(2);
  });

  test('that fails leaves those before and after it standing, in order', async () => {
    const answer = await synthetic.post(
      'mutation { a: tick(input: {}) { count } b: tick(input: { fails: true }) { count } ...C } fragment C on Mutation { c: tick(input: {}) { count } __typename }',
    );
    expect(answer.text).toContain('"data":{"a":{"count":1},"b":null,"c":{"count":2},"__typename":"Mutation"}');
    expect(answer.errors?.map((error) => error.path)).toEqual([['b']]);
  });

  test('of one response name is done once, however often it is written', async () => {
    const answer = await synthetic.post('mutation { tick(input: {}) { count } tick(input: {}) { seen } }');
    expect(answer.data).toEqual({ tick: { count: 1, seen: 1 } });
  });
});

test('an operation that outlasts its deadline is answered all the same', async () => {
  const hasty = await openSynthetic({ config: { requestDeadlineMs: 100 } });
  const answer = await hasty.post('{ slow }');
  expect(codesOf(answer)).toEqual(['DEADLINE_EXCEEDED']);
  expect(answer.status).toBe(503);
  await hasty.server.close();
});
