import { isProvenBy } from '../../src/consents/consent-event.js';
import { tokenHashOf } from '../../src/links/activation-token.js';
import { isLive } from '../../src/links/cross-brand-link.js';
import type { MessageRow } from '../../src/links/delivery.js';
import type { Doc } from '../merges/explorer/double-query.js';
import { askingBrand, invitedBrand, leaseMs, storeNames } from './explorer/link-process.js';
import { type Durable, linkIn, tokensIn } from './link-faults-world.js';

/** Whatever is drawn by chance: ids, digests, shared identifiers and receipts. */
const drawn =
  /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|km_[0-9A-Za-z]{22}|rcpt_[0-9A-Za-z]{22}|\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b)/;
const times = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
/** Whether a message's token is the one it is known by is a rule of its own. */
const token = /[\w-]{43}/g;
/** Rounds after which what is drawn is told apart by all that refers to it: nothing here is further away. */
const rounds = 3;

/** What two runs of the same work may differ in: how often and when it was tried, and a nonce. */
function comparable(collection: string, doc: Doc): Doc {
  if (collection === 'journals') {
    const { kind, data, open, notBefore } = doc;
    return { _id: doc._id, kind, data, open, notBefore };
  }
  if (collection === 'linkDeliveries') return { ...doc, sealed: '' };
  if (collection === 'mailbox') return { ...doc, text: String(doc['text']).replaceAll(token, 'TOKEN') };
  return Object.fromEntries(Object.entries(doc).sort(([x], [y]) => (x < y ? -1 : 1))) as unknown as Doc;
}

/** A document as text, cut where something drawn stands, as every second part is; and a digest of the other parts. */
interface Line {
  readonly parts: readonly string[];
  readonly digest: number;
}

/** Documents never change, and most of a run's are its scene's. */
const lines = new WeakMap<Doc, Line>();

function lineOf(owner: string, collection: string, doc: Doc): Line {
  const known = lines.get(doc);
  if (known !== undefined) return known;
  const text = `${owner} ${collection} ${JSON.stringify(comparable(collection, doc))}`;
  const parts = text.replace(times, 'TIME').split(drawn);
  const line = { parts, digest: digestOf(parts.filter((_, at) => at % 2 === 0).join('#')) };
  lines.set(doc, line);
  return line;
}

/**
 * Everything that lies in the databases, one line for each document. Whatever is drawn is named by where it occurs, so that
 * two runs give equal lines exactly when one could be made from the other by drawing differently; times are left out.
 */
export function portraitOf({ stores }: Durable): string[] {
  const texts = storeNames.flatMap((owner) =>
    [...stores[owner].everything()].map(([collection, doc]) => lineOf(owner, collection, doc)),
  );
  let names = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    const places = new Map<string, number>();
    for (const { parts, digest } of texts) {
      let line = digest;
      for (let at = 1; at < parts.length; at += 2) line = mixed(line, names.get(parts[at] as string) ?? 0);
      for (let at = 1; at < parts.length; at += 2) {
        // Summed: the order in which documents are looked at must not matter.
        const part = parts[at] as string;
        places.set(part, ((places.get(part) ?? 0) + mixed(line, at)) >>> 0);
      }
    }
    names = places;
  }
  const named = (part: string, at: number): string => (at % 2 === 0 ? part : `#${(names.get(part) ?? 0).toString(36)}`);
  return texts.map(({ parts }) => parts.map(named).join('')).sort();
}

/** Two numbers made one, so that their order counts. */
function mixed(one: number, other: number): number {
  const both = Math.imul(one ^ (other + 0x9e37_79b9), 0x85eb_ca6b);
  return (both ^ (both >>> 13)) >>> 0;
}

/** Tells texts apart that are not made to collide (FNV-1a). */
function digestOf(text: string): number {
  let digest = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) digest = Math.imul(digest ^ text.charCodeAt(at), 0x0100_0193);
  return digest >>> 0;
}

/** Journals that are open and could be worked on before long; those that wait for a link's end are not. */
export function workLeft({ stores, clock }: Durable): Doc[] {
  return stores.registry.all('journals').filter((journal) => {
    if (journal['open'] !== true) return false;
    const notBefore = journal['notBefore'] as Date | undefined;
    return notBefore === undefined || notBefore.getTime() <= clock.now().getTime() + leaseMs;
  });
}

/** Rules of one link that hold whatever has happened once no work is left; the ones that are broken. */
export function brokenRules(durable: Durable): string[] {
  const { stores } = durable;
  const link = linkIn(durable);
  const events = stores.registry
    .all('consentEvents')
    .filter((event) => event['linkId'] === link._id)
    .sort((x, y) => (x['seq'] as number) - (y['seq'] as number));
  const broken: string[] = [];
  const demand = (holds: boolean, rule: string): void => {
    if (!holds) broken.push(rule);
  };
  demand(isProvenBy(link.consent, events as never), 'a consent without its proof');
  demand(workLeft(durable).length === 0, 'work was left');
  const slots = ([askingBrand, invitedBrand] as const).flatMap((brand) =>
    stores[brand].all('profiles').flatMap((row) => Object.values((row['linkSlots'] as object | undefined) ?? {})),
  );
  demand(
    slots.every((slot) => slot === link._id && isLive(link)),
    'a slot that names no live link',
  );
  const mailbox = stores[askingBrand].all('mailbox') as unknown as MessageRow[];
  const messages = mailbox.filter(({ purpose }) => purpose === 'activation');
  const confirmations = mailbox.filter(({ purpose }) => purpose === 'confirmation');
  if (link.state === 'ACTIVE') demand(confirmations.length === 1, 'an activation that was not confirmed once');
  if (link.confirmationTokenHash !== undefined) {
    const [confirmation] = confirmations;
    const code = /withdraw#([\w-]{43})/.exec(confirmation?.text ?? '')?.[1] ?? '';
    demand(
      tokenHashOf(code) === link.confirmationTokenHash,
      'a confirmation whose token is not the one it is known by',
    );
    const lead = stores.registry.all('activations').find(({ _id }) => _id === link.confirmationTokenHash);
    demand(lead?.['linkId'] === link._id, 'a confirmation whose token leads nowhere');
  }
  demand(
    messages.every(({ tokenHash }, at) => tokenHash === tokenHashOf(tokensIn(durable)[at] ?? '')),
    'a message whose token is not the one it is known by',
  );
  if (link.tokenHash !== undefined) {
    demand(messages.at(-1)?.tokenHash === link.tokenHash, 'a token that no message brought');
  }
  const waiting = stores[invitedBrand].all('profiles').filter((row) => row['state'] === 'PENDING');
  demand(waiting.length <= (link.state === 'PENDING_ACTIVATION' ? 1 : 0), 'a waiting profile of nobody');
  return broken;
}
