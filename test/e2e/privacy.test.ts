import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { canaries } from '../support/canaries.js';
import { askWrongly, canaryTokens, walkWithCanaries } from '../support/canary-walk.js';
import { writeGroupFile } from '../support/group-file.js';
import { dropFolder, newFolder, runKindred } from '../support/kindred-command.js';
import { ServerProcess } from '../support/server-process.js';
import { createTokens } from '../support/token-maker.js';
import { absenceChecks } from './absence-checks.js';
import type { CanaryStage } from './canary-stage.js';
import { leakChecks } from './leak-checks.js';

/** Requests that are no operations, with canaries wherever a server might log or quote them. */
async function knockWrongly(url: string): Promise<void> {
  await fetch(`${url}/graphql?query=${canaries.lastName}`, { headers: { 'x-request-id': canaries.email } });
  await fetch(`${url}/${canaries.card}`);
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/graphql`, { method: 'POST', body: `{"${canaries.email}": `, headers });
}

/** Imports rows of canaries, good and bad, beside the server; gives what was printed. */
async function importCanaries(folder: string, configFile: string): Promise<string> {
  const file = join(folder, 'customers.csv');
  const rows = [
    `7001,${canaries.firstName},${canaries.email},${canaries.badEmail}`,
    `7002,${canaries.lastName},${canaries.badEmail},${canaries.mobile}`,
    `,${canaries.lastName},${canaries.badEmail},`,
  ];
  await writeFile(file, `Customer ID,First Name,Email,Phone\n${rows.join('\n')}\n`);
  const env = { KINDRED_LOG: 'debug' };
  const { stdout, stderr } = await runKindred(['import', file, '--brand', 'hearth', '--config', configFile], { env });
  return `${stdout}${stderr}`;
}

describe('privacy', () => {
  const stage = { folder: newFolder() } as CanaryStage;

  beforeAll(async () => {
    const configFile = await writeGroupFile(stage.folder, { server: { brandDeadlineMs: 5_000 } });
    stage.server = await ServerProcess.serve(configFile, { KINDRED_LOG: 'debug' });
    stage.token = await createTokens(configFile, canaryTokens);
    stage.walk = await walkWithCanaries(stage.server, stage.token.admin, configFile);
    stage.refusals = await askWrongly(stage.server, stage.token.admin);
    await knockWrongly(stage.server.url);
    stage.importOutput = await importCanaries(stage.folder, configFile);
    stage.secrets = { ...stage.token, activationToken: stage.walk.activationToken, receipt: stage.walk.receipt };
  }, 120_000);

  afterAll(async () => {
    await stage.server?.end('SIGKILL');
    await dropFolder(stage.folder);
  });

  absenceChecks(stage);
  leakChecks(stage);
});
