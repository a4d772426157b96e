import { badInput } from '../kernel/errors.js';
import { pageSizeDefault, pageSizeMax } from '../kernel/limits.js';

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

/** Rows asked for: the default when left out. @throws AppError `BAD_USER_INPUT` outside 1–100. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? pageSizeDefault;
  if (!Number.isInteger(size) || size < 1 || size > pageSizeMax) {
    throw badInput(`first must lie between 1 and ${pageSizeMax}`, ['first']);
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
