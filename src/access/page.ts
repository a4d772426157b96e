import { badInput } from '../kernel/errors.js';
import { pageSizeDefault, pageSizeMax } from '../kernel/limits.js';
import { sealCursor } from './cursor.js';

/** Where a page of a connection stands. */
export interface PageBounds {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** A row with its cursor, which is made only when selected. */
export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** A page of a connection. */
export interface Page<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageBounds;
}

/** Rows asked for: the default when left out. None is a page too: some only count. @throws AppError `BAD_USER_INPUT` outside 0–100. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? pageSizeDefault;
  if (!Number.isInteger(size) || size < 0 || size > pageSizeMax) {
    throw badInput(`first must lie between 0 and ${pageSizeMax}`, ['first']);
  }
  return size;
}

/** Puts rows into the form of a connection. `cursorOf` is called only for cursors that are selected. */
export function pageOf<Node>(
  nodes: readonly Node[],
  options: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly cursorOf: (node: Node, index: number) => string;
  },
): Page<Node> {
  const { hasNextPage, hasPreviousPage, cursorOf } = options;
  const cursorAt = (index: number): string | null => {
    const node = nodes[index];
    return node === undefined ? null : cursorOf(node, index);
  };
  return {
    nodes,
    edges: nodes.map((node, index) => ({
      node,
      get cursor() {
        return cursorOf(node, index);
      },
    })),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return cursorAt(0);
      },
      get endCursor() {
        return cursorAt(nodes.length - 1);
      },
    },
  };
}

/** What a page of a keyset list is made of. */
export interface KeysetParts<Node> {
  /** Rows in order, one more than the page has when there is a next one. */
  readonly rows: readonly Node[];
  readonly size: number;
  /** Everything that makes the list; see {@link sealCursor}. */
  readonly binding: unknown;
  /** Values of the sort fields of a row. */
  readonly positionOf: (row: Node) => readonly (string | number | null)[];
  /** Whether an `after` was honoured. */
  readonly isContinued: boolean;
  /** Null when it was not counted. */
  readonly totalCount: number | null;
}

/** A page of a connection that knows how many rows there are in all. */
export interface CountedPage<Node> extends Page<Node> {
  readonly totalCount: number | null;
}

/** A page from rows that were read by keyset, its cursors sealed. */
export function keysetPage<Node>(parts: KeysetParts<Node>): CountedPage<Node> {
  const { rows, size, binding, positionOf } = parts;
  const page = pageOf(rows.length > size ? rows.slice(0, size) : rows, {
    hasNextPage: rows.length > size,
    hasPreviousPage: parts.isContinued,
    cursorOf: (row) => sealCursor(binding, positionOf(row)),
  });
  return Object.assign(page, { totalCount: parts.totalCount });
}
