import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGroupFile } from '../support/group-file.js';
import { dropFolder, newFolder, runKindred } from '../support/kindred-command.js';
import { type Printed, runHere } from '../support/run-here.js';
import { ServerProcess } from '../support/server-process.js';

/** A failure is one clear line with its code; only a fault of ours comes with a stack. */
function expectFailure(result: Printed, code: string): string {
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 1, stdout: '' });
  const line = result.stderr.split('\n').find((each) => each.startsWith('error ')) ?? result.stderr;
  expect(line).toMatch(new RegExp(`^error ${code}: `));
  expect(result.stderr).not.toMatch(/\n\s+at /);
  return line;
}

describe('starting a server', () => {
  const folder = newFolder();
  let configFile: string;

  beforeAll(async () => {
    configFile = await writeGroupFile(folder);
  });

  afterAll(() => dropFolder(folder));

  /** Writes the group's configuration with changes under another name. */
  async function variant(name: string, change: (config: Record<string, unknown>) => void): Promise<string> {
    const config = JSON.parse(await readFile(configFile, 'utf8')) as Record<string, unknown>;
    change(config);
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  it('refuses a data folder that another process owns, and leaves that process alone', async () => {
    const first = await ServerProcess.serve(configFile);
    try {
      const second = await runKindred(['serve', '--config', configFile, '--port', '0']);
      expect(expectFailure(second, 'DATA_FOLDER_LOCKED')).toContain(join(folder, 'data'));
      expect((await first.readiness()).status).toBe('ready');
    } finally {
      await first.end();
    }
    const third = await ServerProcess.serve(configFile);
    expect((await third.end()).code).toBe(0);
  });

  it('refuses a port that is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    try {
      const refused = await runKindred(['serve', '--config', configFile], { env: { PORT: String(port) } });
      expect(expectFailure(refused, 'PORT_IN_USE')).toContain(`Port ${port}`);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  it('lists every mistake of a configuration with its path', async () => {
    const file = await variant('wrong.json', (config) => {
      const [alder, wren, hearth] = config['brands'] as Record<string, unknown>[];
      Object.assign(alder as object, { handle: 'Alder!', colour: 'green' });
      Object.assign(wren as object, { timeZone: 'Mars/Olympus', database: { name: 'kindred_hearth' } });
      Object.assign(hearth as object, { currencyCode: 'XXQ' });
      config['server'] = { port: 70_000, prot: 1 };
      // A name in braces is replaced from the environment.
      config['registry'] = { database: { uri: '$'.concat('{NO_SUCH_VARIABLE}'), name: 'kindred_registry' } };
    });
    const refused = await runHere(['serve', '--config', file]);
    expectFailure(refused, 'CONFIG_INVALID');
    for (const path of [
      'brands[0].handle',
      'brands[0].colour',
      'brands[1].timeZone',
      'brands[2].database',
      'brands[2].currencyCode',
      'server.port',
      'server.prot',
      'registry.database.uri',
    ]) {
      expect(refused.stderr).toContain(`  ${path}: `);
    }
    expect(refused.stderr).toContain('NO_SUCH_VARIABLE');
  });

  it.each([
    ['is not there', null, 'FILE_UNREADABLE'],
    ['is not JSON', '{ "brands": [', 'CONFIG_INVALID'],
    ['is JSON of another kind', '[]', 'CONFIG_INVALID'],
    ['is empty', '', 'CONFIG_INVALID'],
  ] as const)('refuses a configuration that %s', async (what, text, code) => {
    const file = join(folder, `${what.replaceAll(' ', '-')}.json`);
    if (text !== null) await writeFile(file, text);
    expect(expectFailure(await runHere(['serve', '--config', file]), code)).toContain(file);
  });

  it('says what to do when the registry cannot be reached, and falls back to nothing', async () => {
    const file = await variant('unreachable.json', (config) => {
      // Port 1 of the loopback: nobody listens there.
      config['registry'] = {
        database: { uri: 'mongodb://127.0.0.1:1/?directConnection=true', name: 'kindred_registry' },
      };
      config['server'] = { brandDeadlineMs: 500 };
      config['embedded'] = { folder: 'data-unreachable' };
    });
    const refused = await runKindred(['serve', '--config', file, '--port', '0']);
    expect(expectFailure(refused, 'DATABASE_UNREACHABLE')).toContain('registry.database.uri');
  });

  it('asks for a secret as soon as nothing lives on the embedded engine', async () => {
    const file = await variant('no-secret.json', (config) => {
      const uri = 'mongodb://127.0.0.1:1';
      for (const brand of config['brands'] as { handle: string; database: object }[]) {
        brand.database = { uri, name: `kindred_${brand.handle}` };
      }
      config['registry'] = { database: { uri, name: 'kindred_registry' } };
    });
    const refused = await runHere(['serve', '--config', file, '--port', '0']);
    expect(expectFailure(refused, 'CONFIG_INVALID')).toContain('KINDRED_SECRET');
  });

  it('leaves a folder alone that holds something else', async () => {
    const foreign = join(folder, 'holiday');
    await mkdir(foreign);
    await writeFile(join(foreign, 'photo.jpg'), 'a picture');
    const file = await variant('foreign.json', (config) => {
      config['embedded'] = { folder: 'holiday' };
    });
    expectFailure(await runHere(['serve', '--config', file, '--port', '0']), 'DATA_FOLDER_FOREIGN');
    expect(await readFile(join(foreign, 'photo.jpg'), 'utf8')).toBe('a picture');
  });
});
