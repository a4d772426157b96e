import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { newActivationToken } from '../../src/links/activation-token.js';
import { packageRoot } from '../support/kindred-command.js';
import { openPageStage, type PageStage, whole } from './page-stage.js';

let stage: PageStage;
beforeAll(async () => {
  stage = await openPageStage();
});
afterAll(() => stage.close());

/** What a program gets for a text sent as JSON. */
function send(path: string, payload: string): Promise<LightMyRequestResponse> {
  return stage.server.inject({
    ...{ method: 'POST', url: path, payload },
    headers: { 'content-type': 'application/json' },
  });
}

function post(path: string, body: object): Promise<LightMyRequestResponse> {
  return send(path, JSON.stringify(body));
}

/** The code in the address at which a consent is taken back. */
function codeOf(withdrawalUrl: string): string {
  return withdrawalUrl.slice(withdrawalUrl.indexOf('#') + 1);
}

describe('a program at the pages for customers', () => {
  it('is told what a code asks for, which uses nothing up', async () => {
    const { link, code } = await stage.invited();
    const looks = await Promise.all(Array.from({ length: 10 }, () => post('/activate', { code, action: 'show' })));
    expect(new Set(looks.map(whole)).size).toBe(1);
    expect(looks[0]?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(looks[0]?.json()).toEqual({
      fromBrandName: 'Wren',
      toBrandName: 'Hearth',
      attributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL'],
      notice: {
        text: 'hearth would receive your name and e-mail to open an account for you.',
        language: 'en-AU',
      },
      welcomeReward: '$10 on your first order',
      expiresAt: link.activateBy.toISOString(),
    });
    expect(await stage.group.link(link._id)).toEqual(link);
  });

  it('accepts once of many at the same time; the others are refused alike', async () => {
    const { link, code } = await stage.invited();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/activate', { code, action: 'accept' })));
    const won = answers.filter(({ statusCode }) => statusCode === 200);
    expect(won).toHaveLength(1);
    const { receipt, portalUrl } = won[0]?.json() ?? {};
    expect(portalUrl).toBe('https://members.hearth.example/welcome');
    expect(decodeJwt(receipt.jws)).toBeTypeOf('object');
    expect(receipt.withdrawalUrl).toMatch(/^http:\/\/localhost\/withdraw#[\w-]{43}$/);
    const lost = new Set(answers.filter((each) => each !== won[0]).map(whole));
    expect([...lost]).toEqual([whole(await post('/activate', { code: newActivationToken(), action: 'show' }))]);
    expect((await stage.group.link(link._id)).state).toBe('ACTIVE');
  });

  it('takes consent back by the address in the receipt, and does so again without harm', async () => {
    const { link, code } = await stage.invited();
    const { receipt } = (await post('/activate', { code, action: 'accept' })).json();
    const body = { code: codeOf(receipt.withdrawalUrl), action: 'withdraw', copies: 'ERASE_UNTOUCHED' };
    const shown = await post('/withdraw', { code: body.code, action: 'show' });
    expect(shown.json()).toMatchObject({ fromBrandName: 'Wren', toBrandName: 'Hearth' });
    const first = await post('/withdraw', body);
    const ended = await stage.group.link(link._id);
    expect(ended.state).toBe('WITHDRAWN');
    expect(first.json()).toMatchObject({ withdrawnAt: ended.endedAt?.toISOString() });
    expect(whole(await post('/withdraw', body))).toBe(whole(first));
    const opened = () => stage.group.profile('hearth', link.b.profileId);
    await expect.poll(opened, { timeout: 20_000 }).not.toHaveProperty('email');
    expect(await opened()).toMatchObject({ state: 'ACTIVE' });
  });

  it('declines for as long as it says', async () => {
    const { link, code } = await stage.invited();
    const { statusCode, body } = await post('/activate', { code, action: 'decline', quietDays: 7 });
    const quietUntil = new Date(stage.group.clock.now().getTime() + 7 * 86_400_000);
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toEqual({ quietUntil: quietUntil.toISOString() });
    expect(await stage.group.link(link._id)).toMatchObject({ state: 'DECLINED', quietUntil });
  });

  it('gets one problem for every code that does not work', async () => {
    const { code } = await stage.invited();
    const { receipt } = (await post('/activate', { code, action: 'accept' })).json();
    const codes = [newActivationToken(), code, codeOf(receipt.withdrawalUrl), '', 'x', `${code}x`];
    const answers = await Promise.all(codes.map((each) => post('/activate', { code: each, action: 'accept' })));
    expect(new Set(answers.map(whole)).size).toBe(1);
    expect(answers[0]?.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answers[0]?.json()).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'This invitation does not work; ask for a new one',
      code: 'TOKEN_INVALID',
      field: 'code',
    });
    const receipts = [newActivationToken(), code, ''].map((each) => post('/withdraw', { code: each, action: 'show' }));
    expect(new Set((await Promise.all(receipts)).map(whole)).size).toBe(1);
  });

  it.each([
    ['/activate', '{"action":"show"}', 400, 'code'],
    ['/activate', '{"code":7,"action":"show"}', 400, 'code'],
    ['/activate', '{"code":"x"}', 400, 'action'],
    ['/activate', '{"code":"x","action":"withdraw"}', 400, 'action'],
    ['/activate', '{"code":"x","action":"decline","quietDays":0}', 400, 'quietDays'],
    ['/activate', '{"code":"x","action":"decline","quietDays":3651}', 400, 'quietDays'],
    ['/activate', '{"code":"x","action":"decline","quietDays":"30"}', 400, 'quietDays'],
    ['/activate', '{"code":"x","action":"accept","isAccepted":true}', 400, undefined],
    ['/activate', '["x"]', 400, undefined],
    ['/activate', '{"code":', 400, undefined],
    ['/activate', '', 400, undefined],
    ['/activate', `{"code":"${'x'.repeat(3_000)}"}`, 413, undefined],
    ['/withdraw', '{"code":"x","action":"accept"}', 400, 'action'],
    ['/withdraw', '{"code":"x","action":"withdraw","copies":"ALL"}', 400, 'copies'],
  ])('is told what is wrong with what it sent to %s: %.60s', async (path, payload, status, field) => {
    const answer = await send(path, payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const { detail, ...rest } = answer.json();
    expect(rest).toMatchObject({ status, code: 'BAD_USER_INPUT' });
    expect(rest.field).toBe(field);
    expect(detail.length).toBeGreaterThan(10);
  });

  it('can do what the documentation lists,', async () => {
    const page = readFileSync(join(packageRoot, 'docs/messages.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(\/\w+)` \| `(\w+)` \|/gm)].map(([, path = '', action = '']) => [
      path,
      action,
    ]);
    expect(rows).toHaveLength(5);
    for (const [path = '', action = ''] of rows) {
      const answer = await post(path, { code: newActivationToken(), action });
      expect(answer.json(), `${path} ${action}`).toMatchObject({ status: 400, code: 'TOKEN_INVALID' });
    }
  });

  it('sits on the server itself: a page of another origin is not let through', async () => {
    const { statusCode, headers } = await stage.server.inject({
      ...{ method: 'OPTIONS', url: '/activate' },
      headers: {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(statusCode).toBe(404);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('is told that nothing was changed while the registry cannot be reached', async () => {
    const { link, code } = await stage.invited();
    const { registry } = stage.group.brands;
    const details = { brand: registry.owner };
    const spy = vi.spyOn(registry, 'run').mockRejectedValue(new AppError('BRAND_UNAVAILABLE', 'cut off', { details }));
    const answer = await post('/activate', { code, action: 'accept' }).finally(() => spy.mockRestore());
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ status: 503, code: 'BRAND_UNAVAILABLE' });
    expect(answer.json().detail).toContain('Nothing was changed');
    expect(answer.body).not.toContain(code);
    expect(await stage.group.link(link._id)).toEqual(link);
  });
});
