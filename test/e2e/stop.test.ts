import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGroupFile } from '../support/group-file.js';
import { dropFolder, newFolder } from '../support/kindred-command.js';
import { ServerProcess } from '../support/server-process.js';
import { createTokens } from '../support/token-maker.js';
import { until } from '../support/until.js';

const body = JSON.stringify({
  query:
    'mutation Create($input: ProfileCreateInput!) { profileCreate(input: $input) { profile { id } userErrors { code } } }',
  variables: { input: { brand: 'wren', lastName: 'Late', email: 'late@example.org' } },
});

describe('stopping the server', () => {
  const folder = newFolder();
  let configFile: string;
  let server: ServerProcess;
  let admin: string;

  beforeAll(async () => {
    configFile = await writeGroupFile(folder);
    server = await ServerProcess.serve(configFile);
    admin = (await createTokens(configFile, { admin: {} })).admin;
  }, 120_000);

  afterAll(async () => {
    await server?.end('SIGKILL');
    await dropFolder(folder);
  });

  /** A request whose body is still on its way; `finish` sends the rest and gives the answer. */
  async function openRequest(): Promise<{ finish(): Promise<{ status: number; text: string }>; destroy(): void }> {
    const half = Math.floor(body.length / 2);
    const sent = request(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        authorization: `Bearer ${admin}`,
        expect: '100-continue',
      },
    });
    const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
    });
    // Whoever destroys the request does not care about its answer.
    answer.catch(() => {});
    // The server has taken the request up once it asks for the body.
    await new Promise<void>((resolve) => {
      sent.on('continue', resolve);
      sent.flushHeaders();
    });
    sent.write(body.slice(0, half));
    return {
      finish: () => {
        sent.end(body.slice(half));
        return answer;
      },
      destroy: () => sent.destroy(),
    };
  }

  const refusesConnections = () =>
    until('nobody listens any more', async () => {
      try {
        await server.get('/healthz');
        return false;
      } catch {
        return true;
      }
    });

  it('says that it lives and how its databases fare, without a token', async () => {
    const health = await server.get('/healthz');
    expect({ status: health.status, body: await health.json() }).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await server.readiness()).toEqual({
      status: 'ready',
      databases: ['registry', 'alder', 'hearth', 'wren'].map((owner) => ({ owner, state: 'READY' })),
    });
  });

  it('answers the request under way after SIGTERM, takes no other, and ends with 0', async () => {
    const late = await openRequest();
    const ended = server.end('SIGTERM');
    await refusesConnections();
    const answer = await late.finish();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ data: { profileCreate: { userErrors: [] } } });
    expect(await ended).toMatchObject({ code: 0, signal: null });
    server = await ServerProcess.serve(configFile);
    const found = await server.data(
      '{ profile(by: { email: { brand: "wren", email: "late@example.org" } }) { lastName } }',
      {},
      admin,
    );
    expect(found).toEqual({ profile: { lastName: 'Late' } });
  });

  it('ends at once at the second signal, although a request is under way', async () => {
    const late = await openRequest();
    const ended = server.end('SIGINT');
    await refusesConnections();
    server.command.child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130 });
    late.destroy();
    server = await ServerProcess.serve(configFile);
    expect((await server.readiness()).status).toBe('ready');
  });
});
