import { describe, expect, it } from 'vitest';
import { checkSchema, compareContracts } from '../../scripts/schema-check.js';
import { printContract } from '../../scripts/sdl.js';

const released = printContract();

function changed(from: string, to: string): string {
  expect(released).toContain(from);
  return released.replace(from, to);
}

/** A member together with its description, as the printed contract has it. */
function member(name: string): string {
  return released.match(new RegExp(`  "[^\\n]*"\\n  ${name}\\n`))?.[0] ?? `no member ${name}`;
}

describe('a change of the contract', () => {
  it('since the last release breaks nobody who was not told', async () => {
    expect((await checkSchema()).unannounced).toEqual([]);
  });

  it.each([
    ['a field taken away', member('localId: UUID!'), '', 'Profile.localId'],
    ['a field that may be null now', '  localId: UUID!\n', '  localId: UUID\n', 'Profile.localId'],
    [
      'an input field that must be given now',
      '  toBrand: BrandHandle!\n',
      '  toBrand: BrandHandle!\n  extra: String!\n',
      'CrossBrandLinkEnrolInput.extra',
    ],
    ['an enum value taken away', member('PLAN_STALE'), '', 'MergeErrorCode.PLAN_STALE'],
    [
      'another scope on a field',
      'scopes: ["create-profiles"]',
      'scopes: ["create-profiles", "write-all"]',
      'Mutation.profileCreate',
    ],
    [
      'a public type that needs a token now',
      'type Activation @public',
      'type Activation @requiresScopes(scopes: ["see-all"])',
      'Activation',
    ],
  ])('is refused when it is %s', async (_what, from, to, path) => {
    const { unannounced } = await compareContracts(released, changed(from, to), []);
    expect(unannounced.map((change) => change.path)).toContain(path);
  });

  it('passes when it was announced by its path', async () => {
    const announcement = { path: 'Profile.localId', reason: 'Use id.', effectiveOn: '2027-06-01' };
    const verdict = await compareContracts(released, changed(member('localId: UUID!'), ''), [announcement]);
    expect(verdict.unannounced).toEqual([]);
    expect(verdict.announced.map((change) => change.path)).toEqual(['Profile.localId']);
  });

  it('passes when it only adds: a field, an optional argument, an enum value', async () => {
    const current = changed(
      '  localId: UUID!\n',
      '  localId: UUID!\n  nickname(long: Boolean = false): String\n',
    ).replace('  PLAN_STALE\n', '  PLAN_STALE\n  NEW_CODE\n');
    expect((await compareContracts(released, current, [])).unannounced).toEqual([]);
  });

  it('leaves an announcement pending until it comes true', async () => {
    const announcement = { path: 'Profile.localId', reason: 'Use id.', effectiveOn: '2027-06-01' };
    expect((await compareContracts(released, released, [announcement])).pending).toEqual([announcement]);
  });
});
