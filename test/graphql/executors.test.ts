import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSynthetic, type Posted, type PostOptions, type Synthetic } from './synthetic-server.js';

let compiling: Synthetic;
let plain: Synthetic;
beforeAll(async () => {
  compiling = await openSynthetic({ config: { isJitEnabled: true } });
  plain = await openSynthetic({ config: { isJitEnabled: false } });
});
afterAll(async () => {
  await compiling.server.close();
  await plain.server.close();
});

type Case = [title: string, query: string, options?: PostOptions];

const compiled: Case[] = [
  ['one field', '{ plain }'],
  ['the typename of the root', '{ __typename }'],
  [
    'a page',
    '{ things(first: 2) { edges { cursor node { id name at level tags } } pageInfo { hasNextPage } totalCount } }',
  ],
  ['nested pages', '{ things(first: 3) { nodes { parts(first: 2) { nodes { id parent { id } } } } } }'],
  ['a page size in a variable', 'query ($n: Int = 2) { things(first: $n) { nodes { id } } }', { variables: { n: 1 } }],
  ['a default of a variable', 'query ($n: Int = 2) { things(first: $n) { nodes { id } } }'],
  ['an unset variable before an argument default', 'query ($l: Level) { values(level: $l) }'],
  ['null before an argument default', 'query ($l: Level) { values(level: $l) }', { variables: { l: null } }],
  ['aliases', '{ a: thing(id: "1") { x: id y: id } b: thing(id: "none") { id } }'],
  ['fields that merge', '{ thing(id: "1") { id } thing(id: "1") { level money { amount } money { currencyCode } } }'],
  ['named fragments', '{ thing(id: "1") { ...A ...B } } fragment A on Thing { id ...B } fragment B on Thing { level }'],
  ['inline fragments on an interface', '{ node(id: "1") { __typename id ... on Thing { level } ... on Node { id } } }'],
  ['a null of an interface', '{ node(id: "none") { id } }'],
  ['a list of an interface', '{ holders { __typename holder ... on Person { age } ... on Company { staff } } }'],
  [
    'a union, with a null that must not be',
    '{ shapes { __typename ... on Circle { radius strict } ... on Square { side } } }',
  ],
  [
    'skip and include',
    'query ($y: Boolean!, $n: Boolean!) { thing(id: "1") { id @include(if: $y) level @skip(if: $y) at @include(if: $n) } }',
    { variables: { y: true, n: false } },
  ],
  [
    'a skipped fragment',
    'query ($y: Boolean!) { thing(id: "1") { id ... @skip(if: $y) { level } ...F @include(if: $y) } } fragment F on Thing { tags }',
    { variables: { y: true } },
  ],
  ['an enum in a variable', 'query ($l: Level!) { values(level: $l) }', { variables: { l: 'HIGH' } }],
  ['a single item for a list', 'query ($l: [Int!]) { values(list: $l) }', { variables: { l: 5 } }],
  [
    'an input object in a variable',
    'query ($i: EchoInput) { echo(input: $i) }',
    { variables: { i: { name: 'x', tags: ['a'], inner: {} } } },
  ],
  ['an empty input object in a variable', 'query ($i: EchoInput) { echo(input: $i) }', { variables: { i: {} } }],
  ['a null input object in a variable', 'query ($i: EchoInput) { echo(input: $i) }', { variables: { i: null } }],
  ['an unset input object', 'query ($i: EchoInput) { echo(input: $i) }'],
  ['an input object as a literal', '{ echo(input: { tags: ["a", "b"], inner: { level: LOW } }) }'],
  ['one key of a one-of', 'query ($b: FindBy!) { find(by: $b) }', { variables: { b: { id: '1' } } }],
  ['two keys of a one-of', 'query ($b: FindBy!) { find(by: $b) }', { variables: { b: { id: '1', name: 'x' } } }],
  ['no key of a one-of', 'query ($b: FindBy!) { find(by: $b) }', { variables: { b: {} } }],
  ['a null key of a one-of', 'query ($b: FindBy!) { find(by: $b) }', { variables: { b: { id: null } } }],
  [
    'custom scalars in variables',
    'query ($w: DateTime, $a: JSON) { values(when: $w, any: $a) }',
    { variables: { w: '2026-11-22T04:05:06+10:00', a: { b: [1, null] } } },
  ],
  [
    'a custom scalar that is refused',
    'query ($m: EmailAddress) { values(mail: $m) }',
    { variables: { m: 'no address' } },
  ],
  [
    'several variables that are refused',
    'query ($m: EmailAddress, $n: Int) { values(mail: $m) things(first: $n) { totalCount } }',
    { variables: { m: 5, n: 'x' } },
  ],
  ['a missing variable', 'query ($b: FindBy!) { find(by: $b) }'],
  [
    'a field that an input does not have',
    'query ($i: EchoInput) { echo(input: $i) }',
    { variables: { i: { nam: 1 } } },
  ],
  ['a known error in a nullable field', '{ plain fail(kind: "app") }'],
  ['a foreign error in a nullable field', '{ plain fail(kind: "other") }'],
  ['a thrown text', '{ fail(kind: "string") }'],
  ['an error in a non-null root field', '{ plain failHard }'],
  ['a leaf of the wrong type', '{ thing(id: "1") { id broken } }'],
  ['a null that takes its parents with it', '{ things(first: 3) { nodes { id self { id } } } }'],
  ['nulls in a list', '{ thing(id: "1") { maybe { id broken } } }'],
  ['what a resolver is told about its place', '{ info other: info }'],
  ['many errors at once', '{ a: fail(kind: "app") b: fail(kind: "x") thing(id: "1") { broken maybe { broken } } }'],
];

const falling: Case[] = [
  ['an unset variable in an object literal', 'query ($n: String) { echo(input: { name: $n }) }'],
  [
    'a set variable in an object literal',
    'query ($n: String) { echo(input: { name: $n }) }',
    { variables: { n: 'x' } },
  ],
  ['a variable in a list literal', 'query ($n: Int!) { values(list: [1, $n]) }', { variables: { n: 3 } }],
  [
    'a variable in a one-of literal',
    'query ($m: EmailAddress!) { find(by: { mail: $m }) }',
    { variables: { m: 'a@b.example' } },
  ],
  [
    'a nested variable in a fragment',
    'query ($n: String) { ...F } fragment F on Query { echo(input: { inner: { name: $n } }) }',
  ],
  [
    'a variable of an input type that contains itself',
    'query ($t: TreeInput) { tree(input: $t) }',
    { variables: { t: { name: 'a', branches: [{ name: 'b' }] } } },
  ],
  ['introspection', '{ __schema { types { name fields { name } } } __type(name: "Thing") { kind } }'],
];

/** An answer without the order of its errors and keys. */
function essence(posted: Posted): unknown {
  const errors = [...(posted.errors ?? [])].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { status: posted.status, data: posted.data, errors };
}

async function compare([, query, given]: Case): Promise<void> {
  const options = { ...given, headers: { 'x-request-id': 'same' } };
  const expected = essence(await plain.post(query, options));
  for (let use = 1; use <= 3; use += 1) expect(essence(await compiling.post(query, options))).toEqual(expected);
}

describe('a compiled document answers as graphql-js does for', () => {
  test.each(compiled)('%s', async (...each) => {
    const before = compiling.server.counters.compiled;
    await compare(each);
    const isRun = (await compiling.post(each[1], each[2])).data !== undefined;
    if (isRun && before === compiling.server.counters.compiled) {
      // Another case may have compiled the same document; either way the last run was a compiled one.
      const { compiledRuns } = compiling.server.counters;
      await compiling.post(each[1], each[2]);
      expect(compiling.server.counters.compiledRuns).toBe(compiledRuns + 1);
    }
  });
});

describe('a document is left to graphql-js that has', () => {
  test.each(falling)('%s', async (...each) => {
    const { compiledRuns } = compiling.server.counters;
    await compare(each);
    expect(compiling.server.counters.compiledRuns).toBe(compiledRuns);
  });

  test('a mutation in it', async () => {
    const { compiledRuns } = compiling.server.counters;
    await compare([
      '',
      'mutation { a: tick(input: {}) { count } b: tick(input: {fails: true}) { count } c: tick(input: {}) { thing { id } } }',
    ]).catch(() => {});
    expect(compiling.server.counters.compiledRuns).toBe(compiledRuns);
  });
});

test('nothing is compiled on first use, nor ever when switched off', async () => {
  const fresh = await openSynthetic();
  await fresh.post('{ plain things { totalCount } }');
  expect(fresh.server.counters).toEqual({ compiled: 0, compiledRuns: 0, fallbackRuns: 1 });
  await fresh.post('{ plain things { totalCount } }');
  expect(fresh.server.counters).toEqual({ compiled: 1, compiledRuns: 1, fallbackRuns: 1 });
  await fresh.server.close();
  expect(plain.server.counters.compiled).toBe(0);
});

test('an input object field that is left out keeps its default', async () => {
  const answer = await compiling.post('query ($n: String) { echo(input: { name: $n }) }');
  expect(answer.data).toEqual({ echo: '{"input":{"name":"nobody","level":"HIGH"}}' });
});
