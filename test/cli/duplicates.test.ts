import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGroupFile } from '../support/group-file.js';
import { type CommandResult, dropFolder, jsonLines, newFolder, runKindred } from '../support/kindred-command.js';
import { runHere } from '../support/run-here.js';
import { ServerProcess } from '../support/server-process.js';
import { createTokens } from '../support/token-maker.js';

const create = `mutation Create($input: ProfileCreateInput!) { profileCreate(input: $input) { userErrors { code } } }`;
const inbox = `query Inbox($brand: BrandHandle!) { duplicateCandidates(brand: $brand) { totalCount nodes {
  id score status signals { kind weight } suggestedWinner { email duplicateCandidates { nodes { id } } } suggestedLoser { email }
} } }`;
const dismiss = `mutation Dismiss($input: DuplicateDismissInput!) { duplicateDismiss(input: $input) {
  candidate { id status } userErrors { code field } } }`;

interface Inbox {
  readonly duplicateCandidates: { readonly totalCount: number; readonly nodes: readonly { readonly id: string }[] };
}

describe('looking for duplicates', () => {
  const folder = newFolder();
  let configFile: string;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    configFile = await writeGroupFile(folder, { server: { duplicateScanHours: 0 } });
    server = await ServerProcess.serve(configFile);
    token = (await createTokens(configFile, { admin: {} })).admin;
    for (const email of ['mei@example.org', 'mei+shop@example.org', 'ravi@example.org']) {
      const input = { brand: 'wren', firstName: 'Mei', lastName: 'Tanaka', email };
      await server.data(create, { input }, token);
    }
  }, 120_000);

  afterAll(async () => {
    await server?.end();
    await dropFolder(folder);
  });

  const run = (words: readonly string[]): Promise<CommandResult> =>
    runKindred(['duplicates', ...words, '--brand', 'wren', '--config', configFile, '--json']);

  it('is done by a command beside the server, which shows what was found and takes the decision', async () => {
    const scanned = await run(['scan']);
    expect(scanned.code).toBe(0);
    expect(jsonLines(scanned.stdout)).toMatchObject([{ summary: { profiles: 3, found: 1, open: 1, likely: 1 } }]);
    const found = await server.data<Inbox>(inbox, { brand: 'wren' }, token);
    const id = found.duplicateCandidates.nodes[0]?.id as string;
    expect(found.duplicateCandidates).toEqual({
      totalCount: 1,
      nodes: [
        {
          id: expect.stringMatching(/^dup_wren_/),
          score: 0.85,
          status: 'OPEN',
          signals: [
            { kind: 'SAME_MAILBOX', weight: 0.5 },
            { kind: 'SIMILAR_NAME', weight: 0.35 },
          ],
          suggestedWinner: { email: 'mei@example.org', duplicateCandidates: { nodes: [{ id }] } },
          suggestedLoser: { email: 'mei+shop@example.org' },
        },
      ],
    });
    const listed = await run(['list']);
    expect(jsonLines(listed.stdout)).toMatchObject([{ id, score: 0.85 }]);
    expect(listed.stdout).not.toMatch(/mei|tanaka|example/i);
    expect(await server.data(`query Node($id: ID!) { node(id: $id) { id } }`, { id }, token)).toEqual({ node: { id } });
    expect(await server.data(dismiss, { input: { id, reason: 'Sisters' } }, token)).toEqual({
      duplicateDismiss: { candidate: { id, status: 'DISMISSED' }, userErrors: [] },
    });
    expect((await server.data<Inbox>(inbox, { brand: 'wren' }, token)).duplicateCandidates.nodes).toEqual([]);
  });

  it('refuses wrong words', async () => {
    const command = (...words: string[]) => runHere(['duplicates', ...words, '--config', configFile]);
    expect((await command('list', '--brand', 'wren', '--min-score', 'much')).code).toBe(2);
    expect((await command('scan')).code).toBe(2);
  });
});
