import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { type ConsentEventRow, isProvenBy } from '../../src/consents/consent-event.js';
import { pause } from '../../src/kernel/clock.js';
import { parseNodeId } from '../../src/kernel/ids.js';
import { isLive, type LinkRow } from '../../src/links/cross-brand-link.js';
import { until } from '../support/until.js';
import type { Customer } from './link-load.js';

type Row = Readonly<Record<string, unknown>> & { readonly _id: string };

/** Time within which open work must end after a process was killed: its leases, and some work. */
const settleMaxMs = 60_000;
/** A server that was killed is not looked for any longer. */
const serverSelectionTimeoutMS = 2_000;
/** A busy machine may take so long over anything else; it decides nothing but when to give up. */
export const patienceMs = 300_000;

const databases = ['registry', 'wren', 'hearth'] as const;
type Owner = (typeof databases)[number];

/** Everything that is looked at, by database and collection, as it lies there. */
type State = Readonly<Record<Owner, (collection: string) => readonly Row[]>>;

/** The databases of a running server, read past it. */
export class LinkRows {
  readonly #connections: Readonly<Record<Owner, Connection>>;

  private constructor(connections: Record<Owner, Connection>) {
    this.#connections = connections;
  }

  /** Connects to the embedded databases of whoever serves the folder now. */
  static async open(folder: string): Promise<LinkRows> {
    const address = await readFile(join(folder, 'data.address'), 'utf8');
    const connect = (name: string) =>
      mongoose
        .createConnection(address.replace('__database__', `kindred_${name}`), { serverSelectionTimeoutMS })
        .asPromise();
    const [registry, wren, hearth] = [await connect('registry'), await connect('wren'), await connect('hearth')];
    return new LinkRows({ registry, wren, hearth });
  }

  /** Ends the connections. The driver may take leave of a server that was killed for ever: it is not waited for long. */
  async close(): Promise<void> {
    const closed = Promise.all(Object.values(this.#connections).map((connection) => connection.close(true)));
    await Promise.race([closed, pause(serverSelectionTimeoutMS)]);
  }

  /** The token that the customer of a link was sent, once it was. */
  async tokenOf(linkId: string): Promise<string> {
    const id = idOf(linkId);
    const message = await until(
      'an invitation is in the mailbox',
      async () => {
        const link = (await this.#find('registry', 'links', { _id: id }))[0];
        const hash = link?.['tokenHash'];
        return hash === undefined ? null : ((await this.#find('wren', 'mailbox', { tokenHash: hash }))[0] ?? null);
      },
      patienceMs,
    );
    return /activate#([\w-]{43})\n/.exec(String(message['text']))?.[1] ?? '';
  }

  /** Waits until no journal of any database is open, but for those that wait for a later day. */
  async settled(): Promise<void> {
    const isDue = ({ notBefore }: Row): boolean =>
      notBefore === undefined || (notBefore as Date).getTime() <= Date.now() + settleMaxMs;
    const find = (owner: Owner) => this.#find(owner, 'journals', { open: true });
    const openNow = async () => (await Promise.all(databases.map(find))).flat().filter(isDue);
    await until('open work ends', async () => (await openNow()).length === 0, settleMaxMs);
  }

  /** What is wrong with the rows, given what clients were told. */
  async broken(customers: readonly Customer[]): Promise<string[]> {
    const names = [
      'links',
      'consentEvents',
      'outbox',
      'audit',
      'receipts',
      'profiles',
      'claims',
      'linkCopies',
      'linkDeliveries',
      'mailbox',
    ];
    const read = async (owner: Owner) => {
      const all = new Map(
        await Promise.all(names.map(async (name) => [name, await this.#find(owner, name, {})] as const)),
      );
      return (name: string): readonly Row[] => all.get(name) ?? [];
    };
    const state: State = { registry: await read('registry'), wren: await read('wren'), hearth: await read('hearth') };
    const links = state.registry('links').length;
    const counts = links === customers.length ? [] : [`${links} links of ${customers.length} customers`];
    return [...counts, ...customers.flatMap((customer) => brokenOf(state, customer))];
  }

  async #find(owner: Owner, collection: string, filter: object): Promise<Row[]> {
    // The driver's own: mongoose would hold a question to a server that is gone until it returns.
    const db = this.#connections[owner].getClient().db(`kindred_${owner}`);
    return (await db.collection(collection).find(filter).toArray()) as unknown as Row[];
  }
}

const idOf = (nodeId: string): string => parseNodeId(nodeId)?.uuids[0] ?? '';

/** Rules of one customer's link; each that does not hold, with how often what was found. */
function brokenOf(state: State, customer: Customer): string[] {
  const id = idOf(customer.linkId ?? '');
  const link = state.registry('links').find((row) => row._id === id) as unknown as LinkRow | undefined;
  if (link === undefined) return [`${customer.email}: the acknowledged link is gone`];
  const { isActivated, isWithdrawn } = customer;
  const isJoin = customer.memberId !== null;
  const found: string[] = [];
  const expectCount = (what: string, rows: readonly unknown[], wanted: number): void => {
    if (rows.length !== wanted)
      found.push(`${customer.email} (${customer.wanted}): ${rows.length} × ${what}, wanted ${wanted}`);
  };
  const wantedState = isWithdrawn ? 'WITHDRAWN' : isActivated ? 'ACTIVE' : 'PENDING_ACTIVATION';
  expectCount(`state ${wantedState}, but ${link.state}`, link.state === wantedState ? [link] : [], 1);
  const events = state.registry('consentEvents').filter((row) => row['linkId'] === id) as unknown as ConsentEventRow[];
  const ordered = [...events].sort((x, y) => x.seq - y.seq);
  expectCount('whole chain of events', isProvenBy(link.consent, ordered) ? [1] : [], 1);
  const steps = 1 + Number(isActivated) + Number(isWithdrawn);
  expectCount('event', events, steps);
  expectCount('receipt', of(state.registry('receipts'), id), steps - 1);
  for (const [action, wanted] of [
    ['crossBrandLinkEnrol', 1],
    ['crossBrandLinkActivate', Number(isActivated)],
    ['crossBrandLinkWithdraw', Number(isWithdrawn)],
  ] as const) {
    expectCount(
      action,
      state.registry('audit').filter((row) => row['action'] === action && row['subject'] === id),
      wanted,
    );
  }
  const told = (kind: string) =>
    state.registry('outbox').filter((row) => row['kind'] === kind && row['subject'] === id);
  expectCount('link.activated', told('link.activated'), Number(isActivated));
  expectCount('link.withdrawn', told('link.withdrawn'), Number(isActivated && isWithdrawn));
  const slots = (brand: 'wren' | 'hearth', other: string) =>
    state[brand]('profiles').filter((row) => (row['linkSlots'] as Record<string, string> | undefined)?.[other] === id);
  const isHeldInTarget = isLive(link) && (isActivated || !isJoin);
  expectCount('slot in wren', slots('wren', 'hearth'), Number(isLive(link)));
  expectCount('slot in hearth', slots('hearth', 'wren'), Number(isHeldInTarget));
  expectCount('shared identity in wren', of(state.wren('claims'), id), Number(isLive(link)));
  expectCount('shared identity in hearth', of(state.hearth('claims'), id), Number(isHeldInTarget));
  expectCount('copy', of(state.hearth('linkCopies'), id), Number(isHeldInTarget && !isJoin));
  expectCount(
    'delivery address',
    state.hearth('linkDeliveries').filter((row) => row._id === id),
    Number(link.state === 'PENDING_ACTIVATION'),
  );
  const sent = (purpose: string) => of(state.wren('mailbox'), id).filter((row) => row['purpose'] === purpose);
  const messages = sent('activation');
  // Who was withdrawn at once may never have been written to.
  if (isActivated || !isWithdrawn || messages.length > 1) expectCount('message', messages, 1);
  // Who has withdrawn before it was written wants none.
  const confirmations = sent('confirmation');
  if (link.state === 'ACTIVE' || confirmations.length > 1) expectCount('confirmation', confirmations, 1);
  return [...found, ...brokenMember(state, customer, link)];
}

const of = (rows: readonly Row[], linkId: string): Row[] => rows.filter((row) => row['linkId'] === linkId);

/** Rules of the profile in the inviting brand. */
function brokenMember(
  state: State,
  { email, memberId, isActivated, isWithdrawn, wanted, copies }: Customer,
  link: LinkRow,
): string[] {
  const profiles = state.hearth('profiles');
  const made = profiles.find((row) => row._id === link.b.profileId);
  const withEmail = profiles.filter((row) => row['email'] === email);
  const created = state
    .hearth('outbox')
    .filter((row) => row['kind'] === 'profile.created' && row['subject'] === link.b.profileId);
  const wantedState = memberId !== null || (isWithdrawn && !isActivated) ? 'VOID' : isActivated ? 'ACTIVE' : 'PENDING';
  const hasCopy = memberId === null && wantedState !== 'VOID' && !(isWithdrawn && copies === 'ERASE_UNTOUCHED');
  const broken: string[] = [];
  // A member has no second profile; at most the mark that none may be made any more.
  const foundState = made?.['state'] ?? 'VOID';
  if (foundState !== wantedState)
    broken.push(`${email} (${wanted}): a ${String(foundState)} profile, wanted ${wantedState}`);
  const wantedEmails = Number(memberId !== null || hasCopy);
  if (withEmail.length !== wantedEmails)
    broken.push(`${email} (${wanted}): ${withEmail.length} × e-mail in hearth, wanted ${wantedEmails}`);
  const wantedCreated = Number(memberId === null && isActivated);
  if (created.length !== wantedCreated)
    broken.push(`${email} (${wanted}): ${created.length} × profile.created, wanted ${wantedCreated}`);
  return broken;
}
