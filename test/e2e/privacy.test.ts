import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canaries, canariesIn, readCollections } from '../support/canaries.js';
import { askWrongly, type CanaryWalk, canaryTokens, walkWithCanaries } from '../support/canary-walk.js';
import { createTokens, writeGroupFile } from '../support/group-file.js';
import { dropFolder, newFolder, runKindred } from '../support/kindred-command.js';
import { type Answer, ServerProcess } from '../support/server-process.js';

describe('a walk with a person made of canaries', () => {
  const folder = newFolder();
  let server: ServerProcess;
  let walk: CanaryWalk;
  let refusals: Answer<unknown>[];
  let secrets: Record<string, string>;
  let importOutput: string;

  beforeAll(async () => {
    const configFile = await writeGroupFile(folder, { server: { brandDeadlineMs: 5_000 } });
    server = await ServerProcess.serve(configFile, { KINDRED_LOG: 'debug' });
    const tokens = await createTokens(configFile, canaryTokens);
    walk = await walkWithCanaries(server, tokens.admin, configFile);
    refusals = await askWrongly(server, tokens.admin);
    await fetch(`${server.url}/graphql?query=${canaries.lastName}`, { headers: { 'x-request-id': canaries.email } });
    await fetch(`${server.url}/${canaries.card}`);
    await fetch(`${server.url}/graphql`, {
      method: 'POST',
      body: `{"${canaries.email}": `,
      headers: { 'content-type': 'application/json' },
    });
    const file = join(folder, 'customers.csv');
    const rows = [
      `7001,${canaries.firstName},${canaries.email},${canaries.badEmail}`,
      `7002,${canaries.lastName},${canaries.badEmail},${canaries.mobile}`,
      `,${canaries.lastName},${canaries.badEmail},`,
    ];
    await writeFile(file, `Customer ID,First Name,Email,Phone\n${rows.join('\n')}\n`);
    const env = { KINDRED_LOG: 'debug' };
    const imported = await runKindred(['import', file, '--brand', 'alder', '--config', configFile], { env });
    importOutput = `${imported.stdout}${imported.stderr}`;
    secrets = { ...tokens, activationToken: walk.activationToken, receipt: walk.receipt };
  }, 120_000);

  afterAll(async () => {
    await server?.end('SIGKILL');
    await dropFolder(folder);
  });

  it('leaves no trace of her in the log of the server, however much it logs', () => {
    const { stdout, stderr } = server.command.output();
    const log = `${stdout}${stderr}`;
    expect(log.split('\n').filter((line) => line.startsWith('{')).length).toBeGreaterThan(20);
    expect(canariesIn(log, secrets)).toEqual([]);
  });

  it('leaves no trace of her in any collection of the registry', async () => {
    const collections = await readCollections(folder, 'kindred_registry');
    expect(Object.keys(collections)).toEqual(
      expect.arrayContaining(['links', 'tokens', 'journals', 'outbox', 'audit', 'idempotency']),
    );
    expect(collections['links']).not.toBe('[]');
    for (const [name, text] of Object.entries(collections)) {
      expect({ name, found: canariesIn(text, secrets) }).toEqual({ name, found: [] });
    }
  });

  it('leaves no trace of her in the trails that a brand keeps beside her profile', async () => {
    const collections = await readCollections(folder, 'kindred_wren');
    for (const name of ['outbox', 'audit', 'idempotency', 'merges']) {
      expect(collections).toHaveProperty(name);
      expect({ name, found: canariesIn(collections[name] ?? '', secrets) }).toEqual({ name, found: [] });
    }
    expect(collections['audit']).not.toBe('[]');
    // She is where she belongs, and would have been found elsewhere.
    expect(canariesIn(collections['profiles'] ?? '')).toEqual(expect.arrayContaining(['firstName', 'email', 'mobile']));
  });

  it('keeps no token in clear but the one that waits in the mailbox for her', async () => {
    for (const database of ['kindred_registry', 'kindred_alder', 'kindred_wren', 'kindred_hearth']) {
      for (const [name, text] of Object.entries(await readCollections(folder, database))) {
        const found = Object.keys(secrets).filter((secret) => text.includes(secrets[secret] as string));
        const allowed = database === 'kindred_wren' && name === 'mailbox' ? ['activationToken'] : [];
        expect({ database, name, found }).toEqual({ database, name, found: allowed });
      }
    }
  });

  it('quotes nothing of her in any refusal', () => {
    for (const [index, { text, errors, data }] of refusals.entries()) {
      const isRefused = errors !== undefined || /"code":/.test(JSON.stringify(data));
      expect({ index, isRefused, found: canariesIn(text, secrets) }).toEqual({ index, isRefused: true, found: [] });
    }
  });

  it('quotes nothing of her in the verdicts of an import', () => {
    expect(importOutput).toContain('NOTHING_TO_FIND_BY');
    expect(canariesIn(importOutput, secrets)).toEqual([]);
  });
});
