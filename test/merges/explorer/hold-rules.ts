import type { WalletRow } from '../../../src/wallet/wallet.js';
import type { Change, DoubleStore } from './double-store.js';
import { type HoldRow, spendableOf } from './points-hold.js';
import type { Told } from './wishes.js';

/** What a commit did to wallets and holds that no merge and no hold may do. */
export function brokenByHolding(changes: readonly Change[]): string[] {
  const wallets = changes.filter(({ collection }) => collection === 'wallets');
  const holds = changes.filter(({ collection }) => collection === 'holds');
  const broken = holds.filter(({ before }) => before !== null).map(({ id }) => `I1: the hold ${id} was changed`);
  const hold = holds[0]?.after as unknown as HoldRow | undefined;
  for (const { id, before, after } of wallets) {
    const [was, is] = [totals(before), totals(after)];
    const taken = hold?.parts[id];
    if (taken === undefined) broken.push(`I1: the wallet ${id} was changed without a hold`);
    else if (is.available !== was.available - taken || is.held !== was.held + taken || is.debt !== was.debt)
      broken.push(`I1: the hold ${hold?._id} took other points from ${id} than it says`);
    if (is.available < 0) broken.push(`I1: the wallet ${id} fell below zero`);
  }
  const missed = Object.keys(hold?.parts ?? {}).filter((account) => !wallets.some(({ id }) => id === account));
  return [...broken, ...missed.map((account) => `I1: the hold ${hold?._id} took nothing from ${account}`)];
}

function totals(wallet: object | null): { available: number; held: number; debt: number } {
  const [points] = (wallet as WalletRow | null)?.points ?? [];
  return { available: points?.available ?? 0, held: points?.held ?? 0, debt: points?.debt ?? 0 };
}

/** A hold that was answered is there once; one that was refused is not. */
export function brokenHold({ wish, end }: Told, store: DoubleStore): string[] {
  if (wish.kind !== 'hold') return [];
  const count = store.all('holds').filter(({ _id }) => _id === wish.key).length;
  if (end === 'REFUSED' && count > 0) return [`I1: the hold ${wish.key} was refused and is there`];
  return end === 'DONE' && count !== 1 ? [`I1: the hold ${wish.key} was answered and is there ${count} times`] : [];
}

/** What one moment's holds and wallets contradict: a hold rests on one profile's accounts, and no debt is overspent. */
export function brokenHolds(
  {
    holds,
    wallets,
  }: { readonly holds: ReadonlyMap<string, HoldRow>; readonly wallets: ReadonlyMap<string, WalletRow> },
  owners: ReadonlyMap<string, string>,
): string[] {
  const broken: string[] = [];
  const spenders = new Set<string | undefined>();
  for (const { _id, accounts } of holds.values()) {
    const own = new Set(accounts.map((account) => owners.get(account)));
    if (own.size > 1) broken.push(`I1: the hold ${_id} rests on accounts of ${own.size} profiles`);
    for (const owner of own) spenders.add(owner);
  }
  for (const spender of spenders) {
    const own = [...wallets.values()].filter(({ _id }) => owners.get(_id) === spender);
    if (spendableOf(own) < 0) broken.push(`I1: more points of ${spender} are set aside than debts leave`);
  }
  return broken;
}
