import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readConfig } from '../../src/cli/group-options.js';
import { systemClock } from '../../src/kernel/clock.js';
import { formatNodeId, newUuid } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import { type OpenGroup, openGroup } from '../../src/open-group.js';
import { planNewProfile } from '../../src/profiles/new-profile.service.js';
import { profileCollection } from '../../src/profiles/profile.model.js';
import { writeGroupFile } from '../support/group-file.js';
import { type CommandResult, dropFolder, jsonLines, newFolder, runKindred } from '../support/kindred-command.js';
import { type Printed, runHere } from '../support/run-here.js';

interface Listed {
  readonly tokenRef: string;
  readonly role: string;
  readonly reference: string;
  readonly revokedAt?: string;
  readonly createdAt?: string;
  readonly expiresAt?: string;
}

/** A group whose databases are all on the test server, so that commands can run in this process. */
async function writeServedGroup(folder: string): Promise<string> {
  const file = await writeGroupFile(folder);
  const config = JSON.parse(await readFile(file, 'utf8'));
  const prefix = `t${newUuid().slice(0, 8)}`;
  for (const { database } of [config.registry, ...config.brands]) {
    database.name = `${prefix}_${database.name}`;
    database.uri = inject('databaseServer').uri.replace('__database__', database.name);
  }
  await writeFile(file, JSON.stringify(config));
  return file;
}

describe('tokens on the command line', () => {
  const folder = newFolder();
  let configFile: string;

  beforeAll(async () => {
    configFile = await writeGroupFile(folder);
  });

  afterAll(() => dropFolder(folder));

  const token = (...words: string[]): Promise<CommandResult> => runKindred(['token', ...words, '--config', configFile]);

  it('are shown once, listed without their text, and can be revoked', async () => {
    const made = await token(
      'create',
      '--role',
      'staff',
      '--brand',
      'wren',
      '--reference',
      'staff_wren_19',
      '--days',
      '7',
    );
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^kin_[0-9A-Za-z]{43}\n$/);
    const text = made.stdout.trim();
    const listed = await token('list', '--json');
    expect(listed.code).toBe(0);
    const [row] = jsonLines<Listed[]>(listed.stdout)[0] ?? [];
    expect(row).toMatchObject({ role: 'staff', reference: 'staff_wren_19' });
    expect(`${listed.stdout}${listed.stderr}`).not.toContain(text);
    expect(made.stderr).toContain(row?.tokenRef);
    const revoked = await token('revoke', row?.tokenRef ?? '', '--json');
    expect(revoked).toMatchObject({ code: 0, stdout: `${JSON.stringify({ revoked: row?.tokenRef })}\n` });
    const after = jsonLines<Listed[]>((await token('list', '--json')).stdout)[0];
    expect(after?.[0]?.revokedAt).toBeTypeOf('string');
  }, 60_000);

  it('are not made for staff of no brand', async () => {
    const { code, stdout, stderr } = await token('create', '--role', 'staff', '--reference', 'staff_1');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error USAGE: /m);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe("a customer's token on the command line", () => {
  const env = { KINDRED_SECRET: Buffer.alloc(32, 7).toString('base64') };
  const folder = newFolder();
  let configFile: string;
  let group: OpenGroup;

  beforeAll(async () => {
    configFile = await writeServedGroup(folder);
    const log = createLogger({ level: 'silent' });
    group = await openGroup({ config: readConfig(configFile), env, clock: systemClock, log });
  });

  afterAll(async () => {
    for (const database of [group.brands.registry, ...group.brands.all().map((entry) => entry.database)]) {
      await database.connection.db?.dropDatabase();
    }
    await group.close();
    await dropFolder(folder);
  });

  const token = (...words: string[]): Promise<Printed> => runHere(['token', ...words, '--config', configFile], env);

  it('is bound to one profile, and says so in the list', async () => {
    const entry = group.brands.get('wren');
    const { profile } = planNewProfile({ brand: entry.brand, values: { email: 'mei@example.org' }, now: new Date() });
    await entry.database.model(profileCollection).collection.insertOne(profile as never);
    const id = formatNodeId('prof', 'wren', profile._id);
    const made = await token('create', '--role', 'customer', '--profile', id, '--hours', '2');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^kin_[0-9A-Za-z]{43}\n$/) });
    const { stdout } = await token('list');
    const [line] = stdout.split('\n').filter((each) => each.includes('customer'));
    expect(line).toContain(`only ${id}`);
    expect(stdout).not.toContain('mei@');
    const [listed] = jsonLines<Listed[]>((await token('list', '--json')).stdout)[0] ?? [];
    expect(listed).toMatchObject({ role: 'customer', profileId: profile._id, brandHandles: ['wren'] });
    const lifeMs = Date.parse(listed?.expiresAt ?? '') - Date.parse(listed?.createdAt ?? '');
    expect(Math.round(lifeMs / 3_600_000)).toBe(2);
    const unknown = await token('create', '--role', 'customer', '--profile', formatNodeId('prof', 'wren', newUuid()));
    expect(unknown).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^error USAGE: /m) });
  });

  it.each([
    ['an id of something else', ['--role', 'customer', '--profile', 'brand_wren']],
    ['no id', ['--role', 'customer', '--profile', 'mei@example.org']],
    ['two lengths of life', ['--role', 'analyst', '--reference', 'x', '--days', '1', '--hours', '1']],
    ['no length of life', ['--role', 'analyst', '--reference', 'x', '--hours', '0']],
  ])('is not made from %s', async (_what, words) => {
    const { code, stdout, stderr } = await token('create', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error USAGE: /m);
    expect(stderr).not.toContain('mei@');
  });

  it('says in the help how long it lasts', async () => {
    const { stdout } = await runHere(['token', 'create', '--help']);
    expect(stdout).toContain('one hour');
    expect(stdout).toContain('24 at most');
  });
});
