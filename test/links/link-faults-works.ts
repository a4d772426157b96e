import type { OperationContext } from '../../src/access/context.js';
import { emailClaimId } from '../../src/claims/claim.js';
import type { JournalRunner } from '../../src/journal/journal-runner.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { activateLink } from '../../src/links/activation.service.js';
import { declineLink } from '../../src/links/link-decline.service.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { resendMessage } from '../../src/links/link-resend.service.js';
import { withdrawLink } from '../../src/links/link-withdraw.service.js';
import { createProfile } from '../../src/profiles/profile-create.service.js';
import { anActor } from '../support/group.js';
import { aCustomer, enrolInput, linkIn, person, tokensIn, type WorkingProcess } from './link-faults-world.js';

type Preparation = (process: WorkingProcess) => unknown;

/** What a client asks for once, and what lies before it. */
export interface Work {
  readonly name: string;
  /** Brings the databases to where it begins. */
  readonly prepare: (process: WorkingProcess) => Promise<void>;
  /** As a client asks, with the same idempotency key each time. */
  readonly act: Preparation;
  /** Whether a token pays for it, which is worth nothing to a client who asks once more. */
  readonly usesToken?: true;
}

/** Journals that nobody works on yet. */
const nobody = { poke: async () => {} } as unknown as JournalRunner;

function staff(process: WorkingProcess, brand: string): OperationContext {
  const actor = anActor({ reference: `staff_${brand}`, brandHandles: new Set([brand]), isGroup: false });
  return process.context({ actor });
}

const newcomer: Preparation = (process) => aCustomer(process, 'wren', person);
const member: Preparation = (process) =>
  aCustomer(process, 'hearth', { firstName: 'M', lastName: 'T', email: person.email ?? null });
const enrol: Preparation = (process) => enrolLink(staff(process, 'wren'), process.runner, enrolInput(process));
const enrolUnheard: Preparation = (process) => enrolLink(staff(process, 'wren'), nobody, enrolInput(process));
const lastToken = ({ durable }: WorkingProcess): string => tokensIn(durable).at(-1) ?? '';
const accept = (process: WorkingProcess, deps: WorkingProcess['deps']): Promise<unknown> =>
  activateLink(process.context({ actor: null }), deps, { token: lastToken(process), isAccepted: true });
const activate: Preparation = (process) => accept(process, process.deps);
const activateUnheard: Preparation = (process) => accept(process, { ...process.deps, journals: nobody });
const decline: Preparation = (process) =>
  declineLink(process.context({ actor: null }), process.deps, { token: lastToken(process), quietDays: 30 });
const linkId = ({ durable }: WorkingProcess): string => formatNodeId('link', '', linkIn(durable)._id);
const resend: Preparation = (process) => {
  const input = { id: linkId(process), idempotencyKey: 'once-more-please' };
  return resendMessage(staff(process, 'wren'), process.runner, input);
};
const signUp: Preparation = (process) => {
  const input = { email: person.email ?? null, firstName: 'Own', lastName: 'Words', idempotencyKey: 'own-sign-up' };
  return createProfile(staff(process, 'hearth'), { brand: 'hearth', ...input });
};
const untilEnd: Preparation = ({ durable }) => {
  const { clock } = durable;
  clock.forward(Math.max(0, linkIn(durable).activateBy.getTime() - clock.now().getTime()));
};
const memberLeaves: Preparation = ({ durable }) => {
  durable.stores.hearth.delete('claims', { _id: emailClaimId(person.email ?? '') }, null);
};

function withdraw(copies: 'KEEP' | 'ERASE_UNTOUCHED'): Preparation {
  return (process) => {
    const input = { link: { id: linkId(process) }, copies, idempotencyKey: 'withdraw-at-the-till' };
    return withdrawLink(staff(process, 'wren'), process.deps, input);
  };
}

/** Does one thing after the other, with all the work that each of them leaves. */
function after(...steps: readonly Preparation[]): Work['prepare'] {
  return async (process) => {
    for (const step of steps) {
      await step(process);
      await process.runner.idle();
    }
  };
}

/** The same, and then something whose work is left. */
function leaving(last: Preparation, ...steps: readonly Preparation[]): Work['prepare'] {
  return async (process) => {
    await after(...steps)(process);
    await last(process);
  };
}

/** Everything that is done to one link, alone. */
export const works: readonly Work[] = [
  { name: 'enrol somebody new', prepare: after(newcomer), act: enrol },
  { name: 'enrol a member', prepare: after(newcomer, member), act: enrol },
  { name: 'activate somebody new', prepare: after(newcomer, enrol), act: activate, usesToken: true },
  { name: 'activate a member', prepare: after(newcomer, member, enrol), act: activate, usesToken: true },
  {
    name: 'activate, the member having left',
    prepare: after(newcomer, member, enrol, memberLeaves),
    act: activate,
    usesToken: true,
  },
  {
    name: 'activate, after an own sign-up',
    prepare: after(newcomer, enrol, signUp),
    act: activate,
    usesToken: true,
  },
  { name: 'own sign-up of who is waited for', prepare: after(newcomer, enrol), act: signUp },
  { name: 'decline', prepare: after(newcomer, enrol), act: decline, usesToken: true },
  { name: 'resend', prepare: after(newcomer, enrol), act: resend },
  { name: 'expire', prepare: after(newcomer, enrol), act: untilEnd },
  { name: 'expire, of a member', prepare: after(newcomer, member, enrol), act: untilEnd },
  { name: 'expire, after an own sign-up', prepare: after(newcomer, enrol, signUp), act: untilEnd },
  { name: 'withdraw unprepared', prepare: leaving(enrolUnheard, newcomer), act: withdraw('KEEP') },
  { name: 'withdraw pending', prepare: after(newcomer, enrol), act: withdraw('KEEP') },
  {
    name: 'withdraw unopened',
    prepare: leaving(activateUnheard, newcomer, enrol),
    act: withdraw('ERASE_UNTOUCHED'),
  },
  { name: 'withdraw, keeping copies', prepare: after(newcomer, enrol, activate), act: withdraw('KEEP') },
  {
    name: 'withdraw, erasing copies',
    prepare: after(newcomer, enrol, activate),
    act: withdraw('ERASE_UNTOUCHED'),
  },
  {
    name: 'withdraw, of a member',
    prepare: after(newcomer, member, enrol, activate),
    act: withdraw('ERASE_UNTOUCHED'),
  },
];
