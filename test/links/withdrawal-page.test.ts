import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { withdrawalHtml } from '../../src/links/withdrawal-page.js';
import { withdrawalRoutes } from '../../src/links/withdrawal-page.service.js';
import { type LinkGroup, openLinkGroup, receiptTokenOf } from './link-group.js';

let group: LinkGroup;
let app: FastifyInstance;
beforeAll(async () => {
  group = await openLinkGroup();
  app = fastify();
  await app.register(withdrawalRoutes(group.deps));
});
afterAll(async () => {
  await app.close();
  await group.close();
});

async function aReceipt() {
  const { link, token } = await group.enrol(await group.customer('wren'));
  return { link, code: receiptTokenOf(await group.activate(token)) };
}

function send(fields: Record<string, string>) {
  return app.inject({
    method: 'POST',
    url: '/withdraw',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });
}

describe('the page on which consent is taken back', () => {
  it('asks for the code and works without scripts', async () => {
    const { statusCode, body, headers } = await app.inject('/withdraw');
    expect(statusCode).toBe(200);
    expect(headers['content-security-policy']).toContain("form-action 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(body).toContain('<label for="code">');
    expect(body).toContain('<form method="post" action="/withdraw">');
  });

  it('takes consent back at one press of a button, and says so again', async () => {
    const { link, code } = await aReceipt();
    const done = await send({ code, copies: 'KEEP', action: 'withdraw' });
    expect(done.statusCode).toBe(200);
    expect(done.body).toContain('Your consent is taken back');
    expect(done.body).not.toContain(code);
    expect((await group.link(link._id)).state).toBe('WITHDRAWN');
    expect((await send({ code })).body).toBe(done.body);
  });

  it('erases copies when that was chosen', async () => {
    const { link, code } = await aReceipt();
    await send({ code, copies: 'ERASE_UNTOUCHED' });
    await group.settle();
    expect((await group.profile('hearth', link.b.profileId))?.email).toBeUndefined();
  });

  it('shows what was agreed to, and uses nothing up', async () => {
    const { link, code } = await aReceipt();
    const { body } = await send({ code, action: 'show' });
    for (const text of ['Wren', 'Hearth', 'First name', 'E-mail address']) expect(body).toContain(text);
    expect((await group.link(link._id)).state).toBe('ACTIVE');
  });

  it('tells a code that does not work, without scripts getting in', async () => {
    for (const action of ['withdraw', 'show']) {
      const { statusCode, body } = await send({ code: '"><script>alert(1)</script>', action });
      expect(statusCode).toBe(400);
      expect(body).toContain('role="alert"');
      expect(body).not.toContain('<script>alert');
    }
  });

  it('understands forms and JSON, and is kept by nobody', async () => {
    const { link, code } = await aReceipt();
    const payload = JSON.stringify({ code, action: 'withdraw' });
    const headers = { 'content-type': 'text/plain' };
    const answer = await app.inject({ method: 'POST', url: '/withdraw', headers, payload });
    expect(answer.statusCode).toBe(415);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect((await group.link(link._id)).state).toBe('ACTIVE');
  });

  it('keeps the code in its field when nothing can be done just now', async () => {
    const { link, code } = await aReceipt();
    const { registry } = group.brands;
    const spy = vi.spyOn(registry, 'run').mockRejectedValue(new AppError('BRAND_UNAVAILABLE', 'cut off'));
    const { statusCode, body } = await send({ code, action: 'withdraw' }).finally(() => spy.mockRestore());
    expect(statusCode).toBe(503);
    expect(body).toContain('Nothing was changed');
    expect(body).toContain(`value="${code}"`);
    expect((await group.link(link._id)).state).toBe('ACTIVE');
  });

  it('escapes whatever comes from brands', () => {
    const terms = { fromName: '<b>A', toName: 'B&C', attributes: [], noticeText: '"><i>', language: 'en' };
    const html = withdrawalHtml({ kind: 'ASK', terms, code: '' });
    expect(html).toContain('&lt;b&gt;A');
    expect(html).not.toContain('<i>');
  });

  it('publishes the keys that receipts are checked with, and nothing private', async () => {
    const { keys } = (await app.inject('/receipt-keys.json')).json<{ keys: Record<string, string>[] }>();
    expect(keys).toEqual([group.deps.signer.publicJwk]);
    expect(keys[0]).not.toHaveProperty('d');
  });
});
