import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairId } from '../../src/duplicates/duplicate.js';
import { valueSharedMax } from '../../src/duplicates/duplicate-key.js';
import { type IdentityView, identityNodeId } from '../../src/identities/identity.js';
import { removeIdentity, updateIdentity } from '../../src/identities/identity-change.service.js';
import { merged, undo } from '../merges/undoing.js';
import { aCardNumber, anIdentity } from '../support/factories/identity.js';
import { openGroup, type TestGroup } from '../support/group.js';
import { customers, scan, storedPairs, view } from './scanning.js';

const brand = 'wren';
const history = { kind: 'SHARED_IDENTITY_HISTORY', weight: 0.4 };

describe('a card that was on two profiles', () => {
  let group: TestGroup;
  beforeAll(async () => {
    group = await openGroup();
  });
  afterAll(() => group.close());

  const idOf = (identity: IdentityView): string => identityNodeId(brand, identity);
  const give = async (profileId: string, identifier: string): Promise<IdentityView> =>
    anIdentity(group, await view(group, brand, profileId), { identifier });
  const take = (identity: IdentityView) => removeIdentity(group.context(), { id: idOf(identity) });
  /** Puts a card on one profile after the other. */
  async function handOn(identifier: string, ...profileIds: readonly (string | undefined)[]): Promise<void> {
    let last: IdentityView | null = null;
    for (const id of profileIds) {
      if (last !== null) await take(last);
      last = await give(id as string, identifier);
    }
  }
  const people = (...names: readonly [string, string][]): Promise<string[]> =>
    customers(
      group,
      brand,
      names.map(([firstName, lastName]) => ({ firstName, lastName })),
    );
  const signalsOf = async (x: string | undefined, y: string | undefined) =>
    (await storedPairs(group, brand)).find(({ _id }) => _id === pairId(x as string, y as string))?.signals ?? null;

  it('makes them a pair, by removal, by correction and over three, and a family none', async () => {
    const [till, mei, wrong, noor, ana, tom, first, second, third] = await people(
      ['Mei', ''],
      ['Mei', 'Tanaka'],
      ['Noor', ''],
      ['Noor', 'Khan'],
      ['Ana', 'Reid'],
      ['Tom', 'Reid'],
      ['Ravi', ''],
      ['Ravi', ''],
      ['Ravi', 'Sharma'],
    );
    const typed = aCardNumber();
    await handOn(aCardNumber(), till, mei);
    await updateIdentity(group.context(), {
      id: idOf(await give(wrong as string, typed)),
      identifier: aCardNumber(),
    });
    await give(noor as string, typed);
    await handOn(aCardNumber(), ana, tom);
    await handOn(aCardNumber(), first, second, third);
    await take(await give(ana as string, aCardNumber()));
    await scan(group, brand);
    for (const pair of [
      [till, mei],
      [wrong, noor],
      [first, second],
      [first, third],
      [second, third],
    ] as const) {
      expect(await signalsOf(...pair)).toEqual([history]);
    }
    expect(await storedPairs(group, brand)).toHaveLength(5);
    expect(await signalsOf(ana, tom)).toBeNull();
  });

  it('stays with the accounts: a merge takes the history along, an undo gives it back', async () => {
    const [old, kept, now] = await people(['Lena', ''], ['Olga', 'Petrova'], ['Lena', 'Weiss']);
    await handOn(aCardNumber(), old, now);
    const record = await merged(
      group,
      await view(group, brand, old as string),
      await view(group, brand, kept as string),
    );
    await scan(group, brand);
    // Olga has both accounts now; her first name is another one.
    expect([await signalsOf(old, now), await signalsOf(kept, now)]).toEqual([null, null]);
    expect((await undo(group, record)).merge).not.toBeNull();
    await scan(group, brand);
    expect([await signalsOf(old, now), await signalsOf(kept, now)]).toEqual([[history], null]);
    // Whoever has the card now is found behind a merge as well.
    const [other] = await people(['', 'Weiss']);
    await merged(group, await view(group, brand, now as string), await view(group, brand, other as string));
    await scan(group, brand);
    expect(await signalsOf(old, other)).toEqual([history]);
  });

  it('is no evidence when it went through too many hands', async () => {
    const hands = await people(...Array.from({ length: valueSharedMax + 1 }, (): [string, string] => ['Sam', '']));
    await handOn(aCardNumber(), ...hands);
    const { scan: ended } = await scan(group, brand);
    expect(ended.counts.skippedBlocks).toEqual({ identity: 1 });
    expect(await signalsOf(hands[0], hands[1])).toBeNull();
  });
});
