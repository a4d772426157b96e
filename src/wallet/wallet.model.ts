import { Schema } from 'mongoose';
import { defineCollection } from '../brands/collection.js';
import type { DefinitionRow, RewardRow, WalletRow } from './wallet.js';

const anything = Schema.Types.Mixed;

/** Balances, one document per account. */
export const walletCollection = defineCollection<WalletRow>('wallets', { rev: Number, points: anything }, [], {
  keyedBy: 'account',
});

/** Rewards of accounts. */
export const rewardCollection = defineCollection<RewardRow>(
  'rewards',
  {
    accountId: String,
    definition: String,
    name: String,
    valueInitial: Number,
    valueRemaining: Number,
    currency: String,
    issuedAt: Date,
    expiresAt: Date,
  },
  [{ key: { accountId: 1, issuedAt: 1, _id: 1 } }],
);

/** What a brand has defined; a few dozen rows. */
export const definitionCollection = defineCollection<DefinitionRow>('definitions', {
  handle: String,
  name: String,
  type: { type: String },
  decimals: Number,
});
