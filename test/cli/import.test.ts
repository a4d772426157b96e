import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGroupFile } from '../support/group-file.js';
import { type CommandResult, dropFolder, jsonLines, newFolder, runKindred } from '../support/kindred-command.js';
import { runHere } from '../support/run-here.js';
import { ServerProcess } from '../support/server-process.js';
import { createTokens } from '../support/token-maker.js';

const sample = fileURLToPath(new URL('../support/samples/shopify-customers.csv', import.meta.url));

/** Rows of the sample that are not simply new, by the line they begin on. */
const remarkable: Readonly<Record<number, string>> = {
  6: 'CREATED phone:INVALID_PHONE',
  // The e-mail of line 11, and another customer id.
  12: 'UPDATED phone:VALUE_KEPT first name:VALUE_KEPT',
  14: 'CREATED phone:INVALID_PHONE',
  15: 'CREATED email:INVALID_EMAIL',
  // Line 7 word for word.
  18: 'UNCHANGED',
  // The customer id of line 6 with another person's name and e-mail; the mobile fills the place that line 6 left empty.
  19: 'UPDATED email:VALUE_KEPT first name:VALUE_KEPT last name:VALUE_KEPT',
  31: 'CREATED phone:INVALID_PHONE',
};
/** Lines on which a row begins: notes with a line break inside take two. */
const rowLines = [
  ...[2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 27, 29],
  ...[31, 32, 33, 35, 36, 38, 39, 41, 42, 43, 44, 46, 47, 48, 49],
];

interface Report {
  readonly line: number;
  readonly verdict: string;
  readonly notes: readonly { readonly code: string; readonly column: string | null }[];
}

function verdicts(result: CommandResult): string[] {
  return jsonLines<Report | { summary: object }>(result.stdout).flatMap((each) =>
    'line' in each
      ? [`${each.line} ${[each.verdict, ...each.notes.map((note) => `${note.column}:${note.code}`)].join(' ')}`]
      : [],
  );
}

function summaryOf(result: CommandResult): object | undefined {
  return jsonLines<{ summary?: object }>(result.stdout).find((each) => each.summary !== undefined)?.summary;
}

const census = `query Census($brand: BrandHandle!) {
  profiles(brand: $brand, first: 100) { totalCount nodes { id version updatedAt identities { nodes { id } } addresses { id } } }
}`;

interface Census {
  readonly profiles: { readonly totalCount: number; readonly nodes: readonly object[] };
}

describe('importing the sample', () => {
  const folder = newFolder();
  let configFile: string;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    configFile = await writeGroupFile(folder);
    server = await ServerProcess.serve(configFile);
    token = (await createTokens(configFile, { admin: {} })).admin;
  }, 120_000);

  afterAll(async () => {
    await server?.end();
    await dropFolder(folder);
  });

  const run = (brand: string, file: string, ...words: string[]): Promise<CommandResult> =>
    runKindred(['import', file, '--brand', brand, '--config', configFile, ...words]);
  const count = (brand: string): Promise<Census> => server.data<Census>(census, { brand }, token);
  const write = async (name: string, text: string | Buffer): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };

  it('says what it would do and writes nothing when asked to run dry', async () => {
    const result = await run('alder', sample, '--json', '--dry-run');
    expect(result.code).toBe(0);
    expect(verdicts(result)).toHaveLength(rowLines.length);
    expect(summaryOf(result)).toMatchObject({
      isDryRun: true,
      rows: 40,
      created: 37,
      updated: 2,
      unchanged: 1,
      refused: 0,
    });
    expect(await count('alder')).toEqual({ profiles: { totalCount: 0, nodes: [] } });
  });

  it('gives a verdict on every row, beside the running server, which shows the customers at once', async () => {
    const result = await run('wren', sample, '--json');
    expect(result.code).toBe(0);
    expect(verdicts(result)).toEqual(rowLines.map((line) => `${line} ${remarkable[line] ?? 'CREATED'}`));
    expect(summaryOf(result)).toMatchObject({
      isDryRun: false,
      rows: 40,
      created: 37,
      updated: 2,
      unchanged: 1,
      refused: 0,
    });
    expect((await count('wren')).profiles.totalCount).toBe(37);
    const found = await server.data(
      `{ profile(by: { identity: { brand: "wren", handle: "shopify", identifier: "6432187480007" } }) {
        fullName company tags addresses { line1 city postcode countryCode } identities { nodes { handle identifier } } } }`,
      {},
      token,
    );
    expect(found).toEqual({
      profile: {
        fullName: 'Ravi Sharma',
        company: 'Harbour & Sons, Pty Ltd',
        tags: ['VIP'],
        addresses: [{ line1: '182 King St', city: 'Darwin', postcode: '0800', countryCode: 'AU' }],
        identities: { nodes: [{ handle: 'shopify', identifier: '6432187480007' }] },
      },
    });
  });

  it('changes nothing when it is run again', async () => {
    const before = await count('wren');
    const result = await run('wren', sample, '--json');
    expect(result.code).toBe(0);
    expect(summaryOf(result)).toMatchObject({ rows: 40, created: 0, updated: 0, unchanged: 40, refused: 0 });
    expect(await count('wren')).toEqual(before);
  });

  it('never lets a bad row stop a good one, and ends with 1', async () => {
    const file = await write(
      'mixed.csv',
      'Customer ID,First Name,Email,Phone\n1,Ana,ana@example.org,\n2,Too,many,columns,here\n,Nobody,,\n4,Bo,bo@example.org,\n',
    );
    const result = await run('hearth', file, '--json');
    expect(result.code).toBe(1);
    expect(verdicts(result)).toEqual([
      '2 CREATED',
      '3 REFUSED null:COLUMN_COUNT',
      '4 REFUSED null:NOTHING_TO_FIND_BY',
      '5 CREATED',
    ]);
    expect((await count('hearth')).profiles.totalCount).toBe(2);
  });

  it('prints lines for people, and only the remarkable ones when asked to be quiet', async () => {
    const result = await run('wren', sample, '--quiet', '--dry-run');
    expect(result.code).toBe(0);
    expect(result.stdout.split('\n').filter((line) => line !== '')).toHaveLength(6);
    expect(result.stdout).toContain('line 15');
    expect(result.stderr).toContain('40 unchanged');
    expect(`${result.stdout}${result.stderr}`).not.toContain('\u001b');
  });

  it.each([
    ['an empty file', 'CSV_INVALID', () => write('empty.csv', '')],
    [
      'a file that is not text',
      'CSV_INVALID',
      () => write('picture.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1])),
    ],
    ['a file without a known column', 'CSV_INVALID', () => write('other.csv', 'colour;size\nred;12\n')],
    ['a file that is not there', 'FILE_UNREADABLE', async () => join(folder, 'missing.csv')],
    [
      'a folder',
      'FILE_UNREADABLE',
      async () => {
        const path = join(folder, 'folder.csv');
        await mkdir(path);
        return path;
      },
    ],
  ] as const)('refuses %s', async (_, code, make) => {
    const file = await make();
    const result = await runHere(['import', file, '--brand', 'alder', '--config', configFile]);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(new RegExp(`^error ${code}: `, 'm'));
    expect(result.stderr).toContain(file);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});
