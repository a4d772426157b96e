import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGroupFile } from '../support/group-file.js';
import { type CommandResult, dropFolder, jsonLines, newFolder, runKindred } from '../support/kindred-command.js';

interface Listed {
  readonly tokenRef: string;
  readonly role: string;
  readonly reference: string;
  readonly revokedAt?: string;
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
