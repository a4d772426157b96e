import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TokenInput } from '../../src/access/token.service.js';

const script = fileURLToPath(new URL('./make-tokens.mjs', import.meta.url));

/** A token to be made: for the whole group with everything, unless said otherwise. */
export type WantedToken = Partial<TokenInput>;

/** Makes tokens as `kindred token create` does, beside the server that owns the data; all of them in one process. */
export async function createTokens<Name extends string>(
  configFile: string,
  wanted: Readonly<Record<Name, WantedToken>>,
): Promise<Record<Name, string>> {
  const inputs = Object.entries<WantedToken>(wanted).map(([name, input]) => [
    name,
    { role: 'group-admin', reference: name, purpose: 'group-service', ...input },
  ]);
  const words = [script, configFile, JSON.stringify(Object.fromEntries(inputs))];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout) as Record<Name, string>;
}
