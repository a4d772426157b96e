import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codesOf, openSynthetic, type Synthetic } from './synthetic-server.js';

let synthetic: Synthetic;
beforeAll(async () => {
  synthetic = await openSynthetic();
});
afterAll(() => synthetic.server.close());

const repeat = (count: number, make: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => make(n)).join(' ');

/** Fragments of which each spreads the next one twice. */
const doubling = (count: number): string =>
  `{ thing(id: "1") { ...F0 } } ${repeat(count, (n) => `fragment F${n} on Thing { a${n}: parent { ...F${n + 1} } b${n}: parent { ...F${n + 1} } }`)} fragment F${count} on Thing { id }`;

/** The same side by side instead of below each other. */
const flatDoubling = (count: number): string =>
  `{ thing(id: "1") { ...F0 } } ${repeat(count, (n) => `fragment F${n} on Thing { ...F${n + 1} ...F${n + 1} }`)} fragment F${count} on Thing { id }`;

const nested = (depth: number): string => `{ thing(id: "1") ${'{ parent '.repeat(depth)} { id } ${'}'.repeat(depth)} }`;

const refused: [title: string, query: string, variables?: Record<string, unknown>][] = [
  ['2,000 aliases', `{ ${repeat(2_000, (n) => `a${n}: plain`)} }`],
  ['31 aliases', `{ ${repeat(31, (n) => `a${n}: plain`)} }`],
  [
    'aliases spread over fragments',
    `{ ...A ...B } fragment A on Query { ${repeat(16, (n) => `a${n}: plain`)} } fragment B on Query { ${repeat(16, (n) => `b${n}: plain`)} }`,
  ],
  ['too many tokens', `{ ${'plain '.repeat(3_000)} }`],
  ['one field over and over', `{ ${'plain '.repeat(60)} }`],
  ['too deep a nesting', nested(20)],
  [
    'too deep a nesting in fragments',
    `{ thing(id: "1") { ...F0 } } ${repeat(20, (n) => `fragment F${n} on Thing { parent { ...F${n + 1} } }`)} fragment F20 on Thing { id }`,
  ],
  ['14 doubling fragments', doubling(14)],
  ['22 doubling fragments', doubling(22)],
  ['22 doubling fragments side by side', flatDoubling(22)],
  ['200 doubling fragments side by side', flatDoubling(200)],
  ['large pages within large pages', '{ things(first: 100) { nodes { parts(first: 100) { nodes { id } } } } }'],
  [
    'large pages by variables',
    'query ($a: Int, $b: Int) { things(first: $a) { nodes { parts(first: $b) { nodes { id } } } } }',
    { a: 90, b: 90 },
  ],
  [
    'large pages by defaults of variables',
    'query ($a: Int = 90) { things(first: $a) { nodes { parts(first: $a) { nodes { id } } } } }',
  ],
  [
    'large pages in a fragment',
    '{ things(first: 100) { ...C } } fragment C on ThingConnection { edges { node { parts(first: 51) { nodes { id } } } } }',
  ],
  [
    'default pages five deep',
    '{ things { nodes { parts { nodes { parts { nodes { parts { nodes { id } } } } } } } } }',
  ],
  ['an endless page', '{ things(first: 2000000000) { nodes { id } } }'],
  [
    'large pages below many ids',
    `query ($i: [ID!]!) { nodes(ids: $i) { ... on Thing { parts(first: 100) { nodes { id } } } } }`,
    { i: Array.from({ length: 60 }, () => 'x') },
  ],
];

describe('a document is refused before it is validated for', () => {
  test.each(refused)('%s', async (_title, query, variables) => {
    const answer = await synthetic.post(query, variables === undefined ? {} : { variables });
    expect(codesOf(answer)).toEqual(['LIMIT_EXCEEDED']);
    expect(answer.status).toBe(400);
    expect(answer.data).toBeUndefined();
    expect(answer.errors?.[0]?.message).not.toMatch(/\d/);
  });
});

const allowed: [title: string, query: string, variables?: Record<string, unknown>][] = [
  ['a page of 100', '{ things(first: 100) { nodes { id name } totalCount } }'],
  ['50 rows in each of 100', '{ things(first: 100) { nodes { parts(first: 50) { nodes { id } } } } }'],
  [
    'small pages by variables where the defaults would be too large',
    'query ($a: Int = 90) { things(first: $a) { nodes { parts(first: $a) { nodes { id } } } } }',
    { a: 9 },
  ],
  [
    'a fragment used many times',
    `{ ${repeat(20, (n) => `a${n}: thing(id: "1") { ...F }`)} } fragment F on Thing { id level at tags }`,
  ],
  [
    'introspection as GraphiQL does it',
    '{ __schema { types { fields { args { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } } }',
  ],
];

describe('a document is answered with', () => {
  test.each(allowed)('%s', async (_title, query, variables) => {
    const answer = await synthetic.post(query, variables === undefined ? {} : { variables });
    expect(answer.errors).toBeUndefined();
  });
});

test('page sizes count anew for every request of the same document', async () => {
  const query = 'query ($a: Int) { things(first: $a) { nodes { parts(first: $a) { nodes { id } } } } }';
  expect((await synthetic.post(query, { variables: { a: 10 } })).errors).toBeUndefined();
  expect(codesOf(await synthetic.post(query, { variables: { a: 100 } }))).toEqual(['LIMIT_EXCEEDED']);
  expect((await synthetic.post(query, { variables: { a: 10 } })).errors).toBeUndefined();
});

test('fragments that spread themselves are left to validation', async () => {
  const answer = await synthetic.post(
    '{ thing(id: "1") { ...A } } fragment A on Thing { parent { ...B } } fragment B on Thing { ...A }',
  );
  expect(codesOf(answer)[0]).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('an alias that names a prototype is refused', async () => {
  expect(codesOf(await synthetic.post('{ __proto__: plain }'))).toEqual(['BAD_USER_INPUT']);
});

test('many different bombs at once are all refused, and an ordinary operation between them is answered', async () => {
  const bombs = Array.from({ length: 100 }, (_, n) => synthetic.post(`# ${n}\n${doubling(22)}`));
  const ordinary = synthetic.post('{ plain }');
  for (const answer of await Promise.all(bombs)) expect(codesOf(answer)).toEqual(['LIMIT_EXCEEDED']);
  expect((await ordinary).data).toEqual({ plain: 'plain' });
});
