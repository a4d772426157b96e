import type { JournalStep, StepOutcome, StepRun } from '../journal/journal.js';
import type { JournalRunner } from '../journal/journal-runner.js';
import { forgetAddressStep, openTargetStep } from './activation-target.service.js';
import { confirmStep } from './confirmation.service.js';
import { inviteStep, slotStep, sourceStep, targetStep } from './enrolment.service.js';
import { expireStep, purgeStep } from './expiry.service.js';
import { releaseStep, settleStep } from './link-clean-up.service.js';
import { type LinkDeps, linkJournals } from './link-work.js';
import { deliverStep } from './message-delivery.service.js';
import { checkWelcomeValues } from './welcome-reward.service.js';

type LinkStepWork = (deps: LinkDeps, run: StepRun) => Promise<StepOutcome>;

/**
 * Tells a runner on the registry how work on links is done. Names of steps stand in journals: they stay.
 * @throws AppError `CONFIG_INVALID` when a welcome is promised that cannot be issued.
 */
export function registerLinkJournals(runner: JournalRunner, deps: LinkDeps): void {
  checkWelcomeValues(deps.brands);
  const step = (name: string, work: LinkStepWork): JournalStep => ({ name, run: (run) => work(deps, run) });
  runner.register(linkJournals.enrol, [
    step('slot', slotStep),
    step('target', targetStep),
    step('source', sourceStep),
    step('invite', inviteStep),
  ]);
  runner.register(linkJournals.activate, [
    step('open-target', openTargetStep),
    step('confirm', confirmStep),
    step('forget-address', forgetAddressStep),
  ]);
  runner.register(linkJournals.resend, [step('invite', inviteStep)]);
  runner.register(linkJournals.end, [step('settle', settleStep), step('release', releaseStep)]);
  runner.register(linkJournals.expire, [step('expire', expireStep), step('purge', purgeStep)]);
}

/**
 * Tells a runner on the registry how messages are handed to carriers. Better one of its own: a carrier that does not answer
 * then keeps no other work waiting.
 */
export function registerMessageJournals(runner: JournalRunner, deps: LinkDeps): void {
  runner.register(linkJournals.deliver, [{ name: 'deliver', run: (run) => deliverStep(deps, run) }]);
}
