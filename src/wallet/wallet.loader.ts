import DataLoader from 'dataloader';
import { isSelected, type OperationContext } from '../access/context.js';
import { memoKey } from '../access/world.js';
import type { BrandEntry } from '../brands/brands.js';
import type { Uuid } from '../kernel/ids.js';
import { accountsOf, type ProfileView } from '../profiles/profile.js';
import { byExpiry, type DefinitionRow, type RewardRow, rewardView, totalPoints, type WalletView } from './wallet.js';
import { findPointsDefinitions, readHoldings } from './wallet.store.js';

const walletsKey = memoKey<Map<string, DataLoader<ProfileView, WalletView, Uuid>>>('wallets');
const definitionsKey = memoKey<Map<string, Promise<DefinitionRow[]>>>('points definitions');

/** The points definitions of a brand; one command per operation. */
export function loadPointsDefinitions(context: OperationContext, entry: BrandEntry): Promise<DefinitionRow[]> {
  const known = context.world.memo(definitionsKey, () => new Map());
  let definitions = known.get(entry.brand.handle);
  if (definitions === undefined) {
    definitions = entry.database.run(context.deadline, () =>
      findPointsDefinitions(entry.database, { deadline: context.deadline }),
    );
    known.set(entry.brand.handle, definitions);
  }
  return definitions;
}

/**
 * What a customer holds. All customers of one turn cost one command per brand and collection, and only for what the
 * document selects; they are read from one moment as soon as one of them has several accounts.
 */
export function loadWallet(context: OperationContext, entry: BrandEntry, profile: ProfileView): Promise<WalletView> {
  const loaders = context.world.memo(walletsKey, () => new Map());
  let loader = loaders.get(entry.brand.handle);
  if (loader === undefined) {
    loader = new DataLoader<ProfileView, WalletView, Uuid>((profiles) => loadWallets(context, entry, profiles), {
      cacheKeyFn: (each) => each._id,
      batchScheduleFn: (callback) => setImmediate(callback),
    });
    loaders.set(entry.brand.handle, loader);
  }
  return loader.load(profile);
}

async function loadWallets(
  context: OperationContext,
  entry: BrandEntry,
  profiles: readonly ProfileView[],
): Promise<WalletView[]> {
  const { brand } = entry;
  const wantsPoints = isSelected(context, 'Wallet', 'points');
  const wantsRewards = isSelected(context, 'Wallet', 'rewards') || isSelected(context, 'Wallet', 'rewardBalance');
  const asOf = context.clock.now();
  const [definitions, holdings] = await Promise.all([
    wantsPoints ? loadPointsDefinitions(context, entry) : [],
    readHoldings(
      entry.database,
      profiles.flatMap((profile) => accountsOf(profile)),
      {
        deadline: context.deadline,
        wantsPoints,
        wantsRewards,
        at: asOf,
        isOneMoment: profiles.some((profile) => accountsOf(profile).length > 1),
      },
    ),
  ]);
  const walletOf = new Map(holdings.wallets.map((wallet) => [wallet._id, wallet]));
  const rewardsOf = groupByAccount(holdings.rewards);
  return profiles.map((profile): WalletView => {
    const accounts = accountsOf(profile);
    const rewards = accounts.flatMap((account) => rewardsOf.get(account) ?? []);
    return {
      brand,
      profileId: profile._id,
      asOf,
      points: totalPoints(
        definitions,
        accounts.flatMap((account) => walletOf.get(account) ?? []),
      ),
      rewards: rewards.sort(byExpiry).map((reward) => rewardView(reward, brand)),
    };
  });
}

function groupByAccount(rewards: readonly RewardRow[]): Map<Uuid, RewardRow[]> {
  const groups = new Map<Uuid, RewardRow[]>();
  for (const reward of rewards) {
    const group = groups.get(reward.accountId);
    if (group === undefined) groups.set(reward.accountId, [reward]);
    else group.push(reward);
  }
  return groups;
}
