import type { Role } from '../access/token.js';
import type { TokenView } from '../access/token.service.js';
import { openForWork, readConfig, wholeNumber } from './group-options.js';
import { print, say } from './terminal.js';

interface SharedOptions {
  readonly config: string;
  readonly json?: boolean;
}

interface CreateOptions extends SharedOptions {
  readonly role: string;
  readonly reference: string;
  readonly brand?: string[];
  readonly scope?: string[];
  readonly purpose?: string;
  readonly extension?: string;
  readonly days?: string;
}

/** `kindred token create`: prints the token's text, this once. */
export async function runTokenCreate(options: CreateOptions): Promise<void> {
  const group = await openForWork(readConfig(options.config));
  try {
    const days = options.days === undefined ? null : wholeNumber(options.days, '--days', 1, 3_650);
    const { token, view } = await group.tokens.create({
      role: options.role as Role,
      reference: options.reference,
      ...(options.brand === undefined ? {} : { brandHandles: options.brand }),
      ...(options.scope === undefined ? {} : { grants: options.scope }),
      ...(options.purpose === undefined ? {} : { purpose: options.purpose }),
      ...(options.extension === undefined ? {} : { extension: options.extension }),
      ...(days === null ? {} : { expiresAt: new Date(Date.now() + days * 86_400_000) }),
    });
    if (options.json) print(JSON.stringify({ token, ref: view.tokenRef }));
    else {
      print(token);
      say(`Keep it: it is shown only now. Its ref is ${view.tokenRef}.`);
    }
  } finally {
    await group.close();
  }
}

/** `kindred token list`. */
export async function runTokenList(options: SharedOptions): Promise<void> {
  const group = await openForWork(readConfig(options.config));
  try {
    const tokens = await group.tokens.list();
    if (options.json) print(JSON.stringify(tokens));
    else for (const token of tokens) print(describe(token));
    if (tokens.length === 0) say('There are no tokens yet; make one with: kindred token create');
  } finally {
    await group.close();
  }
}

function describe(token: TokenView): string {
  const state =
    token.revokedAt !== undefined
      ? 'revoked'
      : token.expiresAt !== undefined && token.expiresAt < new Date()
        ? 'expired'
        : 'good';
  const brands = token.brandHandles === undefined ? 'every brand' : token.brandHandles.join(',');
  return [token.tokenRef, state.padEnd(7), token.role.padEnd(11), token.reference.padEnd(20), brands].join('  ');
}

/** `kindred token revoke`. */
export async function runTokenRevoke(named: string, options: SharedOptions): Promise<void> {
  const group = await openForWork(readConfig(options.config));
  try {
    const ref = await group.tokens.revoke(named);
    if (options.json) print(JSON.stringify({ revoked: ref }));
    else say(`The token ${ref} is revoked; servers feel it within ten seconds.`);
  } finally {
    await group.close();
  }
}
