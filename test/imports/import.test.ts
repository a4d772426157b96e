import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCsv } from '../../src/imports/csv-rows.js';
import type { RowReport } from '../../src/imports/customer-row.js';
import { type ImportSummary, importCustomers } from '../../src/imports/import.service.js';
import { keyColumns, readShopifyCustomer } from '../../src/imports/shopify-customer.js';
import { newUuid } from '../../src/kernel/ids.js';
import { openGroup, type TestGroup } from '../support/group.js';

const header =
  'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Phone,Default Address Address1,Default Address Zip,Tags';

describe('importing customers', () => {
  let group: TestGroup;
  let folder: string;
  beforeAll(async () => {
    group = await openGroup();
    folder = await mkdtemp(join(tmpdir(), 'kindred-import-'));
  });
  afterAll(async () => {
    await group.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(
    brand: string,
    lines: readonly string[],
    isDryRun = false,
  ): Promise<{ summary: ImportSummary; reports: RowReport[] }> {
    const file = join(folder, `${newUuid()}.csv`);
    await writeFile(file, `\uFEFF${[header, ...lines].join('\r\n')}\r\n`);
    const csv = await openCsv(file, keyColumns);
    const reports: RowReport[] = [];
    const rows = (async function* () {
      for await (const row of csv.rows()) yield row.isReadable ? readShopifyCustomer(row.line, row.cells, 'AU') : row;
    })();
    const summary = await importCustomers({
      context: group.context({ actor: null }),
      entry: group.entry(brand),
      rows,
      importId: newUuid(),
      isDryRun,
      onRow: (report) => reports.push(report),
    });
    return { summary, reports };
  }

  const count = (brand: string, collection: string) =>
    group.entry(brand).database.connection.db?.collection(collection).estimatedDocumentCount();
  const profiles = async (brand: string) =>
    group.entry(brand).database.connection.db?.collection('profiles').find({}).toArray();

  it('makes a profile with identity, e-mail, mobile and address per new row', async () => {
    const { reports } = await run('wren', [
      '1001,Mei,Tanaka,mei@example.org,yes,\'+61412345678,1 King St,\'0800,"VIP, newsletter"',
      '1002,Tom,Ng,tom@example.org,no,0412 345 679,,,',
    ]);
    expect(reports.map((report) => [report.line, report.verdict])).toEqual([
      [2, 'CREATED'],
      [3, 'CREATED'],
    ]);
    const rows = await profiles('wren');
    const mei = rows?.find((row) => row['email'] === 'mei@example.org');
    expect(mei).toMatchObject({
      state: 'ACTIVE',
      type: 'ACTIVE',
      mobilePhone: '+61412345678',
      tags: ['VIP', 'newsletter'],
    });
    expect(mei?.['keys']).toContain('n:tanaka mei');
    expect(
      await group
        .entry('wren')
        .database.connection.db?.collection('addresses')
        .findOne({ accountId: mei?._id as never }),
    ).toMatchObject({ postcode: '0800', countryCode: 'AU' });
    expect(await count('wren', 'claims')).toBe(6);
  });

  it('changes nothing when the same file comes again', async () => {
    const lines = [
      '2001,Ada,Li,ada@example.org,yes,+61412345601,2 King St,3000,vip',
      '2002,,,ada@example.org,no,,,,',
      '2001,Ada,Other,second@example.org,yes,,,,',
    ];
    await run('alder', lines);
    const before = JSON.stringify([
      await profiles('alder'),
      await count('alder', 'claims'),
      await count('alder', 'outbox'),
      await count('alder', 'audit'),
    ]);
    const { summary } = await run('alder', lines);
    expect(summary).toMatchObject({ rows: 3, created: 0, updated: 0, unchanged: 3, refused: 0 });
    expect(
      JSON.stringify([
        await profiles('alder'),
        await count('alder', 'claims'),
        await count('alder', 'outbox'),
        await count('alder', 'audit'),
      ]),
    ).toBe(before);
  });

  it('routes by identity before e-mail before mobile and moves no key that somebody else owns', async () => {
    await run('hearth', ['3001,Ann,One,ann@example.org,yes,,,,', '3002,Ben,Two,ben@example.org,yes,+61412345602,,,']);
    const { reports } = await run('hearth', [
      '3001,Ann,One,ben@example.org,yes,+61412345602,,,',
      ',Ben,,ben@example.org,,,,,x',
      ',,,,,+61412345602,,,',
    ]);
    expect(reports).toEqual([
      {
        line: 2,
        verdict: 'UNCHANGED',
        notes: [
          { code: 'OTHER_OWNER', column: 'email' },
          { code: 'OTHER_OWNER', column: 'phone' },
        ],
      },
      { line: 3, verdict: 'UPDATED', notes: [] },
      { line: 4, verdict: 'UNCHANGED', notes: [] },
    ]);
  });

  it('fills what is empty and keeps what is there', async () => {
    await run('hearth', ['3101,unknown,Kaur,kaur@example.org,,,,,']);
    const { reports } = await run('hearth', ['3101,Priya,Singh,other@example.org,yes,+61412345603,9 King St,2000,new']);
    expect(reports).toEqual([
      {
        line: 2,
        verdict: 'UPDATED',
        notes: [
          { code: 'VALUE_KEPT', column: 'email' },
          { code: 'VALUE_KEPT', column: 'last name' },
        ],
      },
    ]);
    const row = (await profiles('hearth'))?.find((each) => each['email'] === 'kaur@example.org');
    expect(row).toMatchObject({
      firstName: 'Priya',
      lastName: 'Kaur',
      mobilePhone: '+61412345603',
      version: 2,
      type: 'ACTIVE',
    });
  });

  it('gives a bad row its verdict and takes the good ones around it', async () => {
    const { reports } = await run('hearth', [
      '3201,A,B,a3201@example.org,yes',
      ',Nobody,,not an address,,not a phone,,,',
      '3203,C,D,broken@@example,yes,+61412345604,,,',
      '3204,E,F,e3204@example.org,yes,,,,',
    ]);
    expect(reports.map((report) => [report.line, report.verdict, report.notes.map((note) => note.code)])).toEqual([
      [2, 'REFUSED', ['COLUMN_COUNT']],
      [3, 'REFUSED', ['INVALID_EMAIL', 'INVALID_PHONE', 'NOTHING_TO_FIND_BY']],
      [4, 'CREATED', ['INVALID_EMAIL']],
      [5, 'CREATED', []],
    ]);
  });

  it('writes nothing in a dry run and judges as the real run does', async () => {
    const lines = [
      '3301,A,B,a3301@example.org,yes,,,,',
      '3301,A,B,a3301@example.org,yes,,,,',
      '3302,A,B,a3301@example.org,yes,,,,',
    ];
    const before = await count('wren', 'profiles');
    const dry = await run('wren', lines, true);
    expect(await count('wren', 'profiles')).toBe(before);
    const real = await run('wren', lines);
    expect(dry.reports).toEqual(real.reports);
  });

  it('lets two runs of overlapping files meet without a double or a loss', async () => {
    const line = (n: number) => `${4000 + n},F${n},L${n},p${n}@example.net,yes,,,,`;
    const first = Array.from({ length: 120 }, (_, n) => line(n));
    const second = Array.from({ length: 120 }, (_, n) => line(n + 60));
    const before = (await count('wren', 'profiles')) ?? 0;
    const [a, b] = await Promise.all([run('wren', first), run('wren', second)]);
    expect((await count('wren', 'profiles')) ?? 0).toBe(before + 180);
    expect(a.summary.created + b.summary.created).toBe(180);
    expect(a.summary.refused + b.summary.refused).toBe(0);
  });
});
