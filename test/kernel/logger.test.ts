import { describe, expect, it } from 'vitest';
import { AppError, badInput, Refusal, refuse } from '../../src/kernel/errors.js';
import { createLogger, type LogLevel } from '../../src/kernel/logger.js';

const personal = 'ada.quill@example.com';

function aLog(level: LogLevel = 'info') {
  const lines: string[] = [];
  const log = createLogger({ level, stream: { write: (line: string) => void lines.push(line) } });
  return { log, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

class DuplicateKeyError extends Error {
  readonly code = 11_000;
  readonly keyValue = { email: personal };
  readonly errorResponse = { errmsg: `dup key: { email: "${personal}" }` };
  constructor() {
    super(`E11000 duplicate key error { email: "${personal}" }`);
    this.name = 'MongoServerError';
  }
}

describe('the log', () => {
  it.each<[string, unknown]>([
    ['a foreign error', new Error(`no such customer ${personal}`)],
    ['an error of several lines', new Error(`no such customer\n  ${personal}\n    at the shop`)],
    ['an error whose message looks like frames', new Error(`x\n    at ${personal}\n    at ${personal} (file.js:1:2)`)],
    ['an error with values beside the message', new DuplicateKeyError()],
    ['the cause of an error', new Error('outer', { cause: new Error(personal) })],
    [
      'the cause of the cause of our own error',
      new AppError('INTERNAL', 'A fault', { cause: new Error('x', { cause: new DuplicateKeyError() }) }),
    ],
    ['the details of our own error', new AppError('BAD_USER_INPUT', 'A fault', { details: { value: personal } })],
    ['several errors in one', new AggregateError([new Error(personal)], personal)],
    ['a text that was thrown', personal],
    ['an object that was thrown', { email: personal }],
    ['a cause that is a text', new Error('outer', { cause: personal })],
  ])('never shows a personal value of %s', (_what, error) => {
    for (const key of ['err', 'error']) {
      const { log, lines } = aLog();
      log.error({ [key]: error, brand_id: 'wren' }, 'It failed');
      expect(lines).toHaveLength(1);
      expect(lines.join('')).not.toContain('ada.quill');
    }
  });

  it('never shows a personal value when an error is all that is logged', () => {
    const { log, lines } = aLog();
    log.error(new Error(`no such customer ${personal}`));
    log.error({ err: new DuplicateKeyError() });
    log.error(new DuplicateKeyError(), 'It failed');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('ada.quill');
  });

  it('keeps what is needed to find the fault: name, code, frames and our own wording', () => {
    const { log, entries } = aLog();
    log.error({ err: new DuplicateKeyError() }, 'It failed');
    log.error({ err: new AppError('RETRY', 'Send it again', { cause: new DuplicateKeyError() }) }, 'It failed');
    const [foreign, own] = entries().map((entry) => entry['err'] as Record<string, unknown>);
    expect(foreign).toMatchObject({ name: 'MongoServerError', code: '11000' });
    expect(foreign).toHaveProperty(['frames', 0], expect.stringMatching(/^at /));
    expect(own).toMatchObject({ name: 'AppError', code: 'RETRY', message: 'Send it again', cause: { code: '11000' } });
  });

  it('is one JSON line per event with an ISO time and no machine names', () => {
    const { log, lines, entries } = aLog();
    log.info({ brand_id: 'wren', rows: 3 }, 'Prepared\nwell');
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
    expect(entries()[0]).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      brand_id: 'wren',
      rows: 3,
      msg: 'Prepared\nwell',
    });
  });

  it('is as quiet as it was told to be', () => {
    const said = (level: LogLevel): number => {
      const { log, lines } = aLog(level);
      log.debug('a');
      log.info('b');
      log.warn('c');
      log.error('d');
      return lines.length;
    };
    expect((['silent', 'error', 'warn', 'info', 'debug'] as const).map(said)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('errors', () => {
  it('know from the table whether the same call may succeed later', () => {
    expect(new AppError('RETRY', 'x').isRetryable).toBe(true);
    expect(new AppError('FORBIDDEN', 'x').isRetryable).toBe(false);
    expect(new AppError('PORT_IN_USE', 'x').isRetryable).toBe(false);
  });

  it('name the field at fault, refusals below the input', () => {
    expect(badInput('A date was expected', ['from']).details).toEqual({ field: ['from'] });
    const refused = (field: readonly string[] | null): unknown => {
      try {
        return refuse('TAKEN', 'It is taken', field);
      } catch (error) {
        return (error as Refusal).refusals;
      }
    };
    expect(refused(['email'])).toEqual([{ code: 'TAKEN', message: 'It is taken', field: ['input', 'email'] }]);
    expect(refused(null)).toEqual([{ code: 'TAKEN', message: 'It is taken', field: null }]);
    expect(new Refusal([{ code: 'TAKEN', message: personal, field: null }]).message).not.toContain(personal);
  });
});
