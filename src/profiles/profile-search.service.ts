import { type OperationContext, requireActor, visibleBrand, visibleBrands } from '../access/context.js';
import { invalidCursor, openCursor, sealCursor } from '../access/cursor.js';
import { type PageBounds, pageOf, pageSize } from '../access/page.js';
import type { RateLimiter } from '../access/rate-limit.js';
import type { BrandEntry } from '../brands/brands.js';
import { type BrandAnswer, type BrandReport, fanOut } from '../brands/fan-out.js';
import { auditRow } from '../events/audit.js';
import { insertAudit } from '../events/event.store.js';
import type { ProfileMatch, QueryProfileSearchArgs } from '../generated/resolvers-types.js';
import { keyDigest } from '../kernel/digest.js';
import { AppError, badInput } from '../kernel/errors.js';
import type { ProfileView } from './profile.js';
import { compareHits, type Hit, type SearchPlace } from './profile-search.js';
import { findHits, type HitRange } from './profile-search-brand.service.js';
import { readTarget, type SearchTarget } from './profile-search-target.js';

/** What the search needs from the house: limits from the configuration and the process's one limiter. */
export interface ProfileSearchOptions {
  readonly limiter: RateLimiter;
  readonly searchesPerMinutePerTarget: number;
  /** How long one brand may take before it is left out. */
  readonly brandDeadlineMs: number;
}

/** A found profile, its cursor and why it was found. */
export interface SearchEdge {
  readonly cursor: string;
  readonly node: ProfileView;
  readonly matchedOn: readonly ProfileMatch[];
}

/** A page over several brands, and how each of them fared. */
export interface SearchPage {
  readonly edges: readonly SearchEdge[];
  readonly nodes: readonly ProfileView[];
  readonly pageInfo: PageBounds;
  readonly brandStatuses: readonly BrandReport[];
}

/** Per brand: the place of its last row that was shown, null before the first, or `x` once it has failed. */
type Positions = Readonly<Record<string, SearchPlace | null | 'x'>>;

/**
 * Looks for a customer in several brands side by side. A brand that is slow or down costs its own rows only and stays out
 * of the rest of the pagination. Every brand that is asked gets an audit row with a digest of the target and the token's
 * purpose, before its rows are shown.
 * @throws AppError `FORBIDDEN` for tokens that are not the group's, `RATE_LIMITED`, `CURSOR_INVALID`, `BAD_USER_INPUT`.
 */
export async function searchProfiles(
  context: OperationContext,
  args: QueryProfileSearchArgs,
  options: ProfileSearchOptions,
): Promise<SearchPage> {
  const actor = requireActor(context);
  if (!actor.isGroup) {
    throw new AppError('FORBIDDEN', 'Searching several brands is for group tokens', {
      details: { missingScopes: ['search-across-brands'] },
    });
  }
  const size = pageSize(args.first);
  const entries = brandsToAsk(context, args.brands);
  const target = readTarget(args.by, entries);
  const handles = entries.map((entry) => entry.brand.handle);
  const binding = { list: 'profileSearch', target: target.digest, brands: handles, actor: actor.reference };
  const before = readPositions(openCursor(binding, args.after), handles);
  options.limiter.takeFrom(keyDigest('search', target.digest), options.searchesPerMinutePerTarget);
  const asked = entries.filter((entry) => before[entry.brand.handle] !== 'x');
  const deadline = context.deadline.atMost(options.brandDeadlineMs);
  const answers = await fanOut(asked, { deadline, log: context.log }, (entry) => {
    const after = before[entry.brand.handle] ?? null;
    return askBrand(context, entry, target, { after: after === 'x' ? null : after, limit: size + 1 });
  });
  const hits = answers.flatMap((answer) => answer.value ?? []).sort(compareHits);
  const page = pageOfHits(binding, hits, { size, before: withFailures(before, answers), isFirst: args.after == null });
  return { ...page, brandStatuses: statuses(entries, answers) };
}

function brandsToAsk(context: OperationContext, handles: readonly string[] | null | undefined): BrandEntry[] {
  if (handles === null || handles === undefined) return visibleBrands(context);
  const entries = handles.map((handle, index) => {
    const entry = visibleBrand(context, handle);
    if (entry === null) throw badInput('This is not one of the brands of this token', ['brands', String(index)]);
    return entry;
  });
  if (entries.length === 0) throw badInput('Name at least one brand, or leave brands out', ['brands']);
  return [...new Set(entries)].sort((a, b) => (a.brand.handle < b.brand.handle ? -1 : 1));
}

/** The audit row and the reads go out together; rows are shown only when both have come back. */
async function askBrand(
  context: OperationContext,
  entry: BrandEntry,
  target: SearchTarget,
  range: HitRange,
): Promise<Hit[]> {
  const payload = { by: target.kind };
  const row = auditRow(context, 'profileSearch', target.digest, context.clock.now(), payload);
  const [hits] = await Promise.all([findHits(context, entry, target, range), insertAudit(entry.database, [row])]);
  return hits;
}

function readPositions(opened: unknown, handles: readonly string[]): Positions {
  if (opened === null) return Object.fromEntries(handles.map((handle) => [handle, null]));
  if (typeof opened !== 'object') throw invalidCursor();
  return Object.fromEntries(
    handles.map((handle) => {
      const position: unknown = (opened as Record<string, unknown>)[handle];
      if (position === 'x' || position === null) return [handle, position];
      const [rank, createdAtMs, id] = Array.isArray(position) ? position : [];
      if (typeof rank !== 'number' || typeof createdAtMs !== 'number' || typeof id !== 'string') throw invalidCursor();
      return [handle, { rank, createdAtMs, id }];
    }),
  );
}

function withFailures(before: Positions, answers: readonly BrandAnswer<unknown>[]): Positions {
  const failed = answers.filter((answer) => answer.state !== 'COMPLETE');
  return { ...before, ...Object.fromEntries(failed.map((answer) => [answer.brand.handle, 'x' as const])) };
}

function pageOfHits(
  binding: unknown,
  hits: readonly Hit[],
  options: { readonly size: number; readonly before: Positions; readonly isFirst: boolean },
): Omit<SearchPage, 'brandStatuses'> {
  const shown = hits.slice(0, options.size);
  const cursorOf = (_: unknown, index: number): string => {
    const positions: Record<string, SearchPlace | null | 'x'> = { ...options.before };
    for (const hit of shown.slice(0, index + 1)) positions[hit.brand] = hit.place;
    const packed = Object.entries(positions).map(([brand, place]) => [
      brand,
      place === null || place === 'x' ? place : [place.rank, place.createdAtMs, place.id],
    ]);
    return sealCursor(binding, Object.fromEntries(packed));
  };
  const page = pageOf(
    shown.map((hit) => hit.view),
    { hasNextPage: hits.length > options.size, hasPreviousPage: !options.isFirst, cursorOf },
  );
  const edges = shown.map((hit, index) => ({
    node: hit.view,
    matchedOn: hit.matchedOn,
    get cursor() {
      return cursorOf(hit, index);
    },
  }));
  return { edges, nodes: page.nodes, pageInfo: page.pageInfo };
}

function statuses(entries: readonly BrandEntry[], answers: readonly BrandAnswer<unknown>[]): BrandReport[] {
  return entries.map(({ brand }): BrandReport => {
    const answer = answers.find((each) => each.brand.handle === brand.handle);
    if (answer === undefined) return { brand, state: 'LEFT_OUT', latencyMs: null, isRetryable: false };
    const { state, latencyMs, isRetryable } = answer;
    return { brand, state, latencyMs, isRetryable };
  });
}
