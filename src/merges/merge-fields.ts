import { canonicalJson } from '../kernel/digest.js';
import {
  isRealName,
  type ProfileRow,
  type ProfileType,
  type ProfileValues,
  profileValueNames,
} from '../profiles/profile.js';
import type { FieldDecision, MergedAttributes, PartPlan } from './merge.js';
import { decideBirthDate } from './merge-birth-date.js';

/** How the fields are decided, and what the winner gets. */
export interface FieldPlan {
  readonly decisions: readonly FieldDecision[];
  readonly attributes: MergedAttributes;
  /** Names in `takeFromLoser` that name no field, or one for which the loser has nothing to take. */
  readonly unchoosable: readonly string[];
}

type Row = Readonly<ProfileRow>;

/**
 * Decides every field in which two profiles differ. The winner's value stays unless it has none (`unknown` is none) or
 * the caller chose the loser's; lists are joined; the earlier joining date counts. A field in which the loser has
 * nothing to give is no decision and does not appear.
 */
export function planFields(winner: Row, loser: Row, chosen: ReadonlySet<string>): FieldPlan {
  const parts: PartPlan[] = [
    ...profileValueNames.map((name) =>
      name === 'birthDate'
        ? decideBirthDate(winner.birthDate, loser.birthDate, chosen)
        : decideValue(name, winner, loser, chosen),
    ),
    decideType(winner, loser),
    decideUnion('tags', winner.tags, loser.tags),
    decideUnion('statuses', winner.statuses, loser.statuses),
    decideEntries('customAttributes', 'custom', winner.custom, loser.custom, chosen, {
      keyOf: (entry) => `${entry.namespace}.${entry.handle}`,
      textOf: (entry) => (typeof entry.value === 'string' ? entry.value : canonicalJson(entry.value)),
    }),
    decideEntries('appearance', 'appearance', winner.appearance, loser.appearance, chosen, {
      keyOf: (entry) => entry.handle,
      textOf: (entry) => entry.value,
    }),
    decideEntries('dates', 'dates', winner.dates, loser.dates, chosen, {
      keyOf: (entry) => (entry.relationship ? `${entry.handle}.${entry.relationship}` : entry.handle),
      textOf: (entry) => entry.date,
    }),
    decideReference('identities.isPrimary', 'primaryIdentity', winner, loser),
    decideReference('addresses.isDefault', 'defaultAddressId', winner, loser),
    decideJoinedAt(winner, loser),
    joinImports(winner, loser),
  ];
  const choosable = new Set(parts.flatMap((part) => part.choosable));
  return {
    decisions: parts.flatMap((part) => part.decisions),
    attributes: Object.assign({}, ...parts.map((part) => part.attributes ?? {})) as MergedAttributes,
    unchoosable: [...chosen].filter((name) => !choosable.has(name)),
  };
}

function decideValue(
  name: Exclude<keyof ProfileValues, 'birthDate'>,
  winner: Row,
  loser: Row,
  chosen: ReadonlySet<string>,
): PartPlan {
  const winnerValue = realValue(winner[name]);
  const loserValue = realValue(loser[name]);
  if (loserValue === null) return { decisions: [], choosable: [] };
  if (winnerValue === loserValue) return { decisions: [], choosable: [name] };
  const rule = chosen.has(name) ? 'CHOSEN' : winnerValue === null ? 'FILLS_EMPTY' : 'WINNER_KEEPS';
  const outcome = rule === 'WINNER_KEEPS' ? 'WINNER' : 'LOSER';
  return {
    decisions: [{ field: name, winnerValue, loserValue, outcome, rule, isChoosable: true }],
    attributes: outcome === 'LOSER' ? { [name]: loserValue } : {},
    choosable: [name],
  };
}

function realValue(value: string | null | undefined): string | null {
  return isRealName(value) ? (value as string) : null;
}

/** How much a type says about the customer; others neither give way nor replace. */
const typeStrength: Partial<Record<ProfileType, number>> = { TEMPORARY: 0, INCOMPLETE: 1, ACTIVE: 2 };

/** A winner that was only temporary or incomplete becomes what the loser was; privileged types are never handed over. */
function decideType(winner: Row, loser: Row): PartPlan {
  const winnerStrength = typeStrength[winner.type];
  const loserStrength = typeStrength[loser.type];
  if (winnerStrength === undefined || loserStrength === undefined || loserStrength <= winnerStrength) {
    return { decisions: [], choosable: [] };
  }
  return {
    decisions: [
      {
        field: 'type',
        winnerValue: winner.type,
        loserValue: loser.type,
        outcome: 'LOSER',
        rule: 'FILLS_EMPTY',
        isChoosable: false,
      },
    ],
    attributes: { type: loser.type },
    choosable: [],
  };
}

function decideUnion(
  field: 'tags' | 'statuses',
  winner: readonly string[] | undefined,
  loser: readonly string[] | undefined,
): PartPlan {
  const own = [...new Set(winner ?? [])].sort();
  const others = [...new Set(loser ?? [])].sort();
  if (others.length === 0 || canonicalJson(own) === canonicalJson(others)) return { decisions: [], choosable: [] };
  const union = [...new Set([...own, ...others])].sort();
  return {
    decisions: [
      {
        field,
        winnerValue: own.length === 0 ? null : own.join(', '),
        loserValue: others.join(', '),
        outcome: 'COMBINED',
        rule: 'UNION',
        isChoosable: false,
      },
    ],
    attributes: union.length > own.length ? { [field]: union } : {},
    choosable: [],
  };
}

interface EntryShape<Entry> {
  readonly keyOf: (entry: Entry) => string;
  readonly textOf: (entry: Entry) => string;
}

/** Keyed entries: each key is a field of its own, named `<field>.<key>`. */
function decideEntries<Entry>(
  field: string,
  stored: 'custom' | 'appearance' | 'dates',
  winner: readonly Entry[] | undefined,
  loser: readonly Entry[] | undefined,
  chosen: ReadonlySet<string>,
  shape: EntryShape<Entry>,
): PartPlan {
  const joined = new Map((winner ?? []).map((entry) => [shape.keyOf(entry), entry]));
  const decisions: FieldDecision[] = [];
  const choosable: string[] = [];
  const ownKeys = new Set(joined.keys());
  const others = [...(loser ?? [])].sort((a, b) => (shape.keyOf(a) < shape.keyOf(b) ? -1 : 1));
  for (const entry of others) {
    const key = shape.keyOf(entry);
    const name = `${field}.${key}`;
    const own = ownKeys.has(key) ? joined.get(key) : undefined;
    choosable.push(name);
    if (own !== undefined && canonicalJson(own) === canonicalJson(entry)) continue;
    const rule = chosen.has(name) ? 'CHOSEN' : own === undefined ? 'FILLS_EMPTY' : 'WINNER_KEEPS';
    decisions.push({
      field: name,
      winnerValue: own === undefined ? null : shape.textOf(own),
      loserValue: shape.textOf(entry),
      outcome: rule === 'WINNER_KEEPS' ? 'WINNER' : 'LOSER',
      rule,
      isChoosable: true,
    });
    if (rule !== 'WINNER_KEEPS') joined.set(key, entry);
  }
  if (decisions.every((decision) => decision.outcome === 'WINNER')) return { decisions, choosable };
  const entries = [...joined].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return { decisions, attributes: { [stored]: entries }, choosable };
}

/** What a profile points to among its own rows. Both rows stay; the winner's pointer stays, or the loser's becomes its. */
function decideReference(
  field: string,
  stored: 'primaryIdentity' | 'defaultAddressId',
  winner: Row,
  loser: Row,
): PartPlan {
  const winnerValue = winner[stored] ?? null;
  const loserValue = loser[stored] ?? null;
  if (loserValue === null) return { decisions: [], choosable: [] };
  const isFilled = winnerValue === null;
  return {
    decisions: [
      {
        field,
        winnerValue,
        loserValue,
        outcome: isFilled ? 'LOSER' : 'WINNER',
        rule: isFilled ? 'FILLS_EMPTY' : 'WINNER_KEEPS',
        isChoosable: false,
      },
    ],
    attributes: isFilled ? { [stored]: loserValue } : {},
    choosable: [],
  };
}

function decideJoinedAt(winner: Row, loser: Row): PartPlan {
  const own = winner.joinedAt ?? null;
  const other = loser.joinedAt ?? null;
  if (other === null || own?.getTime() === other.getTime()) return { decisions: [], choosable: [] };
  const isOther = own === null || other < own;
  return {
    decisions: [
      {
        field: 'joinedAt',
        winnerValue: own?.toISOString() ?? null,
        loserValue: other.toISOString(),
        outcome: isOther ? 'LOSER' : 'WINNER',
        rule: own === null ? 'FILLS_EMPTY' : 'EARLIEST',
        isChoosable: false,
      },
    ],
    attributes: isOther ? { joinedAt: other } : {},
    choosable: [],
  };
}

/** Digests of rows last imported are bookkeeping: joined without a decision, so that a source only the loser had goes on. */
function joinImports(winner: Row, loser: Row): PartPlan {
  const isNew = Object.keys(loser.imports ?? {}).some((source) => winner.imports?.[source] === undefined);
  return {
    decisions: [],
    attributes: isNew ? { imports: { ...loser.imports, ...winner.imports } } : {},
    choosable: [],
  };
}
