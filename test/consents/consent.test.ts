import { compactVerify, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Brand } from '../../src/brands/brand.js';
import { brandsOf } from '../../src/brands/load-config.js';
import { coversPurpose, isBelievableTime, isConfirmed } from '../../src/consents/consent.js';
import { changedConsent, givenConsent } from '../../src/consents/consent.service.js';
import { isWholeChain } from '../../src/consents/consent-event.js';
import { noticeOf } from '../../src/consents/notice.js';
import { currentNotice, ensureNotices, noticeById } from '../../src/consents/notice.service.js';
import { receiptRecord } from '../../src/consents/receipt.js';
import { createReceiptSigner } from '../../src/consents/receipt.service.js';
import { Deadline } from '../../src/kernel/clock.js';
import { sha256Hex } from '../../src/kernel/digest.js';
import { newUuid } from '../../src/kernel/ids.js';
import { groupConfig, openGroup, type TestGroup } from '../support/group.js';

const now = new Date('2026-11-22T04:05:00.000Z');
const staff = { kind: 'STAFF' as const, reference: 'staff_wren_19' };
const wording = { version: '2026-07', language: 'en-AU', text: 'We would share your name.' };

function aConsent(linkId = newUuid()) {
  return givenConsent(
    linkId,
    {
      purposes: [{ code: 'group-service', text: 'To serve you' }],
      attributes: ['FIRST_NAME'],
      noticeId: noticeOf(wording).id,
      method: 'VERBAL',
      givenAt: now,
      recordedAt: now,
      recordedBy: staff,
      validUntil: null,
      storageLocation: null,
      retentionYears: 7,
    },
    { at: now, actor: staff, evidence: { noticeId: noticeOf(wording).id } },
  );
}

describe('the events of a consent', () => {
  it('seal each the one before', () => {
    const linkId = newUuid();
    const given = aConsent(linkId);
    const confirmed = changedConsent(linkId, given.record, { status: 'CONFIRMED', at: now, actor: staff });
    expect(confirmed.event.prev).toBe(given.event.hash);
    expect(confirmed.record).toMatchObject({ status: 'CONFIRMED', seq: 2, head: confirmed.event.hash });
    expect(isWholeChain([given.event, confirmed.event])).toBe(true);
  });

  it('show when one was changed, dropped or moved', () => {
    const linkId = newUuid();
    const given = aConsent(linkId);
    const confirmed = changedConsent(linkId, given.record, { status: 'CONFIRMED', at: now, actor: staff });
    expect(isWholeChain([{ ...given.event, at: new Date(0) }, confirmed.event])).toBe(false);
    expect(isWholeChain([confirmed.event])).toBe(false);
    expect(isWholeChain([confirmed.event, given.event])).toBe(false);
  });
});

describe('a consent', () => {
  it('justifies showing rows only once confirmed and until it runs out', () => {
    const { record } = aConsent();
    expect(isConfirmed(record, now)).toBe(false);
    expect(isConfirmed({ ...record, status: 'CONFIRMED' }, now)).toBe(true);
    expect(isConfirmed({ ...record, status: 'CONFIRMED', validUntil: now }, now)).toBe(false);
  });

  it('covers its own purposes and none else', () => {
    const { record } = aConsent();
    expect(coversPurpose(record, { code: 'group-service', text: 'other words' })).toBe(true);
    expect(coversPurpose(record, { code: 'marketing', text: '' })).toBe(false);
    expect(coversPurpose(record, null)).toBe(false);
  });

  it('cannot be given ahead of time or too long ago for its method', () => {
    const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    expect(isBelievableTime('VERBAL', ago(15), now)).toBe(true);
    expect(isBelievableTime('VERBAL', ago(15.1), now)).toBe(false);
    expect(isBelievableTime('WRITTEN', ago(30 * 24 * 60), now)).toBe(true);
    expect(isBelievableTime('ONLINE', ago(30 * 24 * 60 + 1), now)).toBe(false);
    expect(isBelievableTime('VERBAL', ago(-0.01), now)).toBe(false);
  });
});

describe('a notice', () => {
  let group: TestGroup;
  beforeAll(async () => {
    group = await openGroup();
  });
  afterAll(() => group.close());

  it('is named by its words, version and language', () => {
    expect(noticeOf(wording).id).toBe(noticeOf({ ...wording }).id);
    expect(noticeOf({ ...wording, text: 'Other words.' }).id).not.toBe(noticeOf(wording).id);
    expect(noticeOf({ ...wording, version: '2026-08' }).id).not.toBe(noticeOf(wording).id);
    expect(noticeOf(wording).sha256).toBe(sha256Hex(wording.text));
  });

  it('can be shown after the configuration has moved on, and is kept once', async () => {
    const deadline = Deadline.after(10_000);
    await ensureNotices(group.brands, deadline);
    await ensureNotices(group.brands, deadline);
    const rule = group.entry('wren').brand.sharingRules[0];
    const notice = currentNotice(rule as NonNullable<typeof rule>);
    const config = structuredClone(groupConfig());
    config.sharing = [];
    config.registry = group.config.registry;
    const later = await openGroup({ config });
    const context = later.context();
    expect(await noticeById(context, notice.id)).toEqual(notice);
    await expect(noticeById(context, 'notice_unknown')).rejects.toMatchObject({ code: 'INTERNAL' });
    await later.brands.close();
  });
});

describe('a receipt', () => {
  async function aKey(): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    return { privateJwk: await exportJWK(pair.privateKey), publicJwk: await exportJWK(pair.publicKey) };
  }

  it('is signed so that anyone with the public key can check it, and says what was agreed', async () => {
    const { privateJwk, publicJwk } = await aKey();
    const signer = await createReceiptSigner(privateJwk);
    const linkId = newUuid();
    const [from, to] = brandsOf(groupConfig()) as [Brand, Brand];
    const address = '1 Flinders Lane, Melbourne';
    const record = receiptRecord({
      receiptId: 'rcpt_1',
      linkId,
      principal: 'km_1',
      from: { ...from, controller: { ...from.controller, legalName: 'Alder Pty Ltd', address, jurisdiction: 'AU' } },
      to,
      record: aConsent(linkId).record,
      notice: noticeOf(wording),
      epoch: 1,
      at: now,
      status: 'CONFIRMED',
      confirmedAt: now,
      withdrawalPage: 'https://group.example/withdraw',
    });
    const jws = await signer.sign(record);
    const { payload } = await compactVerify(jws, await importJWK(publicJwk, 'EdDSA'), { algorithms: ['EdDSA'] });
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(record);
    expect(decodeProtectedHeader(jws)).toMatchObject({ alg: 'EdDSA', typ: 'consent-receipt+jws', kid: signer.kid });
    expect(record).toMatchObject({
      recordId: linkId,
      attributes: [{ name: 'FIRST_NAME', category: 'identity', isOptional: true, isSensitive: false }],
      notice: { sha256: sha256Hex(wording.text) },
      from: { role: 'exporter', legalName: 'Alder Pty Ltd', address, jurisdiction: 'AU' },
      to: { role: 'recipient', legalName: to.name, address: null },
      retention: { years: 7 },
    });
    // What TS 27560 makes mandatory of a record and its receipt, as far as one field here answers to one there.
    const mandatory = [
      ...['receiptId', 'schemaVersion', 'recordId', 'principal', 'notice', 'purposes', 'lawfulBasis', 'attributes'],
      ...['from', 'to', 'method', 'storageLocation', 'retention', 'withdrawalMethod', 'rights', 'status', 'givenAt'],
    ];
    expect(Object.keys(record)).toEqual(expect.arrayContaining(mandatory));
  });

  it('cannot be signed without a private Ed25519 key', async () => {
    const { publicJwk } = await aKey();
    await expect(createReceiptSigner(publicJwk)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(createReceiptSigner({ kty: 'RSA' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
