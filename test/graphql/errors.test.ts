import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestErrorCodes } from '../../src/kernel/error-codes.js';
import { createLogger } from '../../src/kernel/logger.js';
import { codesOf, openSynthetic, type PostOptions, type Synthetic } from './synthetic-server.js';

let synthetic: Synthetic;
let logged = '';
beforeAll(async () => {
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      logged += String(chunk);
      done();
    },
  });
  synthetic = await openSynthetic({ log: createLogger({ level: 'debug', stream }) });
});
afterAll(() => synthetic.server.close());

describe('the error boundary', () => {
  test('lets a known error out with its message and the details on the list only', async () => {
    const answer = await synthetic.post('{ plain fail(kind: "app") }', { headers: { 'x-request-id': 'r-1' } });
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ plain: 'plain', fail: null });
    expect(answer.errors).toEqual([
      {
        message: 'The brand wren did not answer in time',
        locations: [{ line: 1, column: 9 }],
        path: ['fail'],
        extensions: { code: 'BRAND_TIMEOUT', brand: 'wren', requestId: 'r-1' },
      },
    ]);
  });

  test.each(['other', 'operator', 'refusal', 'string'])('makes INTERNAL of everything else: %s', async (kind) => {
    logged = '';
    const answer = await synthetic.post(`{ fail(kind: "${kind}") }`, { headers: { 'x-request-id': `r-${kind}` } });
    expect(codesOf(answer)).toEqual(['INTERNAL']);
    expect(answer.errors?.[0]?.message).toBe('The server failed; its log has more under the request id');
    for (const word of ['E11000', 'mei@', 'secret', 'at ', '.ts', 'node_modules', 'NOPE'])
      expect(answer.text).not.toContain(word);
    expect(logged).toContain(`"request_id":"r-${kind}"`);
    expect(logged).not.toContain('mei@example.org');
  });

  test('makes INTERNAL of an answer that breaks the schema', async () => {
    const answer = await synthetic.post('{ thing(id: "1") { broken } }');
    expect(codesOf(answer)).toEqual(['INTERNAL']);
    expect(answer.text).not.toContain('not a number');
  });
});

const secret = 'mei.tanaka@example.org';

const badInputs: [title: string, query: string, options: PostOptions, field: string[]][] = [
  [
    'an object for a text',
    'query ($m: EmailAddress) { values(mail: $m) }',
    { variables: { m: { $ne: null, x: secret } } },
    ['m'],
  ],
  [
    'a wrong text in a variable',
    'query ($m: EmailAddress) { values(mail: $m) }',
    { variables: { m: `${secret} x` } },
    ['m'],
  ],
  [
    'a wrong text in an input object',
    'query ($i: EchoInput) { echo(input: $i) }',
    { variables: { i: { mail: `${secret} x` } } },
    ['i', 'mail'],
  ],
  [
    'a wrong item of a list',
    'query ($i: EchoInput) { echo(input: $i) }',
    { variables: { i: { tags: ['a', { secret }] } } },
    ['i', 'tags', '1'],
  ],
  ['an unknown enum value', 'query ($l: Level) { values(level: $l) }', { variables: { l: secret } }, ['l']],
  ['a text for a number', 'query ($n: Int) { things(first: $n) { totalCount } }', { variables: { n: secret } }, ['n']],
  ['a number too large', 'query ($n: Int) { things(first: $n) { totalCount } }', { variables: { n: -4e9 } }, ['n']],
  ['an unknown key', 'query ($i: EchoInput) { echo(input: $i) }', { variables: { i: { [secret]: 1 } } }, ['i']],
  [
    'two keys of a one-of',
    'query ($b: FindBy!) { find(by: $b) }',
    { variables: { b: { mail: secret, name: 'x' } } },
    ['b'],
  ],
  ['two keys of a one-of as literals', `{ find(by: { mail: "${secret}", name: "x" }) }`, {}, ['by']],
  [
    'a null key of a one-of',
    'query ($b: FindBy!) { find(by: $b) }',
    { variables: { b: { mail: null } } },
    ['b', 'mail'],
  ],
  ['a missing variable', 'query ($b: FindBy!) { find(by: $b) }', {}, ['b']],
  ['a wrong literal', `{ values(mail: "${secret} x") }`, {}, ['mail']],
  ['a wrong literal in an object', `{ echo(input: { tags: ["a"], mail: "${secret} x" }) }`, {}, ['input', 'mail']],
  ['a literal of another kind', `{ values(list: ["${secret}"]) }`, {}, ['list']],
  [
    'a null for an argument that must be',
    'query ($k: String = "x") { fail(kind: $k) }',
    { variables: { k: null } },
    ['kind'],
  ],
  [
    'half a character',
    'query ($i: EchoInput) { echo(input: $i) }',
    { variables: { i: { name: `${secret}\ud800` } } },
    ['i', 'name'],
  ],
  [
    'a text that is too long',
    'query ($i: EchoInput) { echo(input: $i) }',
    { variables: { i: { name: secret.repeat(4_000) } } },
    ['i', 'name'],
  ],
  [
    'a prototype key',
    'query ($a: JSON) { values(any: $a) }',
    { variables: { a: JSON.parse(`{"x": {"constructor": "${secret}"}}`) } },
    ['a', 'x', 'constructor'],
  ],
  [
    'a $-operator in JSON',
    'query ($a: JSON) { values(any: $a) }',
    { variables: { a: { x: [{ $where: secret }] } } },
    ['a'],
  ],
  [
    'JSON that is too deep',
    'query ($a: JSON) { values(any: $a) }',
    { variables: { a: [[[[[[[[[secret]]]]]]]]] } },
    ['a'],
  ],
  [
    'a day that no calendar has',
    'query ($w: DateTime) { values(when: $w) }',
    { variables: { w: '2026-02-30T00:00:00Z' } },
    ['w'],
  ],
];

describe('bad input is refused with its field and without its value:', () => {
  test.each(badInputs)('%s', async (_title, query, options, field) => {
    logged = '';
    const answer = await synthetic.post(query, options);
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    expect(answer.errors?.[0]?.extensions['field']).toEqual(field);
    expect(answer.text).not.toContain('mei.tanaka');
    expect(answer.text).not.toMatch(/Did you mean/);
    expect(logged).not.toContain('mei.tanaka');
  });

  test('a __proto__ key in raw JSON', async () => {
    const payload = '{"query":"query ($a: JSON) { values(any: $a) }","variables":{"a":{"__proto__":{"x":1}}}}';
    const response = await synthetic.server.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', authorization: 'Bearer all' },
      payload,
    });
    expect(JSON.parse(response.body).errors[0].extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: ['a', '__proto__'],
    });
  });
});

describe('a document that is no good', () => {
  test.each([
    ['is not GraphQL', `{ find(by: "${secret}" `, 'GRAPHQL_PARSE_FAILED'],
    ['holds half a character', `{ echo(input: { name: "${secret}\\ud800" }) }`, 'GRAPHQL_PARSE_FAILED'],
    ['asks for an unknown field', '{ plian }', 'GRAPHQL_VALIDATION_FAILED'],
    ['names an unknown argument', '{ thing(idd: "1") { id } }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s: it is told without suggestions', async (_title, query, code) => {
    const answer = await synthetic.post(query);
    expect([...new Set(codesOf(answer))]).toEqual([code]);
    expect(answer.text).not.toContain('mei.tanaka');
    expect(answer.text).not.toMatch(/Did you mean|plain|\.js/);
  });

  test('has no operation of the name asked for', async () => {
    const answer = await synthetic.post('query A { plain }', { operationName: secret });
    expect(codesOf(answer)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(answer.text + logged).not.toContain('mei.tanaka');
  });

  test('has several operations and names none', async () => {
    expect(codesOf(await synthetic.post('query A { plain } query B { plain }'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });
});

test('every code that leaves is in the table', async () => {
  const queries = ['{', '{ x }', '{ failHard }', '{ fail(kind: "x") }', '', '{ values(mail: 5) }'];
  for (const query of queries) {
    for (const code of codesOf(await synthetic.post(query))) expect(requestErrorCodes).toHaveProperty(String(code));
  }
});
