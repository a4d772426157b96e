import type { BoundProfile } from '../access/actor.js';
import type { Role } from '../access/token.js';
import type { TokenView } from '../access/token.service.js';
import { AppError } from '../kernel/errors.js';
import { formatNodeId, parseNodeId } from '../kernel/ids.js';
import { openForWork, readConfig, wholeNumber } from './group-options.js';
import { print, say } from './terminal.js';

interface SharedOptions {
  readonly config: string;
  readonly json?: boolean;
}

interface CreateOptions extends SharedOptions {
  readonly role: string;
  readonly reference?: string;
  readonly profile?: string;
  readonly brand?: string[];
  readonly scope?: string[];
  readonly purpose?: string;
  readonly extension?: string;
  readonly days?: string;
  readonly hours?: string;
}

/** `kindred token create`: prints the token's text, this once. */
export async function runTokenCreate(options: CreateOptions): Promise<void> {
  const lifeMs = lifeOf(options);
  const profile = options.profile === undefined ? null : profileNamed(options.profile);
  const group = await openForWork(readConfig(options.config));
  try {
    const { token, view } = await group.tokens.create({
      role: options.role as Role,
      ...(options.reference === undefined ? {} : { reference: options.reference }),
      ...(profile === null ? {} : { profile }),
      ...(options.brand === undefined ? {} : { brandHandles: options.brand }),
      ...(options.scope === undefined ? {} : { grants: options.scope }),
      ...(options.purpose === undefined ? {} : { purpose: options.purpose }),
      ...(options.extension === undefined ? {} : { extension: options.extension }),
      ...(lifeMs === null ? {} : { expiresAt: new Date(group.clock.now().getTime() + lifeMs) }),
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

function lifeOf({ days, hours }: CreateOptions): number | null {
  if (days !== undefined && hours !== undefined) throw new AppError('USAGE', 'Give --days or --hours, not both');
  if (hours !== undefined) return wholeNumber(hours, '--hours', 1, 87_600) * 3_600_000;
  return days === undefined ? null : wholeNumber(days, '--days', 1, 3_650) * 86_400_000;
}

function profileNamed(text: string): BoundProfile {
  const id = parseNodeId(text);
  const [uuid] = id?.uuids ?? [];
  if (id?.kind === 'prof' && uuid !== undefined) return { brand: id.brand, id: uuid };
  throw new AppError('USAGE', '--profile is not the id of a profile; such ids look like prof_wren_…');
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
  return [token.tokenRef, state.padEnd(7), token.role.padEnd(11), token.reference.padEnd(20), reachOf(token)].join(
    '  ',
  );
}

function reachOf({ brandHandles, profileId }: TokenView): string {
  if (brandHandles === undefined) return 'every brand';
  const brands = brandHandles.join(',');
  return profileId === undefined ? brands : `only ${formatNodeId('prof', brands, profileId)}`;
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
