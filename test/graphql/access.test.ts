import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codesOf, openSynthetic, type Synthetic } from './synthetic-server.js';

let synthetic: Synthetic;
beforeAll(async () => {
  synthetic = await openSynthetic();
});
afterAll(() => synthetic.server.close());

const cases: [title: string, query: string, missing: string[]][] = [
  ['a field that asks for nothing', '{ plain }', []],
  ['a root field', '{ things { pageInfo { hasNextPage } } }', ['read-things']],
  ['the type of a field', '{ nodes(ids: ["a"]) { ... on Thing { id } } }', ['read-things']],
  ['a personal field', '{ thing(id: "1") { name } }', ['read-personal-data', 'read-things']],
  ['a field with a scope of its own', '{ thing(id: "1") { secret } }', ['read-secrets', 'read-things']],
  ['a field under an alias', '{ x: thing(id: "1") { y: secret } }', ['read-secrets', 'read-things']],
  [
    'a field in a named fragment',
    '{ thing(id: "1") { ...F } } fragment F on Thing { secret }',
    ['read-secrets', 'read-things'],
  ],
  [
    'a field in nested inline fragments',
    '{ thing(id: "1") { ... { ... on Thing { secret } } } }',
    ['read-secrets', 'read-things'],
  ],
  ['a field of an interface that one implementation protects', '{ holders { holder } }', ['read-personal-data']],
  ['a fragment on the interface', '{ holders { ...H } } fragment H on Holder { holder }', ['read-personal-data']],
  ['the free implementation alone', '{ holders { ... on Company { holder } } }', []],
  ['a skipped field', '{ thing(id: "1") { secret @skip(if: true) } }', ['read-secrets', 'read-things']],
  ['a type that is only named', '{ node(id: "x") { id ... on Thing { __typename } } }', ['read-things']],
  ['a personal argument', '{ values(mail: "a@b.example") }', []],
  ['a personal input field', 'mutation { tick(input: { secret: "a@b.example" }) { count } }', ['write-things']],
  ['an operation that is not the one chosen', 'query A { plain } query B { thing(id: "1") { id } }', ['read-things']],
];

describe('scopes', () => {
  test.each(cases)('are asked for %s', async (_title, query, missing) => {
    const operationName = query.startsWith('query A') ? { operationName: 'A' } : {};
    const without = await synthetic.post(query, { token: 'some:', ...operationName });
    if (missing.length === 0) {
      expect(without.errors).toBeUndefined();
      return;
    }
    expect(without.status).toBe(403);
    expect(without.data).toBeUndefined();
    expect(codesOf(without)).toEqual(['FORBIDDEN']);
    expect(without.errors?.[0]?.extensions['missingScopes']).toEqual(missing);
    const withAll = await synthetic.post(query, { token: `some:${missing.join(',')}`, ...operationName });
    expect(withAll.errors).toBeUndefined();
    for (const scope of missing) {
      const others = missing.filter((other) => other !== scope);
      const withOthers = await synthetic.post(query, { token: `some:${others.join(',')}`, ...operationName });
      expect(withOthers.errors?.[0]?.extensions['missingScopes']).toEqual([scope]);
    }
  });

  test('are covered by patterns', async () => {
    const answer = await synthetic.post('{ thing(id: "1") { id } }', { token: 'some:things.*' });
    expect(answer.errors).toBeUndefined();
  });

  test('are looked at before anything is read or written', async () => {
    const { ticks } = synthetic.state;
    const answer = await synthetic.post('mutation { tick(input: {}) { thing { secret } } }', {
      token: 'some:write-things,read-things',
    });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(synthetic.state.ticks).toBe(ticks);
  });
});

describe('without a usable token', () => {
  test.each([
    ['none', null],
    ['a wrong one', 'wrong'],
  ])('%s is refused alike', async (_title, token) => {
    const answer = await synthetic.post('{ plain }', { token, headers: { 'x-request-id': 'same' } });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(answer.text)).toEqual({
      errors: [
        {
          message: 'A valid bearer token is needed; send it as Authorization: Bearer <token>',
          extensions: { code: 'UNAUTHENTICATED', requestId: 'same' },
        },
      ],
    });
  });

  test('a public field is answered', async () => {
    const answer = await synthetic.post('query ($t: String!) { open(token: $t) { word } }', {
      token: null,
      variables: { t: 'good' },
    });
    expect(answer.data).toEqual({ open: { word: 'welcome' } });
  });

  test.each([
    ['beside a field that is not public', '{ open(token: "x") { word } plain }'],
    ['in an inline fragment on the root', '{ open(token: "x") { word } ... on Query { plain } }'],
    ['in a fragment on the root', '{ open(token: "x") { word } ...Q } fragment Q on Query { plain }'],
    ['in a second operation', 'query A { open(token: "x") { word } } query B { plain }'],
  ])('a public field %s does not open the document', async (_title, query) => {
    expect(codesOf(await synthetic.post(query, { token: null, operationName: 'A' }))).toEqual(['UNAUTHENTICATED']);
  });

  test('an unknown field tells nothing about the schema', async () => {
    expect(codesOf(await synthetic.post('{ thinggs }', { token: null }))).toEqual(['UNAUTHENTICATED']);
  });

  test('the schema may be read while introspection is on', async () => {
    const answer = await synthetic.post('{ __typename __schema { queryType { name } } }', { token: null });
    expect(answer.data).toEqual({ __typename: 'Query', __schema: { queryType: { name: 'Query' } } });
  });

  test('the schema may not be read while introspection is off, nor guessed from refusals', async () => {
    const closed = await openSynthetic({ config: { isIntrospectionEnabled: false } });
    const introspection = await closed.post('{ __schema { queryType { name } } }', { token: null });
    expect(codesOf(introspection)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    const guess = await closed.post('{ __typename ...F } fragment F on Thing { nam }', { token: null });
    expect(guess.text).not.toContain('nam');
    expect(guess.text).not.toContain('Thing');
    await closed.server.close();
  });
});
