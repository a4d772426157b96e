import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Deadline } from '../../src/kernel/clock.js';
import { leaveInMailbox } from '../../src/links/mailbox.service.js';
import { keepOutgoing } from '../../src/messages/message.service.js';
import { changeQueued } from '../../src/messages/message.store.js';
import { bySmtp, configWithMessages } from '../messages/messages.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { dropFolder, jsonLines, newFolder } from '../support/kindred-command.js';
import { runHere } from '../support/run-here.js';

const folder = newFolder();
const configFile = join(folder, 'brands.config.json');
let group: TestGroup;

function aMail(to: string, linkId: string) {
  const content = { to, subject: 'Come in', text: 'https://group.example/activate#THE-TOKEN' };
  return {
    id: `${linkId}:1`,
    at: new Date(),
    purpose: 'activation' as const,
    channel: 'EMAIL' as const,
    tokenHash: 'h',
    linkId,
    content,
  };
}

beforeAll(async () => {
  const config = configWithMessages({ transport: bySmtp });
  group = await openGroup({ config });
  const server = inject('databaseServer');
  const placed = <T extends { database: { name: string } }>(owner: T) => ({
    ...owner,
    database: { name: owner.database.name, uri: server.uri.replace('__database__', owner.database.name) },
  });
  const file = { ...config, brands: config.brands.map(placed), registry: placed(config.registry) };
  await writeFile(configFile, JSON.stringify(file));
  const deadline = Deadline.after(10_000);
  const wren = group.entry('wren');
  await keepOutgoing(wren, aMail('secret@example.org', 'link-1'), deadline);
  await changeQueued(
    wren.database,
    { _id: 'link-1:1', attempts: 0 },
    { set: { attempts: 2, carrier: 'smtp', lastError: 'REPLY', lastStatus: 451, nextAt: new Date('2026-11-23') } },
  );
  await leaveInMailbox(group.entry('alder').database, aMail('mei@example.org', 'link-2'), deadline);
});
afterAll(async () => {
  await group.close();
  await dropFolder(folder);
});

const env = { KINDRED_SECRET: Buffer.alloc(32, 1).toString('base64'), KINDRED_CONFIG: configFile };

describe('kindred mailbox', () => {
  it('shows messages of the mailbox whole, and of those for carriers how far they have come', async () => {
    const { code, stdout, stderr } = await runHere(['mailbox'], env);
    expect(code).toBe(0);
    expect(stdout).toContain('EMAIL from alder to mei@example.org');
    expect(stdout).toContain('activate#THE-TOKEN');
    expect(stdout).toMatch(
      /^QUEUED {3}wren {2}EMAIL {2}activation {4}smtp {5}2 attempts {2}REPLY 451 .* link-1:1 {2}next 2026-11-23/m,
    );
    expect(stderr).toContain('wren: EMAIL goes out by smtp; below is how far each has come.');
    expect(stderr).toContain('wren: no transport carries SMS; customers are not invited by it.');
    expect(stderr).not.toContain('alder');
    expect(`${stdout}${stderr}`).not.toContain('secret@example.org');
  });

  it('tells programs the same', async () => {
    const { stdout } = await runHere(['mailbox', '--brand', 'wren', '--json'], env);
    expect(jsonLines<object>(stdout)).toEqual([
      {
        brand: 'wren',
        _id: 'link-1:1',
        at: expect.any(String),
        purpose: 'activation',
        channel: 'EMAIL',
        state: 'QUEUED',
        attempts: 2,
        carrier: 'smtp',
        nextAt: '2026-11-23T00:00:00.000Z',
        lastError: 'REPLY',
        lastStatus: 451,
      },
    ]);
  });
});
