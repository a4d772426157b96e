import { formatMoney } from '../activity/money.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { formatNodeId } from '../kernel/ids.js';
import { formatPoints } from './wallet.js';
import { rewardBalanceOf, rewardsOf, walletOf } from './wallet.service.js';

/** What a customer holds. */
export const walletResolvers: Resolvers = {
  Profile: {
    wallet: (profile, _args, context) => walletOf(context, profile),
  },
  Wallet: {
    rewardBalance: (wallet) => rewardBalanceOf(wallet),
    rewards: (wallet, args) => rewardsOf(wallet, args),
    points: (wallet) =>
      wallet.points.map(({ definition, holding }) => ({
        definition: definition.handle,
        name: definition.name,
        type: definition.type,
        available: formatPoints(holding.available, definition),
        pending: formatPoints(holding.pending, definition),
        held: formatPoints(holding.held, definition),
        owed: formatPoints(holding.debt, definition),
      })),
  },
  Reward: {
    id: (reward) => formatNodeId('rwd', reward.brand.handle, reward.accountId, reward._id),
    valueInitial: (reward) => formatMoney(reward.valueInitial, reward.currency),
    valueRemaining: (reward) => formatMoney(reward.valueRemaining, reward.currency),
    expiresAt: (reward) => reward.expiresAt ?? null,
  },
};
