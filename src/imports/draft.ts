import type { ClaimRow } from '../claims/claim.js';
import type { Uuid } from '../kernel/ids.js';
import { tagsPerProfileMax } from '../kernel/limits.js';
import {
  type Channel,
  isRealName,
  type ProfileRow,
  type ProfileValues,
  type StoredChannel,
} from '../profiles/profile.js';
import type { CustomerRow, RowAddress, RowNote, RowNoteCode, RowReport } from './customer-row.js';

/** Values that a row may fill in. */
type FilledName = 'firstName' | 'lastName' | 'email' | 'mobilePhone' | 'secondaryPhone' | 'company';

/** Column of the file behind a value, for notes. */
const columnOf: Readonly<Record<FilledName, string>> = {
  firstName: 'first name',
  lastName: 'last name',
  email: 'email',
  mobilePhone: 'phone',
  secondaryPhone: 'default address phone',
  company: 'default address company',
};

/** A unique key of a row: whose it is decides where the row goes. */
export interface RowKey {
  readonly kind: 'id' | 'email' | 'mobile';
  /** `_id` of its claim. */
  readonly claimId: string;
  readonly column: string;
}

/**
 * One profile as a batch of rows will leave it. Rows fill what is empty and never overwrite: so any order, and any
 * number of repeats, ends at the same profile.
 */
export class Draft {
  /** The stored profile; null for a new one. */
  readonly stored: ProfileRow | null;
  readonly accountId: Uuid;
  readonly rows: CustomerRow[] = [];
  readonly changed: Record<string, unknown> = {};
  /** Claims to insert, by the key they are for. */
  readonly newKeys: RowKey[] = [];
  readonly newSourceIds: string[] = [];
  address: RowAddress | null = null;
  readonly #values: Partial<Record<FilledName, string | null>> = {};
  readonly #tags: Set<string>;
  readonly #channels: Map<Channel, StoredChannel>;
  readonly #reports = new Map<CustomerRow, { hasChanged: boolean; notes: RowNote[] }>();

  /** Whether the profile may get a further id of the source. */
  readonly #mayTakeSourceId: () => boolean;

  /** @param holdsOne Whether the profile already has the one id of the source that it may have. */
  constructor(
    stored: ProfileRow | null,
    accountId: Uuid,
    options: { readonly isMultiple: boolean; readonly holdsOne: boolean },
  ) {
    this.#mayTakeSourceId = () => options.isMultiple || (!options.holdsOne && this.newSourceIds.length === 0);
    this.stored = stored;
    this.accountId = accountId;
    for (const name of Object.keys(columnOf) as FilledName[]) this.#values[name] = stored?.[name] ?? null;
    this.#tags = new Set(stored?.tags ?? []);
    this.#channels = new Map((stored?.comms?.channels ?? []).map((entry) => [entry.channel, entry]));
  }

  /** Whether anything is to be written. */
  get isChanged(): boolean {
    return (
      this.stored === null || Object.keys(this.changed).length > 0 || this.newKeys.length > 0 || this.address !== null
    );
  }

  /** Values as they will be. */
  get values(): ProfileValues {
    return { ...this.stored, ...this.#values };
  }

  get tags(): string[] {
    return [...this.#tags].sort();
  }

  get channels(): StoredChannel[] {
    return [...this.#channels.values()];
  }

  /** Takes a row that belongs to this profile. `taken` are its keys that somebody else owns. */
  take(
    row: CustomerRow,
    taken: ReadonlySet<RowKey>,
    keys: readonly RowKey[],
    ownKeys: ReadonlySet<string>,
    now: Date,
  ): void {
    this.rows.push(row);
    const report = { hasChanged: false, notes: [...row.notes] };
    this.#reports.set(row, report);
    const note = (code: RowNoteCode, column: string | null): void => {
      report.notes.push({ code, column });
    };
    const changed = (name: string, value: unknown): void => {
      this.changed[name] = value;
      report.hasChanged = true;
    };
    for (const key of keys) {
      if (taken.has(key)) note('OTHER_OWNER', key.column);
      else if (this.#takeKey(row, key, ownKeys, note)) report.hasChanged = true;
    }
    for (const name of ['firstName', 'lastName', 'secondaryPhone', 'company'] as const)
      this.#fill(name, row[name], note, changed);
    const tags = row.tags.filter((tag) => !this.#tags.has(tag));
    if (tags.length > 0 && this.#tags.size + tags.length > tagsPerProfileMax) note('TOO_MANY', 'tags');
    else if (tags.length > 0) {
      for (const tag of tags) this.#tags.add(tag);
      changed('tags', this.tags);
    }
    this.#takeWish('EMAIL', row.isEmailPromotional, now, changed);
    this.#takeWish('SMS', row.isSmsPromotional, now, changed);
    if (row.address !== null && this.address === null && (this.stored?.defaultAddressId ?? null) === null) {
      this.address = row.address;
      report.hasChanged = true;
    }
  }

  /** The verdict on each row taken, in the order taken. The first row of a new profile created it. */
  reports(): RowReport[] {
    return this.rows.map((row, index): RowReport => {
      const report = this.#reports.get(row) ?? { hasChanged: false, notes: [] };
      const isFirst = this.stored === null && index === 0;
      return {
        line: row.line,
        verdict: isFirst ? 'CREATED' : report.hasChanged ? 'UPDATED' : 'UNCHANGED',
        notes: report.notes,
      };
    });
  }

  #takeKey(
    row: CustomerRow,
    key: RowKey,
    ownKeys: ReadonlySet<string>,
    note: (code: RowNoteCode, column: string | null) => void,
  ): boolean {
    const isOwned = ownKeys.has(key.claimId) || this.newKeys.some((each) => each.claimId === key.claimId);
    if (key.kind === 'id') {
      if (isOwned || row.sourceId === null) return false;
      if (!this.#mayTakeSourceId()) {
        note('HANDLE_TAKEN', key.column);
        return false;
      }
      this.newKeys.push(key);
      this.newSourceIds.push(row.sourceId);
      return true;
    }
    const name = key.kind === 'email' ? 'email' : 'mobilePhone';
    const held = this.#values[name] ?? null;
    if (held !== null) {
      // An owned key that is not the value shown came with a merge, or is the same value in another spelling.
      if (!isOwned) note('VALUE_KEPT', key.column);
      return false;
    }
    this.#values[name] = row[name];
    this.changed[name] = row[name];
    if (!isOwned) this.newKeys.push(key);
    return true;
  }

  #fill(
    name: Exclude<FilledName, 'email' | 'mobilePhone'>,
    value: string | null,
    note: (code: RowNoteCode, column: string | null) => void,
    changed: (name: string, value: unknown) => void,
  ): void {
    if (value === null) return;
    const held = this.#values[name] ?? null;
    const isEmpty = held === null || ((name === 'firstName' || name === 'lastName') && !isRealName(held));
    if (isEmpty) {
      this.#values[name] = value;
      if (held !== value) changed(name, value);
    } else if (held !== value) note('VALUE_KEPT', columnOf[name]);
  }

  #takeWish(
    channel: Channel,
    isPromotional: boolean | null,
    now: Date,
    changed: (name: string, value: unknown) => void,
  ): void {
    if (isPromotional === null || this.#channels.has(channel)) return;
    this.#channels.set(channel, {
      channel,
      isPromotional,
      isOptedOut: false,
      isBounced: false,
      categories: [],
      updatedAt: now,
    });
    changed('comms', { ...this.stored?.comms, channels: this.channels });
  }
}

/** Claims by `_id`, each with the profile that owns it now. */
export type Owners = ReadonlyMap<string, { readonly claim: ClaimRow; readonly profile: ProfileRow }>;
