import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/kernel/clock.js';
import { aPerson } from './link-group.js';
import { openPageStage, type PageStage, whole } from './page-stage.js';

const path = '/activate';

let stage: PageStage;
/** The one answer to every code that does not work. */
let refusal: string;
beforeAll(async () => {
  stage = await openPageStage();
  refusal = await stage.refusal();
});
afterAll(() => stage.close());

describe('looking at the activation page', () => {
  it('asks for the code, for whoever has no scripts', async () => {
    const { statusCode, body, headers } = await stage.server.inject(path);
    expect(statusCode).toBe(200);
    expect(body).toContain('<label for="code">');
    expect(body).toContain('<form method="post" action="/activate" data-opens>');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('set-cookie');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^ ]+'; script-src 'sha256-[^ ]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
  });

  it('uses nothing up in fifty looks, wherever the code is put', async () => {
    const { link, code } = await stage.invited();
    const before = await stage.stored();
    const urls = [path, `${path}?code=${code}`, `${path}?code=${code}&action=accept`];
    const looks = await Promise.all(
      Array.from({ length: 50 }, (_, n) => stage.server.inject(urls[n % urls.length] ?? path)),
    );
    expect(new Set(looks.map(whole)).size).toBe(1);
    expect(looks.every(({ body }) => !body.includes(code))).toBe(true);
    for (let n = 0; n < 10; n += 1) expect((await stage.post(path, { code, action: 'show' })).statusCode).toBe(200);
    expect(await stage.stored()).toEqual(before);
    expect(await stage.group.link(link._id)).toEqual(link);
    expect((await stage.post(path, { code, action: 'accept' })).statusCode).toBe(200);
  });

  it('shows brands, notice, what is shared, the welcome and the end in the time of the asking brand', async () => {
    const { code } = await stage.invited();
    const { body } = await stage.post(path, { code, action: 'show' });
    for (const text of [
      '<html lang="en-AU">',
      '<title>Wren invites you to Hearth</title>',
      '<h1 tabindex="-1" autofocus>Wren invites you to Hearth</h1>',
      '<li>First name</li><li>Last name</li><li>E-mail address</li>',
      '<blockquote lang="en-AU">hearth would receive your name and e-mail to open an account for you.</blockquote>',
      '$10 on your first order',
      // Three days after the clock's 04:05 UTC, in Melbourne's summer.
      'Wednesday 25 November 2026 at 3:05',
      'AEDT',
    ]) {
      expect(body).toContain(text);
    }
  });

  it('finds the code in what was pasted: a wrapped line, or the whole address', async () => {
    const { code } = await stage.invited();
    const shown = await stage.answerTo({ code, action: 'show' });
    expect(await stage.answerTo({ code: ` ${code.slice(0, 20)}\n ${code.slice(20)} `, action: 'show' })).toBe(shown);
    expect(await stage.answerTo({ code: `https://group.example/activate#${code}`, action: 'show' })).toBe(shown);
  });
});

describe('answering on the activation page', () => {
  it('accepts once of a hundred at the same time, and refuses the others alike', async () => {
    const { link, code } = await stage.invited();
    // They wait for each other; on a busy machine that takes long, and the deadline is not what is tested.
    const patient = Deadline.after(100_000);
    const spy = vi.spyOn(Deadline, 'after').mockReturnValue(patient);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => stage.post(path, { code, action: 'accept', quietDays: '30' })),
    ).finally(() => spy.mockRestore());
    const won = answers.filter(({ statusCode }) => statusCode === 200);
    expect(won).toHaveLength(1);
    expect(won[0]?.body).toContain('Your membership is open');
    const others = new Set(answers.filter((each) => each !== won[0]).map(whole));
    expect([...others]).toEqual([refusal]);
    expect((await stage.group.link(link._id)).state).toBe('ACTIVE');
  }, 120_000);

  it('gives a receipt, the address at which it is all taken back, and the way to the account', async () => {
    const { link, code } = await stage.invited();
    const { body } = await stage.post(path, { code, action: 'accept' });
    expect(body).toMatch(/<textarea id="receipt" readonly rows="6">[\w-]+\.[\w-]+\.[\w-]+<\/textarea>/);
    expect(body).toContain('https://members.hearth.example/welcome');
    expect(body).not.toContain(code);
    const receiptCode = /http:\/\/localhost\/withdraw#([\w-]{43})"/.exec(body)?.[1] ?? '';
    const back = await stage.post('/withdraw', { code: receiptCode, action: 'withdraw' });
    expect(back.body).toContain('Your consent is taken back');
    expect((await stage.group.link(link._id)).state).toBe('WITHDRAWN');
  });

  it.each([
    ['a year when nothing is chosen', {}, 365],
    ['as long as was chosen', { quietDays: '90' }, 90],
    ['a year when the choice was none of those offered', { quietDays: '1' }, 365],
  ])('declines, and leaves the customer alone for %s', async (_what, choice, days) => {
    const { link, code } = await stage.invited();
    const { statusCode, body } = await stage.post(path, { code, action: 'decline', ...choice });
    expect(statusCode).toBe(200);
    const quietUntil = new Date(stage.group.clock.now().getTime() + days * 86_400_000);
    expect(body).toContain('You have said no, and nothing was opened');
    expect(body).toContain(`<time datetime="${quietUntil.toISOString()}">`);
    expect(await stage.group.link(link._id)).toMatchObject({ state: 'DECLINED', quietUntil });
    expect(await stage.answerTo({ code, action: 'decline' })).toBe(refusal);
  });

  it('does nothing that was not asked for by name', async () => {
    const { link, code } = await stage.invited();
    for (const action of ['', 'ACCEPT', 'withdraw', 'toString']) await stage.post(path, { code, action });
    await stage.post(path, { code });
    expect(await stage.group.link(link._id)).toEqual(link);
  });

  it('tells a customer who is linked already that nothing was changed', async () => {
    const person = await stage.group.customer('wren');
    const member = await stage.group.customer('hearth', aPerson({ email: person.email ?? null }));
    const { token } = await stage.group.enrol(person);
    const { database } = stage.group.entry('hearth');
    // Another link of the same two brands has come to the profile that owns the address.
    const other = await stage.group.linked(await stage.group.customer('wren'), member, { from: 'wren', to: 'hearth' });
    await database.connection.db
      ?.collection<{ _id: string }>('profiles')
      .updateOne({ _id: member._id }, { $set: { 'linkSlots.wren': other._id } });
    const { statusCode, body } = await stage.post(path, { code: token, action: 'accept' });
    expect(statusCode).toBe(409);
    expect(body).toContain('You are linked already');
  });
});
