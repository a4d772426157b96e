import { readFileSync } from 'node:fs';
import type { JSONWebKeySet } from 'jose';
import type { ReceiptRecord } from '../consents/receipt.js';
import { createReceiptSigner, verifyReceipt } from '../consents/receipt.service.js';
import { AppError } from '../kernel/errors.js';
import { createLogger } from '../kernel/logger.js';
import { secretsFor } from '../open-group.js';
import { logLevel, readConfig } from './group-options.js';
import { paintOut, print, say } from './terminal.js';

interface KeysOptions {
  readonly config: string;
}

interface VerifyOptions extends KeysOptions {
  readonly keys?: string;
  readonly json?: boolean;
}

/** `kindred receipt keys`: the public keys with which anybody checks receipts of this group. */
export async function runReceiptKeys(options: KeysOptions): Promise<void> {
  print(JSON.stringify(await ownKeys(options.config)));
}

/** `kindred receipt verify`: checks a receipt offline and prints what was agreed. Fails when it does not hold. */
export async function runReceiptVerify(file: string, options: VerifyOptions): Promise<void> {
  const jws = readText(file === '-' ? 0 : file, 'receipt');
  const keys = options.keys === undefined ? await ownKeys(options.config) : readKeys(options.keys);
  const record = await verifyReceipt(jws, keys);
  if (options.json) {
    print(JSON.stringify(record));
    return;
  }
  describe(record);
  say('The receipt holds: it was signed with one of these keys and has not been changed.');
}

/** The group's own key, from the secret that its servers have. Opens no database. */
async function ownKeys(configFile: string): Promise<JSONWebKeySet> {
  const secrets = secretsFor(readConfig(configFile), process.env, createLogger({ level: logLevel('warn') }));
  const { publicJwk } = await createReceiptSigner(secrets.signingJwk());
  return { keys: [publicJwk] };
}

function readKeys(file: string): JSONWebKeySet {
  const text = readText(file, 'key set');
  let keys: unknown;
  try {
    keys = JSON.parse(text);
  } catch (cause) {
    throw new AppError('USAGE', `${file} is not JSON; a JWK set was expected`, { cause });
  }
  const list = (keys as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(list)) throw new AppError('USAGE', `${file} is not a JWK set; {"keys": […]} was expected`);
  return keys as JSONWebKeySet;
}

function readText(file: string | 0, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('USAGE', `The ${what} cannot be read from ${file === 0 ? 'standard input' : file}`, { cause });
  }
}

function describe(record: ReceiptRecord): void {
  const line = (name: string, value: string | null): void => {
    if (value !== null) print(`${paintOut('dim', `${name}:`.padEnd(14))}${value}`);
  };
  line('Receipt', record.receiptId);
  line('Issued', record.issuedAt);
  line('Status', record.status);
  line('From', partyLine(record.from));
  line('To', partyLine(record.to));
  line('Shared', record.attributes.map(({ name }) => name).join(', '));
  for (const { code, text } of record.purposes) line('Purpose', `${text} (${code})`);
  line('Wording', `${record.notice.text} (version ${record.notice.version}, ${record.notice.language})`);
  line('Given', `${record.givenAt} (${record.method})`);
  line('Confirmed', record.confirmedAt);
  line('Withdrawn', record.withdrawnAt);
  line('Valid until', record.validUntil);
  line('Kept in', record.storageLocation);
  line('Evidence', `kept for ${record.retention.years} years after the end of consent`);
  line('Take back at', record.withdrawalMethod.url);
  line('Record', `${record.recordId}, epoch ${record.epoch}`);
}

/** Who answers for the data, as far as the brand's configuration tells. */
function partyLine({ name, brand, legalName, address, contact }: ReceiptRecord['from']): string {
  return [`${name} (${brand})`, legalName === name ? null : legalName, address, contact]
    .filter((part) => part !== null)
    .join(', ');
}
