import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { listMessages } from '../../src/links/mailbox.service.js';
import { aPerson, receiptTokenOf } from './link-group.js';
import { openPageStage, type PageStage } from './page-stage.js';

const path = '/activate';

let stage: PageStage;
/** The one answer to every code that does not work. */
let refusal: string;
beforeAll(async () => {
  stage = await openPageStage();
  refusal = await stage.refusal();
});
afterAll(() => stage.close());

/** Replaces the character at a position by another that a code can have. */
function flipped(code: string, position: number): string {
  const other = code[position] === 'A' ? 'B' : 'A';
  return `${code.slice(0, position)}${other}${code.slice(position + 1)}`;
}

describe('a code that does not work', () => {
  it('is answered alike whichever character was changed, and whatever was to be done', async () => {
    const { link, code } = await stage.invited();
    const actions = ['show', 'accept', 'decline'];
    const answers = new Set<string>();
    for (let position = 0; position < code.length; position += 1) {
      answers.add(await stage.answerTo({ code: flipped(code, position), action: actions[position % 3] ?? '' }));
    }
    expect(code).toHaveLength(43);
    expect([...answers]).toEqual([refusal]);
    expect(await stage.group.link(link._id)).toEqual(link);
  });

  it('is answered alike when shortened, lengthened, made up, empty, or patched from those of two brands', async () => {
    const [wren, alder] = [await stage.invited('wren'), await stage.invited('alder')];
    const codes = [
      wren.code.slice(0, -1),
      wren.code.slice(1),
      `${wren.code}A`,
      '',
      '"><script>alert(1)</script>',
      wren.code.slice(0, 21) + alder.code.slice(21),
      alder.code.slice(0, 21) + wren.code.slice(21),
      wren.link._id,
    ];
    for (const code of codes) expect(await stage.answerTo({ code, action: 'accept' })).toBe(refusal);
    expect(await stage.answerTo({ action: 'accept' })).toBe(refusal);
    // Each code opens its own invitation and no other.
    expect(await stage.answerTo({ code: wren.code, action: 'show' })).toContain('Wren invites you to Hearth');
    expect(await stage.answerTo({ code: alder.code, action: 'show' })).toContain('Alder invites you to Hearth');
  });

  it('is answered alike when it was used, taken back, has ended, or belongs to a receipt', async () => {
    const used = await stage.invited();
    const receiptCode = receiptTokenOf(await stage.group.activate(used.code));
    expect(await stage.answerTo({ code: used.code, action: 'accept' })).toBe(refusal);
    expect(await stage.answerTo({ code: receiptCode, action: 'accept' })).toBe(refusal);
    const anyone = stage.group.context({ actor: null });
    await withdrawLink(anyone, stage.deps, { link: { receiptToken: receiptCode }, copies: 'KEEP' });
    expect(await stage.answerTo({ code: used.code, action: 'accept' })).toBe(refusal);
    const ended = await stage.invited();
    stage.group.clock.forward(ended.link.activateBy.getTime() - stage.group.clock.now().getTime());
    for (const action of ['show', 'accept', 'decline']) {
      expect(await stage.answerTo({ code: ended.code, action })).toBe(refusal);
    }
  });
});

describe('what the activation page gives away', () => {
  it('leaves the code in no log line, and in no database beside the message that carries it', async () => {
    const { code } = await stage.invited();
    for (const action of ['show', 'accept', 'accept', 'decline']) await stage.post(path, { code, action });
    await stage.server.inject(`${path}?code=${code}`);
    await stage.post(`${path}/${code}`, { code });
    expect(stage.log.some((line) => line.includes('/activate'))).toBe(true);
    expect(stage.log.filter((line) => line.includes(code))).toEqual([]);
    const messages = await listMessages(stage.group.entry('wren').database, { limit: 1_000 });
    const carriers = messages.filter(({ text }) => text.includes(code));
    expect(carriers).toHaveLength(1);
    const occurrences = (await stage.stored()).map((text) => text.split(code).length - 1);
    expect(occurrences.reduce((sum, count) => sum + count)).toBe(JSON.stringify(carriers).split(code).length - 1);
  });

  it('escapes whatever a brand has written', async () => {
    const { link, code } = await stage.invited();
    const { registry } = stage.group.brands;
    await registry.connection.db
      ?.collection<{ _id: string }>('links')
      .updateOne({ _id: link._id }, { $set: { welcomeReward: '<img src=x onerror=alert(1)>' } });
    const { body } = await stage.post(path, { code, action: 'show' });
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(body).not.toContain('<img');
  });
});

describe('trouble on the activation page', () => {
  it('understands forms and JSON, and nothing else', async () => {
    const { link, code } = await stage.invited();
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'text/html', 'application/xml']) {
      const { statusCode, body, headers } = await stage.server.inject({
        ...{ method: 'POST', url: path },
        headers: { 'content-type': type },
        payload: JSON.stringify({ code, action: 'accept' }),
      });
      expect(statusCode).toBe(415);
      expect(headers['content-type']).toMatch(/^text\/html/);
      expect(body).toContain('role="alert"');
    }
    const long = await stage.post(path, { code, action: 'accept', more: 'x'.repeat(3_000) });
    expect(long.statusCode).toBe(413);
    expect(await stage.group.link(link._id)).toEqual(link);
  });

  it('says that nothing was changed while a database cannot be reached, and keeps the code for the next try', async () => {
    const { link, code } = await stage.invited();
    const { registry } = stage.group.brands;
    const details = { brand: registry.owner };
    const spy = vi.spyOn(registry, 'run').mockRejectedValue(new AppError('BRAND_UNAVAILABLE', 'cut off', { details }));
    try {
      for (const action of ['show', 'accept', 'decline']) {
        const { statusCode, body } = await stage.post(path, { code, action });
        expect(statusCode).toBe(503);
        expect(body).toContain('Nothing was changed');
        expect(body).toContain('role="alert"');
        expect(body).toContain(`value="${code}"`);
      }
    } finally {
      spy.mockRestore();
    }
    expect(await stage.group.link(link._id)).toEqual(link);
    expect((await stage.post(path, { code, action: 'accept' })).statusCode).toBe(200);
  });

  it('says that nothing was changed while the brand that has to be asked first is down', async () => {
    const person = await stage.group.customer('wren');
    await stage.group.customer('hearth', aPerson({ email: person.email ?? null }));
    const { link, token } = await stage.group.enrol(person);
    const reconnect = stage.group.cutOff('hearth');
    const fields = { code: token, action: 'accept' };
    const { statusCode, body } = await stage.post(path, fields).finally(reconnect);
    expect(statusCode).toBe(503);
    expect(body).toContain('Nothing was changed');
    expect(await stage.group.link(link._id)).toEqual(link);
    expect((await stage.post(path, fields)).statusCode).toBe(200);
  });

  it('says that the outcome is open when the write itself was not answered', async () => {
    const { code } = await stage.invited();
    const late = async () => {
      throw new AppError('BRAND_TIMEOUT', 'late', { details: { brand: stage.group.brands.registry.owner } });
    };
    const spy = vi.spyOn(stage.deps.signer, 'sign').mockImplementation(late);
    try {
      const { statusCode, body } = await stage.post(path, { code, action: 'accept' });
      expect(statusCode).toBe(503);
      expect(body).toContain('whether it was done is not known yet');
    } finally {
      spy.mockRestore();
    }
  });

  it('answers a fault of ours with a page, and logs it', async () => {
    const { code } = await stage.invited();
    const spy = vi.spyOn(stage.deps.signer, 'sign').mockRejectedValue(new Error('broken'));
    try {
      const { statusCode, body } = await stage.post(path, { code, action: 'accept' });
      expect(statusCode).toBe(500);
      expect(body).toContain('Something went wrong on our side');
      expect(body).not.toContain(code);
    } finally {
      spy.mockRestore();
    }
    expect(stage.log.some((line) => line.includes('A page for customers failed'))).toBe(true);
  });
});
