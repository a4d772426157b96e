import { contentDigest } from '../kernel/digest.js';
import { AppError, badInput } from '../kernel/errors.js';
import { pageSizeDefault, pageSizeMax } from '../kernel/limits.js';

/** What a cursor says: values of the sort fields of its row. */
export type CursorPosition = readonly (string | number | null)[];

/** A page of a connection with the fields of the contract. */
export interface Page<Row> {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly nodes: readonly Row[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
}

/** Longer texts are no cursors of ours. */
const cursorLengthMax = 1_024;

/**
 * How many rows a page may have.
 * @throws AppError `BAD_USER_INPUT` outside 0–100.
 */
export function pageSizeOf(first: number | null | undefined): number {
  const size = first ?? pageSizeDefault;
  if (!Number.isInteger(size) || size < 0 || size > pageSizeMax) {
    throw badInput(`A page has 0–${pageSizeMax} rows; ask for that many and continue with after`, ['first']);
  }
  return size;
}

/** Digest that ties cursors to one list: brand, owner, order, filter. */
export function cursorBinding(...list: readonly unknown[]): string {
  return contentDigest(list).slice(0, 16);
}

/** The opaque cursor of a row in a list. */
export function formatCursor(binding: string, position: CursorPosition): string {
  return Buffer.from(JSON.stringify([binding, ...position])).toString('base64url');
}

/**
 * Where a cursor stands, given the bindings of the lists it may come from.
 * @throws AppError `CURSOR_INVALID` when it was issued for none of them.
 */
export function parseCursor(text: string, bindings: readonly string[]): CursorPosition {
  const parts = text.length > cursorLengthMax ? null : readJson(Buffer.from(text, 'base64url').toString());
  if (!Array.isArray(parts) || !bindings.includes(parts[0] as string)) throw cursorInvalid();
  const position: unknown[] = parts.slice(1);
  if (!position.every((part) => part === null || typeof part === 'string' || typeof part === 'number')) {
    throw cursorInvalid();
  }
  return position as CursorPosition;
}

/** The error for a cursor that does not fit its list. */
export function cursorInvalid(): AppError {
  return new AppError(
    'CURSOR_INVALID',
    'This cursor was not issued for this list and filter; start again without after',
    {
      details: { field: ['after'] },
    },
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What a page is made of. */
export interface PageParts<Row> {
  /** Rows in order, one more than the page has when there is a next one. */
  readonly rows: readonly Row[];
  readonly size: number;
  readonly positionOf: (row: Row) => CursorPosition;
  readonly binding: string;
  /** Whether an `after` was honoured. */
  readonly isContinued: boolean;
  readonly totalCount: number | null;
}

/** A page from rows that were read. Edges and cursors are worked out only when they are asked for. */
export function pageOf<Row>(parts: PageParts<Row>): Page<Row> {
  const { rows, size, binding, positionOf } = parts;
  const nodes = rows.length > size ? rows.slice(0, size) : rows;
  const cursorOf = (row: Row | undefined): string | null =>
    row === undefined ? null : formatCursor(binding, positionOf(row));
  return {
    nodes,
    get edges() {
      return nodes.map((node) => ({ cursor: formatCursor(binding, positionOf(node)), node }));
    },
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: parts.isContinued,
      get startCursor() {
        return cursorOf(nodes[0]);
      },
      get endCursor() {
        return cursorOf(nodes.at(-1));
      },
    },
    totalCount: parts.totalCount,
  };
}
