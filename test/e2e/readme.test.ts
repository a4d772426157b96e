import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropFolder, newFolder, packageRoot } from '../support/kindred-command.js';
import { ServerProcess } from '../support/server-process.js';

/*
 * Walks README.md. Its marks, which readers do not see:
 *
 *   <!-- tested -->        the fenced bash block right below is run, in the order of the file, each in a shell of its own
 *                          that stops at the first command that fails; it must end with 0.
 *   <!-- shows: text -->   right below a tested block: its output (both streams) must contain the text. Several may follow.
 *
 * The blocks run in an empty folder that looks like a checkout after `npm ci`: brands.config.json is there, the demo
 * serves from `.kindred`, and `npx kindred` is the built command. `npm start` itself is not run; the test has started the
 * demo before. Where a block says port 4000, the test's free port is meant. Tokens may also be taken from variables:
 * $TOKEN is the one of group-admin, $TOKEN_GROUP_APP, $TOKEN_STAFF and so on those of the other roles.
 */

interface TestedBlock {
  readonly line: number;
  readonly script: string;
  readonly shows: readonly string[];
}

function testedBlocks(markdown: string): TestedBlock[] {
  const pattern = /<!-- tested -->\s*\n```bash\n([\s\S]*?)\n```((?:\s*<!-- shows: .*? -->)*)/g;
  return [...markdown.matchAll(pattern)].map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length,
    script: match[1] as string,
    shows: [...(match[2] as string).matchAll(/<!-- shows: (.*?) -->/g)].map((mark) => mark[1] as string),
  }));
}

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
const blocks = testedBlocks(readme);

describe('the README', () => {
  const folder = newFolder();
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.demo(join(folder, '.kindred'));
    for (const name of ['brands.config.json', 'brands.config.schema.json']) {
      copyFileSync(join(packageRoot, name), join(folder, name));
    }
    mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
    // As npm links it: something that can be executed.
    const program = `#!/bin/sh\nexec '${process.execPath}' '${join(packageRoot, 'bin', 'kindred.js')}' "$@"\n`;
    writeFileSync(join(folder, 'node_modules', '.bin', 'kindred'), program, { mode: 0o755 });
  }, 120_000);

  afterAll(async () => {
    await server?.end();
    await dropFolder(folder);
  });

  function run(script: string): Promise<{ code: number | null; output: string }> {
    const tokens = server.demoTokens().map(({ role, token }): [string, string] => [role, token]);
    const port = new URL(server.url).port;
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script.replaceAll(':4000', `:${port}`)], {
      cwd: folder,
      env: {
        ...{ PATH: process.env['PATH'], HOME: folder, TMPDIR: process.env['TMPDIR'] },
        // npx finds the command in the folder; it must not look for it elsewhere.
        ...{ npm_config_offline: 'true', npm_config_update_notifier: 'false' },
        TOKEN: tokens.find(([role]) => role === 'group-admin')?.[1],
        ...Object.fromEntries(tokens.map(([role, token]) => [`TOKEN_${role.toUpperCase().replace('-', '_')}`, token])),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, output }));
    });
  }

  it('marks what is to be tested, and every mark is understood', () => {
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks).toHaveLength(readme.match(/<!-- tested -->/g)?.length ?? 0);
    expect(blocks.flatMap((block) => block.shows)).toHaveLength(readme.match(/<!-- shows:/g)?.length ?? 0);
  });

  it.each(blocks.map((block) => [block.line, block] as const))(
    'is right about the block at line %i',
    async (_, { script, shows }) => {
      const { code, output } = await run(script);
      expect({ code, output }).toMatchObject({ code: 0 });
      for (const text of shows) expect(output).toContain(text);
    },
    60_000,
  );

  it('names only commands, options, files and npm scripts that exist', async () => {
    const { scripts } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { scripts: object };
    for (const [, name] of readme.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name);
    const help = (await run('npx kindred --help')).output;
    for (const [, name] of readme.matchAll(/`(?:npx )?kindred ([a-z]+)/g))
      expect(help).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    for (const [, path] of readme.matchAll(/\]\(((?!https?:)[^)#]+)\)/g)) {
      expect({ path, isThere: existsSync(join(packageRoot, path as string)) }).toEqual({ path, isThere: true });
    }
  });
});
