import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactSign, compactVerify, importJWK } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import { readSecret, secretFromFile } from '../../src/kernel/secrets.js';

const master = Buffer.alloc(32, 7).toString('base64');

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the master secret', () => {
  it('gives each purpose a key of its own, and the same one again', () => {
    const purposes = ['receipts', 'activation', 'cursors', 'Receipts', ''];
    const keys = purposes.map((purpose) => readSecret(master).derive(purpose).toString('hex'));
    expect(new Set(keys).size).toBe(purposes.length);
    expect(purposes.map((purpose) => readSecret(`${master}\n`).derive(purpose).toString('hex'))).toEqual(keys);
    for (const key of keys) expect(key).toHaveLength(64);
  });

  it('gives other keys when it is another', () => {
    const other = Buffer.alloc(32, 8).toString('base64');
    expect(readSecret(other).derive('receipts').equals(readSecret(master).derive('receipts'))).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['too short', Buffer.alloc(31).toString('base64')],
    ['too long', Buffer.alloc(33).toString('base64')],
    ['words', 'correct horse battery staple'],
  ])('is refused when it is %s, with the command that makes one', (_what, text) => {
    const act = () => readSecret(text);
    expect(act).toThrow(AppError);
    expect(act).toThrow(/32 bytes in base 64.*openssl rand -base64 32/);
    if (text !== '') expect(act).not.toThrow(text);
  });

  it('signs with a key that the world can check', async () => {
    const { d, ...open } = readSecret(master).signingJwk();
    expect(d).toBeTypeOf('string');
    const jws = await new CompactSign(Buffer.from('a receipt'))
      .setProtectedHeader({ alg: 'EdDSA', kid: open['kid'] as string })
      .sign(await importJWK({ ...open, d: d as string }, 'EdDSA'));
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK(open, 'EdDSA'));
    expect(Buffer.from(payload).toString()).toBe('a receipt');
    expect(protectedHeader.kid).toBe(open['kid']);
  });

  it('signs with the same key after a restart and names it in the key id', () => {
    expect(readSecret(master).signingJwk()).toEqual(readSecret(master).signingJwk());
    const other = readSecret(Buffer.alloc(32, 8).toString('base64')).signingJwk();
    expect(other['kid']).not.toBe(readSecret(master).signingJwk()['kid']);
  });

  it('does not show itself when it is printed', () => {
    const secrets = readSecret(master);
    expect(JSON.stringify(secrets)).toBe('{}');
  });
});

describe('the secret file', () => {
  it('is made once, for this user alone', () => {
    const file = join(aFolder(), 'new', 'secret');
    const first = secretFromFile(file).derive('x');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(secretFromFile(file).derive('x').equals(first)).toBe(true);
  });

  it('with something else in it is refused, not replaced', () => {
    const file = join(aFolder(), 'secret');
    writeFileSync(file, 'not a secret');
    expect(() => secretFromFile(file)).toThrow(AppError);
    expect(readFileSync(file, 'utf8')).toBe('not a secret');
  });

  it('is the same for several processes that race to make it', async () => {
    const folder = aFolder();
    const racers = Array.from({ length: 3 }, () => raceIn(folder, 300));
    await Promise.all(racers.map((racer) => racer.isReady));
    writeFileSync(join(folder, 'go'), '');
    const [first, ...others] = await Promise.all(racers.map((racer) => racer.keys));
    for (const other of others) expect(other).toBe(first);
    expect(new Set(first?.split(',')).size).toBe(300);
    expect(readdirSync(folder)).toHaveLength(301);
  });
});

/** A process that makes secret files the moment a starting file appears. */
function raceIn(folder: string, rounds: number): { isReady: Promise<void>; keys: Promise<string> } {
  const file = join(import.meta.dirname, 'secret-racer.ts');
  const child = fork(file, [folder, String(rounds)], { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => {
    child.kill();
  });
  let ready!: () => void;
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const keys = new Promise<string>((resolve, reject) => {
    child.on('message', (message: string) => (message === 'ready' ? ready() : resolve(message)));
    child.on('error', reject);
    child.on('exit', (code) => {
      ready();
      reject(new Error(`the racer ended with ${code}`));
    });
  });
  return { isReady, keys };
}
