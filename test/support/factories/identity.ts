import { randomUUID } from 'node:crypto';
import type { IdentityView } from '../../../src/identities/identity.js';
import { addIdentity } from '../../../src/identities/identity-change.service.js';
import type { ProfileView } from '../../../src/profiles/profile.js';
import { anActor, type TestGroup } from '../group.js';
import { profileId } from './profile.js';

/** A loyalty card number that nobody else in this test run has. */
export function aCardNumber(): string {
  return `LY-${randomUUID().slice(0, 8)}`;
}

/** An identity of a profile, added as the handle's owner would. */
export async function anIdentity(
  group: TestGroup,
  profile: ProfileView,
  overrides: { handle?: string; identifier?: string; isPrimary?: boolean } = {},
): Promise<IdentityView> {
  const handle = overrides.handle ?? 'loyalty-card';
  const actor = anActor({ extension: handle === 'shopify' ? 'shopify' : null });
  const identity = { handle, identifier: overrides.identifier ?? aCardNumber(), isPrimary: overrides.isPrimary };
  const added = await addIdentity(group.context({ actor }), { profileId: profileId(profile), identity });
  if (added === null) throw new Error('The new identity cannot be seen');
  return added;
}
