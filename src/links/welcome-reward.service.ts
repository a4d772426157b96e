import { parseAmount } from '../activity/money.js';
import type { SharingRule } from '../brands/brand.js';
import type { Brands } from '../brands/brands.js';
import { runTransaction } from '../brands/transaction.js';
import { auditRow } from '../events/audit.js';
import { StaleRead } from '../events/commit-once.js';
import { insertAudit } from '../events/event.store.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { changeProfile } from '../profiles/profile.service.js';
import type { RewardRow } from '../wallet/wallet.js';
import { isIssued, issueReward } from '../wallet/wallet.service.js';
import type { LinkRow } from './cross-brand-link.js';
import type { LinkDeps } from './link-work.js';
import { untilSettled } from './shared-identity.service.js';
import { liveOwner } from './slot.service.js';

/** Handle under which welcome rewards are told from others. */
const definition = 'welcome';

/** What a rule's welcome is worth in the smallest unit of the receiving brand's currency; null when it is words alone. */
export function welcomeValueOf(rule: SharingRule, currencyCode: string): number | null {
  return rule.welcomeRewardValue === undefined ? null : parseAmount(rule.welcomeRewardValue, currencyCode);
}

/**
 * Refuses a worth that the receiving brand's currency cannot express, before anything is promised.
 * @throws AppError `CONFIG_INVALID`.
 */
export function checkWelcomeValues(brands: Brands): void {
  for (const rule of brands.all().flatMap((entry) => entry.brand.sharingRules)) {
    const { currencyCode } = brands.get(rule.to).brand;
    if (rule.welcomeRewardValue === undefined || (welcomeValueOf(rule, currencyCode) ?? 0) > 0) continue;
    throw new AppError(
      'CONFIG_INVALID',
      `welcomeRewardValue ${rule.welcomeRewardValue} of ${rule.from} → ${rule.to} is no amount of ${currencyCode} above zero`,
    );
  }
}

/**
 * Issues what the invited brand has promised, once: the reward's id is the link's. Its owner is touched in the same
 * transaction, so that a merge or an erasure at that moment meets it.
 */
export async function issueWelcomeReward(deps: LinkDeps, link: LinkRow, deadline: Deadline): Promise<void> {
  const { welcomeValue, welcomeReward } = link;
  const { accountId, brand } = link.b;
  if (welcomeValue === undefined || welcomeReward === null || accountId === undefined) return;
  const target = deps.brands.get(brand);
  await untilSettled(async () => {
    if (await isIssued(target, { accountId, id: link._id }, deadline)) return;
    const owner = await liveOwner(target.database, accountId, deadline);
    if (owner === null) return;
    const issuedAt = deps.clock.now();
    const reward: RewardRow = {
      _id: link._id,
      accountId,
      definition,
      name: welcomeReward,
      valueInitial: welcomeValue,
      valueRemaining: welcomeValue,
      currency: target.brand.currencyCode,
      issuedAt,
    };
    const audit = auditRow({ actor: null, requestId: link._id }, 'welcomeReward', owner._id, issuedAt, {
      linkId: link._id,
    });
    await runTransaction(target.database, deadline, async (session) => {
      const filter = { _id: owner._id, state: 'ACTIVE', version: owner.version };
      if (!(await changeProfile(target.database, filter, { $inc: { touch: 1 } }, session))) {
        throw new StaleRead('The owner of a welcome reward');
      }
      await issueReward(target, reward, session);
      await insertAudit(target.database, [audit], session);
    });
  });
}
