import { Writable } from 'node:stream';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/kernel/logger.js';
import { fakeBrands, openSynthetic, type Synthetic } from './synthetic-server.js';

let synthetic: Synthetic;
let logged: string[] = [];
beforeAll(async () => {
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  synthetic = await openSynthetic({ log: createLogger({ level: 'info', stream }) });
});
afterAll(() => synthetic.server.close());

const json = { 'content-type': 'application/json', authorization: 'Bearer all' };
const inject = (options: InjectOptions) => synthetic.server.inject(options);
const firstCode = (body: string): unknown => JSON.parse(body).errors[0].extensions.code;

describe('over HTTP', () => {
  test('an operation is POSTed as JSON', async () => {
    const response = await inject({ method: 'POST', url: '/graphql', headers: json, payload: { query: '{ plain }' } });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.json()).toEqual({ data: { plain: 'plain' } });
  });

  test.each([
    ['application/json', '{ nope }', 200],
    ['application/graphql-response+json', '{ nope }', 400],
    ['application/json', '{', 200],
    ['application/graphql-response+json', '{', 400],
    ['application/graphql-response+json', '{ plain fail(kind: "app") }', 200],
    ['application/graphql-response+json', '{ failHard }', 200],
  ])('a client that accepts %s gets %s with status %d', async (accept, query, status) => {
    const response = await inject({
      method: 'POST',
      url: '/graphql',
      headers: { ...json, accept },
      payload: { query },
    });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe(`${accept}; charset=utf-8`);
  });

  test('a query may be asked by GET with the header that no form can send', async () => {
    const url = '/graphql?query=query($n:Int){things(first:$n){totalCount}}&variables=%7B%22n%22:1%7D';
    const response = await inject({
      method: 'GET',
      url,
      headers: { authorization: 'Bearer all', 'apollo-require-preflight': '1' },
    });
    expect(response.json()).toEqual({ data: { things: { totalCount: 3 } } });
  });

  test.each([
    [
      'a GET without that header',
      { method: 'GET', url: '/graphql?query={plain}', headers: { authorization: 'Bearer all' } },
      400,
      'BAD_USER_INPUT',
    ],
    [
      'a mutation by GET',
      { method: 'GET', url: '/graphql?query=mutation{tick(input:{}){count}}', headers: json },
      405,
      'BAD_USER_INPUT',
    ],
    [
      'a PUT',
      { method: 'PUT', url: '/graphql', headers: json, payload: { query: '{ plain }' } },
      405,
      'BAD_USER_INPUT',
    ],
    [
      'a form',
      {
        method: 'POST',
        url: '/graphql',
        headers: { ...json, 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'query={plain}',
      },
      415,
      'BAD_USER_INPUT',
    ],
    [
      'plain text',
      {
        method: 'POST',
        url: '/graphql',
        headers: { ...json, 'content-type': 'text/plain' },
        payload: '{"query":"{plain}"}',
      },
      415,
      'BAD_USER_INPUT',
    ],
    [
      'malformed JSON',
      { method: 'POST', url: '/graphql', headers: json, payload: '{"query": "mei@example.org' },
      400,
      'BAD_USER_INPUT',
    ],
    ['an empty body', { method: 'POST', url: '/graphql', headers: json, payload: '' }, 400, 'BAD_USER_INPUT'],
    ['an empty object', { method: 'POST', url: '/graphql', headers: json, payload: {} }, 400, 'BAD_USER_INPUT'],
    [
      'a list of operations',
      { method: 'POST', url: '/graphql', headers: json, payload: [{ query: '{ plain }' }] },
      400,
      'BAD_USER_INPUT',
    ],
    [
      'a query that is no text',
      { method: 'POST', url: '/graphql', headers: json, payload: { query: { a: 1 } } },
      400,
      'BAD_USER_INPUT',
    ],
    [
      'variables that are a text',
      { method: 'POST', url: '/graphql', headers: json, payload: { query: '{ plain }', variables: '{}' } },
      400,
      'BAD_USER_INPUT',
    ],
    [
      'a hash instead of a query',
      {
        method: 'POST',
        url: '/graphql',
        headers: json,
        payload: { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
      },
      200,
      'BAD_USER_INPUT',
    ],
    [
      'a body that is too long',
      { method: 'POST', url: '/graphql', headers: json, payload: { query: '{ plain }', x: 'x'.repeat(1_100_000) } },
      413,
      'LIMIT_EXCEEDED',
    ],
    ['an unknown path', { method: 'GET', url: '/mei@example.org' }, 404, 'BAD_USER_INPUT'],
    ['a path that cannot be decoded', { method: 'GET', url: '/%zz' }, 400, 'BAD_USER_INPUT'],
  ] as [string, InjectOptions, number, string][])(
    '%s is refused in JSON with a code and the request id',
    async (_title, options, status, code) => {
      const response = await inject({ ...options, headers: { 'x-request-id': 'given-1', ...options.headers } });
      expect(response.statusCode).toBe(status);
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      expect(firstCode(response.body)).toBe(code);
      expect(response.json().errors[0].extensions.requestId).toBe('given-1');
      expect(response.body).not.toMatch(/mei@|SyntaxError|\bat .*\.js/);
      expect(synthetic.state.ticks).toBe(0);
    },
  );
});

describe('the request id', () => {
  test('is echoed when it is plain', async () => {
    expect((await inject({ url: '/healthz', headers: { 'x-request-id': 'abc-1.2_3' } })).headers['x-request-id']).toBe(
      'abc-1.2_3',
    );
  });

  test.each(['mei@example.org', 'a b', '', 'x'.repeat(65)])('is made anew instead of %j', async (given) => {
    const id = (await inject({ url: '/healthz', headers: { 'x-request-id': given } })).headers['x-request-id'];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('every answer carries the headers that keep browsers from doing more with it', async () => {
  for (const url of ['/graphql', '/healthz', '/nowhere']) {
    const { headers } = await inject({ url });
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers['x-powered-by']).toBeUndefined();
  }
});

describe('health', () => {
  test('is told while the process lives', async () => {
    expect((await inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
  });

  test.each([
    [{ registry: 'READY', alder: 'READY', wren: 'UNREACHABLE' }, 200, 'ready'],
    [{ registry: 'READY', alder: 'UNREACHABLE', wren: 'UNSUITABLE' }, 503, 'unready'],
    [{ registry: 'UNREACHABLE', alder: 'READY', wren: 'READY' }, 503, 'unready'],
    [{ registry: 'READY', alder: 'CONNECTING', wren: 'READY' }, 200, 'ready'],
  ])('readiness of %j is %d', async (states, status, word) => {
    const other = await openSynthetic({ brands: fakeBrands(states) });
    const response = await other.server.inject({ url: '/readyz' });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual({
      status: word,
      databases: Object.entries(states).map(([owner, state]) => ({ owner, state })),
    });
    await other.server.close();
  });
});

describe('the log', () => {
  test('has one line per request, with names and numbers only', async () => {
    logged = [];
    await inject({
      method: 'POST',
      url: '/graphql?mei=mei@example.org',
      headers: json,
      payload: {
        query: 'query Ask($m: EmailAddress) { values(mail: $m) fail(kind: "app") }',
        variables: { m: 'mei@example.org' },
      },
    });
    const line = JSON.parse(logged.at(-1) as string);
    expect(line).toMatchObject({
      method: 'POST',
      route: '/graphql',
      status: 200,
      operation: 'Ask',
      codes: ['BRAND_TIMEOUT'],
      token_ref: 'abc123abc123',
    });
    expect(typeof line.duration_ms).toBe('number');
    expect(logged.join('')).not.toContain('mei@');
  });

  test('leaves out a name that is no plain name', async () => {
    logged = [];
    await inject({
      method: 'POST',
      url: '/graphql',
      headers: json,
      payload: { query: '{ plain }', operationName: 'mei@example.org' },
    });
    expect(logged.join('')).not.toContain('mei@');
  });
});

test('a server that stops answers what it has begun', async () => {
  const other = await openSynthetic({ config: { requestDeadlineMs: 200 } });
  const url = await other.server.listen(0, '127.0.0.1');
  const pending = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ query: '{ slow }' }),
  });
  await expect.poll(async () => (await fetch(`${url}/healthz`)).status).toBe(200);
  const closed = other.server.close();
  expect((await pending).status).toBe(503);
  await closed;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

test('a taken port is told as such', async () => {
  const url = await synthetic.server.listen(0, '127.0.0.1');
  const other = await openSynthetic();
  await expect(other.server.listen(Number(new URL(url).port), '127.0.0.1')).rejects.toMatchObject({
    code: 'PORT_IN_USE',
  });
  await other.server.close();
});
