import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGroupFile } from '../support/group-file.js';
import { dropFolder, newFolder, packageRoot, runKindred } from '../support/kindred-command.js';
import { runHere } from '../support/run-here.js';

const commands = [
  ['demo'],
  ['serve'],
  ['import'],
  ['mailbox'],
  ['token'],
  ['token', 'create'],
  ['token', 'list'],
  ['token', 'revoke'],
  ['events'],
  ['events', 'list'],
  ['events', 'retry'],
  ['events', 'test'],
  ['engine'],
  ['engine', 'check'],
  ['export'],
  ['receipt'],
  ['receipt', 'verify'],
  ['receipt', 'keys'],
] as const;

describe('the words of the command line', () => {
  const folder = newFolder();
  let configFile: string;

  beforeAll(async () => {
    configFile = await writeGroupFile(folder);
  });

  afterAll(() => dropFolder(folder));

  it('explains itself, with every command and what exit codes mean', async () => {
    const { code, stdout, stderr } = await runKindred(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const [name] of commands) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 wrong words');
  });

  it.each(commands.map((words) => [words.join(' '), words] as const))('explains "kindred %s"', async (_, words) => {
    const { code, stdout, stderr } = await runHere([...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: kindred ${words.join(' ')}`);
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
    expect(await runKindred(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['an unknown command', ['bogus'], /unknown command 'bogus'/],
    ['an unknown command of a group', ['token', 'bogus'], /unknown command 'bogus'/],
    ['an unknown option', ['serve', '--nope'], /unknown option '--nope'/],
    ['a missing option', ['import', 'customers.csv'], /--brand/],
    ['a missing argument', ['import', '--brand', 'wren'], /'file'/],
    ['an option without its value', ['demo', '--port'], /--port/],
    ['a word too many', ['serve', 'now'], /too many arguments/],
    ['a command missing', [], /Usage: kindred/],
    ['a command of a group missing', ['token'], /Usage: kindred token/],
    ['a folder to write to missing', ['export'], /--out/],
    ['a folder to look at missing', ['engine', 'check'], /'folder'/],
  ] as const)('ends with 2 for %s and prints no data', async (_, words, told) => {
    const { code, stdout, stderr } = await runHere(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(told);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['a port that is no number', ['serve', '--port', 'abc'], {}, /"abc" is not a port/],
    ['a port that does not exist', ['serve'], { PORT: '65536' }, /"65536" is not a port/],
    ['a log level that does not exist', ['serve'], { KINDRED_LOG: 'loud' }, /KINDRED_LOG is "loud"/],
    ['a limit out of range', ['mailbox', '--limit', '0'], {}, /--limit is "0"/],
  ] as const)('ends with 2 for %s', async (_, words, env, told) => {
    const { code, stdout, stderr } = await runHere([...words, '--config', configFile], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error USAGE: /);
    expect(stderr).toMatch(told);
  });

  it('tells a shell the same as it tells a caller', async () => {
    const { code, stdout, stderr } = await runKindred(['bogus']);
    expect({ code, stdout, stderr }).toEqual(await runHere(['bogus']));
  });

  it('names the known brands when it is given another', async () => {
    const { code, stderr } = await runKindred(['mailbox', '--brand', 'oak', '--config', configFile]);
    expect(code).toBe(2);
    expect(stderr).toContain('error USAGE: "oak" is not a configured brand; known: alder, hearth, wren');
  });

  it('tells failures as JSON when asked for JSON', async () => {
    const { code, stdout, stderr } = await runHere(['mailbox', '--json', '--config', join(folder, 'missing.json')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'FILE_UNREADABLE', message: expect.any(String) } });
  });

  it('takes the configuration from the environment', async () => {
    const missing = join(folder, 'elsewhere.json');
    const { code, stderr } = await runHere(['mailbox'], { KINDRED_CONFIG: missing });
    expect(code).toBe(1);
    expect(stderr).toContain(missing);
  });
});
