import { expect } from 'vitest';
import type { GatedDatabase } from '../support/gated-database.js';
import type { ServerProcess } from '../support/server-process.js';
import type { SmallWorld } from '../support/small-world.js';
import type { WantedToken } from '../support/token-maker.js';

/** Tokens of the journeys. */
export const journeyTokens = {
  app: { role: 'group-app' },
  admin: {},
  merger: {
    ...{ role: 'staff', reference: 'staff_wren_7', brandHandles: ['wren'] },
    grants: ['read-profiles', 'read-personal-data', 'merge-profiles', 'read-merges'],
  },
  reader: {
    ...{ role: 'staff', reference: 'staff_wren_8', brandHandles: ['wren'] },
    grants: ['read-profiles', 'read-personal-data', 'merge-profiles', 'read-merges', 'read-transactions'],
  },
  enroller: {
    ...{ role: 'staff', reference: 'staff_wren_19', brandHandles: ['wren'] },
    grants: ['read-brands', 'read-profiles', 'create-links', 'read-links', 'read-consents', 'read-group-customers'],
  },
  till: {
    ...{ role: 'machine', reference: 'till-7', brandHandles: ['wren'] },
    grants: ['create-transactions', 'read-transactions', 'read-profiles', 'read-wallets'],
  },
} satisfies Record<string, WantedToken>;

/** Where the journeys take place; filled before the first of them begins. */
export interface JourneyStage {
  configFile: string;
  /** The database of hearth, which can be taken away. */
  hearth: GatedDatabase;
  server: ServerProcess;
  token: Record<keyof typeof journeyTokens, string>;
  world: SmallWorld;
}

/** An id of a kind, and of a brand where kinds have one. */
export const anId = (kind: string, brand?: string): unknown =>
  expect.stringMatching(brand === undefined ? `^${kind}_` : `^${kind}_${brand}_`);

/** An instant as the API writes it. */
export const aTime: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** A brand that is down is late at first, and known to be unreachable a moment later. */
export const aMissingState: unknown = expect.stringMatching(/^(TIMED_OUT|UNAVAILABLE)$/);
