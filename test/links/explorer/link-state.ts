import type { ClaimRow } from '../../../src/claims/claim.js';
import type { ConsentEventRow } from '../../../src/consents/consent-event.js';
import type { LinkRow, LinkState } from '../../../src/links/cross-brand-link.js';
import type { ProfileRow } from '../../../src/profiles/profile.js';
import type { Change, DoubleStore } from '../../merges/explorer/double-store.js';
import type { BrandState } from '../../merges/explorer/state-rules.js';
import { brokenByBrandCommit } from './brand-commit-rules.js';
import { brokenByLinkChange, brokenUniqueness } from './link-commit-rules.js';
import { type LinkStores, type StoreName, storeNames } from './link-process.js';
import type { ShownLinks } from './link-steps.js';

/** Rows of a brand that rules go by. */
export interface BrandRows extends BrandState {
  readonly profiles: Map<string, ProfileRow>;
  readonly claims: Map<string, ClaimRow>;
}

/** What the three databases hold at one moment, as far as rules go. */
export interface GroupState {
  readonly links: Map<string, LinkRow>;
  readonly events: Map<string, ConsentEventRow>;
  readonly wren: BrandRows;
  readonly hearth: BrandRows;
  /** What each link has copied into the profile it made, when it was written. */
  readonly copied: Map<string, Partial<ProfileRow>>;
  /** Names that the invited brand has written itself, by profile. */
  readonly ownNames: Map<string, Set<string>>;
}

function rowsOf<Row>(store: DoubleStore, collection: string): Map<string, Row> {
  return new Map(store.all(collection).map((doc) => [doc._id, doc as unknown as Row]));
}

/** Follows every commit of a history in the order in which they happen, and notes which rules they break. */
export class LinkWatch {
  readonly state: GroupState;
  readonly broken: string[] = [];
  readonly #stores: LinkStores;
  readonly #seen: Record<StoreName, number>;
  /** For each reader, the states that links have had since it began. */
  readonly #readers: Map<string, LinkState[]>[] = [];

  constructor(stores: LinkStores) {
    this.#stores = stores;
    const brand = (name: 'wren' | 'hearth'): BrandRows => ({
      profiles: rowsOf(stores[name], 'profiles'),
      claims: rowsOf(stores[name], 'claims'),
    });
    this.state = {
      links: rowsOf(stores.registry, 'links'),
      events: rowsOf(stores.registry, 'consentEvents'),
      wren: brand('wren'),
      hearth: brand('hearth'),
      copied: new Map(),
      ownNames: new Map(),
    };
    for (const link of this.state.links.values()) {
      const made = this.state.hearth.profiles.get(link.b.profileId);
      if (made?.linkSlots?.['wren'] === link._id || made?.link === link._id) this.state.copied.set(link._id, made);
    }
    this.#seen = { registry: stores.registry.now, wren: stores.wren.now, hearth: stores.hearth.now };
  }

  /** Takes in what was committed since the last look. */
  look(): void {
    for (const name of storeNames) {
      const { now, commits } = this.#stores[name];
      for (; this.#seen[name] < now; this.#seen[name] += 1) {
        this.#enter(name, commits[this.#seen[name]] as readonly Change[]);
      }
    }
  }

  /** Somebody begins to read; what it gives back compares what he is shown with the links as they are then. */
  reading(): (shown: ShownLinks) => void {
    const before = new Map([...this.state.links].map(([id, { state }]) => [id, [state]]));
    this.#readers.push(before);
    return ({ used, listed }) => {
      for (const id of used) {
        const state = this.state.links.get(id)?.state;
        if (state !== 'ACTIVE') this.broken.push(`use after the end: a reader is shown the end of a ${state} link`);
      }
      for (const [id, state] of listed) {
        const isTrue = before.get(id)?.includes(state as LinkState) === true;
        if (!isTrue) this.broken.push(`a reader is told that a link is ${state}, which it was not while it was read`);
      }
    };
  }

  #move(link: LinkRow): void {
    this.state.links.set(link._id, link);
    for (const states of this.#readers) states.set(link._id, [...(states.get(link._id) ?? []), link.state]);
  }

  #enter(name: StoreName, changes: readonly Change[]): void {
    const { state } = this;
    if (name === 'registry') {
      for (const { collection, id, after } of changes) {
        if (collection === 'consentEvents') state.events.set(id, after as never);
        if (collection === 'links') this.#move(after as unknown as LinkRow);
      }
      for (const change of changes) {
        if (change.collection === 'links') this.broken.push(...brokenByLinkChange(change, state));
      }
    } else {
      for (const { collection, id, after } of changes) {
        const rows = collection === 'profiles' || collection === 'claims' ? state[name][collection] : null;
        if (after === null) rows?.delete(id);
        else rows?.set(id, after as never);
      }
      this.broken.push(...brokenByBrandCommit(name, changes, state));
    }
    const isTouched = changes.some(({ collection }) => collection === 'links' || collection === 'profiles');
    if (isTouched) this.broken.push(...brokenUniqueness(state));
  }
}
