import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditRow } from '../../src/events/audit.js';
import { type CommitOnceOptions, commitOnce, StaleRead } from '../../src/events/commit-once.js';
import { auditCollection, idempotencyCollection } from '../../src/events/event.model.js';
import { insertAudit, insertOutbox } from '../../src/events/event.store.js';
import { type Intent, intentOf } from '../../src/events/idempotency.js';
import { outboxRow } from '../../src/events/outbox.js';
import { refuse } from '../../src/kernel/errors.js';
import { idempotencyDays } from '../../src/kernel/limits.js';
import { anActor, openGroup, type TestGroup } from '../support/group.js';
import { refusalsOf } from '../support/refusals.js';

let group: TestGroup;
beforeAll(async () => {
  group = await openGroup();
});
afterAll(() => group.close());

function anIntent(body: unknown = {}, key: string = randomUUID(), actor = anActor()): Intent {
  return intentOf(actor, 'test', key, body, (message) => refuse('INVALID', message)) as Intent;
}

type Work = Partial<CommitOnceOptions<{ readonly id: string }>> & { readonly subject?: string };

/** Work that writes one audit row about a subject of its own. */
function carryOut({ subject = randomUUID(), ...options }: Work = {}) {
  const context = options.context ?? group.context();
  const { database } = group.entry('wren');
  return commitOnce({
    context,
    database,
    intent: null,
    decide: async () => {
      const row = auditRow(context, 'test', subject, new Date());
      return { result: { id: row._id }, write: (session) => insertAudit(database, [row], session) };
    },
    ...options,
  });
}

function rowsAbout(subject: string) {
  return group.entry('wren').database.model(auditCollection).find({ subject }, null, { lean: true });
}

describe('carrying a mutation out once', () => {
  it('remembers the result of an intent and does not do it again', async () => {
    const subject = randomUUID();
    const intent = anIntent({ a: 1 });
    const first = await carryOut({ subject, intent });
    const second = await carryOut({ subject, intent });
    expect(first.isReplay).toBe(false);
    expect(second).toEqual({ result: first.result, isReplay: true });
    expect(await rowsAbout(subject)).toHaveLength(1);
  });

  it('does it as often as asked without a key', async () => {
    const subject = randomUUID();
    await carryOut({ subject });
    await carryOut({ subject });
    expect(await rowsAbout(subject)).toHaveLength(2);
  });

  it('does it once for 32 at the same time, and all hear the same', async () => {
    const subject = randomUUID();
    const intent = anIntent();
    const answers = await Promise.all(Array.from({ length: 32 }, () => carryOut({ subject, intent })));
    expect(new Set(answers.map((answer) => answer.result.id)).size).toBe(1);
    expect(answers.filter((answer) => !answer.isReplay)).toHaveLength(1);
    expect(await rowsAbout(subject)).toHaveLength(1);
  });

  it('refuses the same key with another body, whatever the order of its members', async () => {
    const key = randomUUID();
    await carryOut({ intent: anIntent({ a: 1, b: 2 }, key) });
    await expect(carryOut({ intent: anIntent({ b: 2, a: 1 }, key) })).resolves.toMatchObject({ isReplay: true });
    expect(await refusalsOf(carryOut({ intent: anIntent({ a: 2, b: 2 }, key) }))).toEqual([
      'IDEMPOTENCY_KEY_REUSED input.idempotencyKey',
    ]);
  });

  it('forgets after its time', async () => {
    const subject = randomUUID();
    const intent = anIntent();
    await carryOut({ subject, intent });
    const later = new Date(Date.now() + (idempotencyDays + 1) * 86_400_000);
    const context = group.context({ clock: { now: () => later } });
    const decide = async () => ({ result: { id: 'decided again' }, write: null });
    // The old row is still there until the database clears it away, so the intent cannot be written a second time.
    await expect(carryOut({ subject, intent: null, context, decide })).resolves.toMatchObject({ isReplay: false });
    const row = await group.entry('wren').database.model(idempotencyCollection).findOne({ _id: intent.rowId });
    expect(row?.expireAt.getTime()).toBeLessThan(later.getTime());
  });

  it('remembers what was true already, though nothing was written for it', async () => {
    const intent = anIntent();
    const decide = async () => ({ result: { id: randomUUID() }, write: null });
    const first = await carryOut({ intent, decide });
    expect(await carryOut({ intent, decide })).toEqual({ result: first.result, isReplay: true });
  });

  it('does not remember a refusal', async () => {
    const intent = anIntent();
    const decide = async () => refuse('NO', 'not now');
    expect(await refusalsOf(carryOut({ intent, decide }))).toEqual(['NO']);
    await expect(carryOut({ intent })).resolves.toMatchObject({ isReplay: false });
  });

  it('decides again when what it decided on has changed, and undoes what it had written', async () => {
    const subject = randomUUID();
    const { database } = group.entry('wren');
    const attempts: number[] = [];
    await carryOut({
      decide: async (attempt) => {
        attempts.push(attempt);
        const row = auditRow(group.context(), 'test', subject, new Date());
        return {
          result: { id: row._id },
          write: async (session) => {
            await insertAudit(database, [row], session);
            if (attempt < 2) throw new StaleRead('The test');
          },
        };
      },
    });
    expect(attempts).toEqual([0, 1, 2]);
    expect(await rowsAbout(subject)).toHaveLength(1);
  });

  it('gives up with RETRY when rivals stay faster', async () => {
    const decide = async () => ({
      result: { id: '' },
      write: async () => {
        throw new StaleRead('The test');
      },
    });
    expect(await refusalsOf(carryOut({ decide }))).toEqual(['RETRY']);
  });

  it('answers with the result when a refusal is met only because an equal call has won', async () => {
    const subject = randomUUID();
    const intent = anIntent();
    let hasWon = false;
    const answer = await carryOut({
      subject,
      intent,
      decide: async () => {
        if (!hasWon) {
          hasWon = true;
          await carryOut({ subject, intent });
        }
        return refuse('TAKEN', 'by the equal call itself');
      },
    });
    expect(answer.isReplay).toBe(true);
    expect(await rowsAbout(subject)).toHaveLength(1);
  });

  it('writes event, audit row and memory together or not at all', async () => {
    const subject = randomUUID();
    const intent = anIntent();
    const { database } = group.entry('wren');
    const event = outboxRow('profile.updated', subject, 1, new Date());
    const attempt = carryOut({
      intent,
      decide: async () => ({
        result: { id: subject },
        write: async (session) => {
          await insertOutbox(database, [event], session);
          throw new Error('the machine burns');
        },
      }),
    });
    await expect(attempt).rejects.toThrow('the machine burns');
    expect(await database.connection.collection('outbox').findOne({ _id: event._id as never })).toBeNull();
    expect(await database.connection.collection('idempotency').findOne({ _id: intent.rowId as never })).toBeNull();
  });
});

describe('an intent', () => {
  it('is none without a key', () => {
    expect(intentOf(anActor(), 'test', null, {}, (message) => refuse('INVALID', message))).toBeNull();
  });

  it.each(['short', 'x'.repeat(129), 'white\nspace', 'käuflich-01'])('refuses the key %j', (key) => {
    expect(() => anIntent({}, key)).toThrow('INVALID');
  });

  it('of another actor or operation is another one', () => {
    const ids = [
      anIntent({}, 'same-key-1').rowId,
      anIntent({}, 'same-key-1', anActor({ reference: 'other' })).rowId,
      (intentOf(anActor(), 'other', 'same-key-1', {}, (message) => refuse('INVALID', message)) as Intent).rowId,
    ];
    expect(new Set(ids).size).toBe(3);
  });
});
