import type { Brands } from '../brands/brands.js';
import type { Database, DatabaseState } from '../brands/database.js';

/** Whether the server can answer, and which databases it reaches. Holds no data of customers. */
export interface Readiness {
  readonly status: 'ready' | 'unready';
  readonly databases: readonly { readonly owner: string; readonly state: DatabaseState }[];
}

/** Ready means: tokens can be checked and at least one brand can be read. One brand that is down makes nobody wait for it. */
export function readiness(brands: Brands): Readiness {
  const brandStates = brands.all().map((entry) => ({ owner: entry.database.owner, state: stateOf(entry.database) }));
  const registry = { owner: brands.registry.owner, state: stateOf(brands.registry) };
  const isReady = registry.state === 'READY' && brandStates.some((brand) => brand.state === 'READY');
  return { status: isReady ? 'ready' : 'unready', databases: [registry, ...brandStates] };
}

function stateOf(database: Database): DatabaseState {
  return database.state === 'READY' && database.isKnownDown ? 'UNREACHABLE' : database.state;
}
