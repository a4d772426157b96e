import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactSign, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Brand } from '../../src/brands/brand.js';
import { brandsOf } from '../../src/brands/load-config.js';
import { givenConsent } from '../../src/consents/consent.service.js';
import { noticeOf } from '../../src/consents/notice.js';
import { type ReceiptRecord, receiptRecord } from '../../src/consents/receipt.js';
import { createReceiptSigner } from '../../src/consents/receipt.service.js';
import { readSecret } from '../../src/kernel/secrets.js';
import { groupConfig } from '../support/group.js';
import { writeGroupFile } from '../support/group-file.js';
import { dropFolder, jsonLines, newFolder } from '../support/kindred-command.js';
import { runHere } from '../support/run-here.js';

const secret = randomBytes(32).toString('base64');
const at = new Date('2026-11-22T04:05:06.789Z');
const linkId = '8985f430-a56f-411a-82ad-672e50510f87';

function aRecord(): ReceiptRecord {
  const notice = noticeOf({ version: '2026-07', language: 'en-AU', text: 'Hearth would receive your name.' });
  const [from, to] = brandsOf(groupConfig()) as [Brand, Brand];
  const actor = { kind: 'STAFF' as const, reference: 'staff_1' };
  const { record } = givenConsent(
    linkId,
    {
      purposes: [{ code: 'group-service', text: 'To serve you' }],
      attributes: ['FIRST_NAME', 'EMAIL'],
      noticeId: notice.id,
      method: 'VERBAL',
      givenAt: at,
      recordedAt: at,
      recordedBy: actor,
      validUntil: null,
      storageLocation: null,
      retentionYears: 7,
    },
    { at, actor },
  );
  const source = {
    receiptId: 'rcpt_1',
    linkId,
    principal: 'km_1',
    from,
    to,
    record,
    notice,
    epoch: 1,
    at,
    confirmedAt: at,
  };
  return receiptRecord({ ...source, status: 'CONFIRMED', withdrawalPage: 'https://group.example/withdraw' });
}

describe('kindred receipt', () => {
  const folder = newFolder();
  let configFile: string;
  let jws: string;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const run = (words: readonly string[], env = { KINDRED_SECRET: secret }) =>
    runHere(['receipt', ...words, '--config', configFile], env);

  beforeAll(async () => {
    configFile = await writeGroupFile(folder);
    jws = await (await createReceiptSigner(readSecret(secret).signingJwk())).sign(aRecord());
  });
  afterAll(() => dropFolder(folder));

  it('verify prints what was agreed, with the keys of the group', async () => {
    const { code, stdout, stderr } = await run(['verify', file('receipt.jws', `${jws}\n`)]);
    expect(code).toBe(0);
    for (const text of ['CONFIRMED', 'FIRST_NAME, EMAIL', 'Hearth would receive your name.', 'group-service']) {
      expect(stdout).toContain(text);
    }
    expect(stderr).toContain('The receipt holds');
  });

  it('verify needs nothing but public keys, which keys prints', async () => {
    const keys = await run(['keys']);
    expect(keys.code).toBe(0);
    expect(jsonLines<{ keys: object[] }>(keys.stdout)[0]?.keys[0]).not.toHaveProperty('d');
    const words = ['verify', file('receipt.jws', jws), '--keys', file('keys.json', keys.stdout), '--json'];
    const { code, stdout } = await run(words, { KINDRED_SECRET: randomBytes(32).toString('base64') });
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toEqual([aRecord()]);
  });

  it('verify says what is wrong with a receipt that does not hold, and fails', async () => {
    const [header, payload, signature] = jws.split('.') as [string, string, string];
    const changed = Buffer.from(payload, 'base64url').toString().replace('"FIRST_NAME",', '');
    const forged = `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`;
    const key = await importJWK(readSecret(secret).signingJwk(), 'EdDSA');
    const { kid } = readSecret(secret).signingJwk();
    const signed = (text: string, typ: string) =>
      new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: 'EdDSA', typ, kid: kid ?? '' }).sign(key);
    const otherWords = aRecord();
    const cases: [string, RegExp][] = [
      [forged, /signature does not fit/],
      ['not a receipt', /not a signed receipt/],
      [await signed(JSON.stringify(aRecord()), 'JWT'), /not as a consent-receipt\+jws/],
      [await signed('{}', 'consent-receipt+jws'), /not of the form/],
      [
        await signed(
          JSON.stringify({ ...otherWords, notice: { ...otherWords.notice, text: 'Others' } }),
          'consent-receipt+jws',
        ),
        /wording is not the one/,
      ],
    ];
    for (const [text, message] of cases) {
      const { code, stdout, stderr } = await run(['verify', file('bad.jws', text)]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^error RECEIPT_INVALID: /);
      expect(stderr).toMatch(message);
    }
    const other = await run(['verify', file('receipt.jws', jws)], {
      KINDRED_SECRET: randomBytes(32).toString('base64'),
    });
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/none of these keys/);
  });

  it('verify is told off when there is no such file or the keys are none', async () => {
    expect(await run(['verify', join(folder, 'absent.jws')])).toMatchObject({ code: 2, stdout: '' });
    const words = ['verify', file('receipt.jws', jws), '--keys', file('keys.txt', 'no JSON')];
    expect(await run(words)).toMatchObject({ code: 2, stdout: '' });
  });
});
