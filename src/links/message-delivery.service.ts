import type { BrandEntry } from '../brands/brands.js';
import type { StepOutcome, StepRun } from '../journal/journal.js';
import type { Deadline } from '../kernel/clock.js';
import { type Handover, nextAttemptMs, type OutgoingRow } from '../messages/message.js';
import { contentOf, dropOutgoing, keptUntil } from '../messages/message.service.js';
import { changeQueued, findOutgoing } from '../messages/message.store.js';
import type { LinkRow } from './cross-brand-link.js';
import { updateLink } from './link.store.js';
import { readLink } from './link-transition.service.js';
import type { LinkDeps } from './link-work.js';
import { leaveInMailbox } from './mailbox.service.js';
import { confirmableUntil, type MessageName, messageId } from './message-post.service.js';

/** One message of a link on its way, with what is needed to send it. */
interface Errand {
  readonly from: BrandEntry;
  readonly link: LinkRow;
  readonly name: MessageName;
  readonly row: OutgoingRow;
  readonly deadline: Deadline;
}

/** Wait before looking again when another process was faster. */
const rivalMs = 1_000;

/**
 * Hands one message over, or says when to try again. At least once: whoever dies between handing over and noting it is
 * followed by an attempt with the same id. Ends when the link waits for this message no more.
 */
export async function deliverStep(deps: LinkDeps, run: StepRun): Promise<StepOutcome> {
  const { linkId = '', brand = '', message } = run.journal.data;
  const name = message as MessageName;
  const { deadline } = run;
  const from = deps.brands.find(brand);
  const id = messageId(linkId, name);
  const row = from === null ? null : await from.database.run(deadline, () => findOutgoing(from.database, id, deadline));
  if (from === null || row === null || row.state === 'DROPPED') return 'end';
  const link = await readLink(deps.brands.registry, linkId, deadline);
  const errand = link === null ? null : { from, link, name, row, deadline };
  if (errand !== null && row.state !== 'QUEUED') {
    await noteOnLink(deps, errand, row.state, row.sentAt ?? row.at);
    return 'end';
  }
  if (errand === null || wantedUntil(errand) <= deps.clock.now()) {
    await dropOutgoing(from.database, [id], deps.clock.now(), deadline);
    return 'end';
  }
  if (row.nextAt !== undefined && row.nextAt > deps.clock.now()) return { again: row.nextAt };
  return attempt(deps, errand);
}

/** Until when a link wants this message sent: the token in it must be the one that the link goes by now. */
function wantedUntil({ link, row }: Errand): Date {
  const isWanted =
    row.purpose === 'activation'
      ? link.state === 'PENDING_ACTIVATION' && link.tokenHash === row.tokenHash
      : link.state === 'ACTIVE' && link.confirmationTokenHash === row.tokenHash;
  if (!isWanted) return new Date(0);
  return row.purpose === 'activation' ? link.activateBy : confirmableUntil(link);
}

async function attempt(deps: LinkDeps, errand: Errand): Promise<StepOutcome> {
  const { from, row, deadline } = errand;
  const { database } = from;
  const carrier = deps.carriers(from.brand.handle, row.channel);
  const kind = carrier === null || carrier === 'mailbox' ? 'mailbox' : carrier.kind;
  const begun = { ...row, attempts: row.attempts + 1, ...(carrier === null ? {} : { carrier: kind }) };
  const set = { attempts: begun.attempts, ...(carrier === null ? {} : { carrier: kind }) };
  const isMine = await database.run(deadline, () => changeQueued(database, row, { set }));
  if (!isMine) return { again: new Date(deps.clock.now().getTime() + rivalMs) };
  const handover = await hand(deps, errand, carrier);
  const now = deps.clock.now();
  if (handover.isTaken) return end(deps, { ...errand, row: begun }, 'SENT', handover, now);
  logFailure(deps, { ...errand, row: begun }, handover);
  if (handover.isFinal) return end(deps, { ...errand, row: begun }, 'FAILED', handover, now);
  const wait = nextAttemptMs(begun.attempts, Math.random());
  // Not beyond the time for which it is wanted: then what the message says is to go.
  const nextAt = new Date(Math.min(now.getTime() + wait, wantedUntil(errand).getTime()));
  await database.run(deadline, () => changeQueued(database, begun, changeAfter(handover, { nextAt })));
  return { again: nextAt };
}

async function hand(deps: LinkDeps, errand: Errand, carrier: ReturnType<LinkDeps['carriers']>): Promise<Handover> {
  const { from, link, name, row, deadline } = errand;
  if (carrier === null) return { isTaken: false, isFinal: true, error: 'NO_TRANSPORT', status: null };
  const { purpose, channel, at, tokenHash } = row;
  const content = contentOf(from, row);
  if (carrier === 'mailbox') {
    const message = { id: row._id, at, linkId: link._id, purpose, channel, tokenHash, content };
    await leaveInMailbox(from.database, message, deadline);
    return { isTaken: true, status: null };
  }
  const { handle: brand } = from.brand;
  const id = `${link._id}.${name}`;
  const expiresAt = wantedUntil(errand);
  return carrier.hand({ brand, id, purpose, channel, at, expiresAt, content }, deps.clock.now());
}

/** What an attempt leaves in the row. */
function changeAfter(
  handover: Handover,
  more: Readonly<Partial<OutgoingRow>>,
  gone: readonly (keyof OutgoingRow)[] = [],
) {
  const { status } = handover;
  return {
    set: {
      ...more,
      ...(handover.isTaken ? {} : { lastError: handover.error }),
      ...(status === null ? {} : { lastStatus: status }),
    },
    unset: [
      ...gone,
      ...(handover.isTaken ? (['lastError'] as const) : []),
      ...(status === null ? (['lastStatus'] as const) : []),
    ],
  };
}

async function end(
  deps: LinkDeps,
  errand: Errand,
  state: 'SENT' | 'FAILED',
  handover: Handover,
  now: Date,
): Promise<StepOutcome> {
  const { from, row, deadline } = errand;
  const more = { state, expireAt: keptUntil(now), ...(state === 'SENT' ? { sentAt: now } : {}) };
  const { database } = from;
  // First that it was done, without what it said; then on the link, for staff.
  await database.run(deadline, () => changeQueued(database, row, changeAfter(handover, more, ['sealed', 'nextAt'])));
  await noteOnLink(deps, errand, state, now);
  return 'end';
}

/** Lets staff see what became of an invitation, unless the link has moved on or another copy was asked for. */
async function noteOnLink(deps: LinkDeps, errand: Errand, state: OutgoingRow['state'], at: Date): Promise<void> {
  const { registry } = deps.brands;
  const { link, name, row, deadline } = errand;
  if (row.purpose !== 'activation') return;
  const number = Number(name);
  const isSent = state === 'SENT';
  await registry.run(deadline, () =>
    updateLink(
      registry,
      { _id: link._id, state: 'PENDING_ACTIVATION', tokenHash: row.tokenHash, 'message.wanted': number },
      {
        $set: {
          'message.status': isSent ? 'SENT' : 'FAILED',
          ...(isSent ? { 'message.sentAt': at, 'message.sends': number } : {}),
        },
      },
    ),
  );
}

function logFailure({ log }: LinkDeps, { from, row }: Errand, handover: Exclude<Handover, { isTaken: true }>): void {
  const { isFinal, error, status } = handover;
  const details = { brand_id: from.brand.handle, message_id: row._id, channel: row.channel, carrier: row.carrier };
  const level = isFinal ? 'warn' : 'info';
  const words = isFinal ? 'A message was given up' : 'A message was not taken; it will be tried again';
  log[level]({ ...details, attempts: row.attempts, reason: error, status }, words);
}
