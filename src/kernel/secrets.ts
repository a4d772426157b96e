import { createHmac, createPrivateKey, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from './errors.js';

/** Bytes of a master secret. */
const secretBytes = 32;
/** PKCS #8 frame of an Ed25519 private key (RFC 8410 §7), to be followed by its 32 bytes. */
const ed25519Frame = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Keys for every purpose, all derived from one master secret, so that an operator has one thing to keep. */
export class Secrets {
  readonly #master: Buffer;

  constructor(master: Buffer) {
    this.#master = master;
  }

  /** 32 bytes that serve this purpose alone (HKDF-SHA-256). */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#master, Buffer.from('kindred'), Buffer.from(purpose), secretBytes));
  }

  /** The private key that signs consent receipts, as an Ed25519 JWK. */
  signingJwk(): Record<string, string> {
    const key = createPrivateKey({
      key: Buffer.concat([ed25519Frame, this.derive('receipts')]),
      format: 'der',
      type: 'pkcs8',
    });
    const jwk = key.export({ format: 'jwk' }) as Record<string, string>;
    const kid = createHmac('sha256', 'kid')
      .update(jwk['x'] ?? '')
      .digest('base64url')
      .slice(0, 16);
    return { ...jwk, alg: 'EdDSA', use: 'sig', kid };
  }
}

/**
 * The master secret from a text of 32 bytes in base 64.
 * @throws AppError `CONFIG_INVALID` when it is anything else.
 */
export function readSecret(text: string): Secrets {
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.length !== secretBytes) {
    throw new AppError(
      'CONFIG_INVALID',
      'KINDRED_SECRET must be 32 bytes in base 64; make one with: openssl rand -base64 32',
    );
  }
  return new Secrets(bytes);
}

/** The master secret kept in a file that only this user can read; made when it is not there. */
export function secretFromFile(file: string): Secrets {
  if (!existsSync(file)) makeSecretFile(file);
  return readSecret(readFileSync(file, 'utf8'));
}

/** The file appears with all its bytes or not at all, so that a rival at the same moment never reads half of it. */
function makeSecretFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${randomBytes(secretBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
