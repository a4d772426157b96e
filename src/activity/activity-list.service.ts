import { isSelected, type OperationContext } from '../access/context.js';
import { invalidCursor, openCursorOfAny } from '../access/cursor.js';
import { type CountedPage, keysetPage, pageSize } from '../access/page.js';
import { isUuid, type Uuid } from '../kernel/ids.js';
import { accountsOf, formerIdsOf, type ProfileView } from '../profiles/profile.js';
import { loadLastRows, loadRowCount } from './activity-list.loader.js';
import {
  type ActivityList,
  type ActivityRow,
  findRowPage,
  type RowConditions,
  type RowPosition,
  type RowRead,
} from './activity-list.store.js';

/** Which rows of a profile to list, and as what. */
export interface ActivityRequest<Row extends ActivityRow, View> {
  readonly list: ActivityList<Row>;
  /** Type of the page in the contract: whether its `totalCount` is selected decides whether rows are counted. */
  readonly connection: string;
  readonly args: { readonly first?: number | null; readonly after?: string | null };
  readonly conditions: RowConditions;
  /** The conditions as cursors are bound to them. */
  readonly binding: object;
  readonly projection: RowRead['projection'];
  readonly viewOf: (row: Row) => View;
}

/**
 * A page of what a customer did, newest first. Without `after`, every profile of the operation that is asked the same is
 * answered by one command per brand; a cursor continues the list of one profile, by whatever id it went when the cursor
 * was issued.
 * @throws AppError `BAD_USER_INPUT`, `CURSOR_INVALID`, `BRAND_UNAVAILABLE`, `BRAND_TIMEOUT`.
 */
export async function listActivity<Row extends ActivityRow, View extends Row>(
  context: OperationContext,
  profile: ProfileView,
  request: ActivityRequest<Row, View>,
): Promise<CountedPage<View>> {
  const { list, args, conditions, projection } = request;
  const entry = context.brands.get(profile.brand.handle);
  const size = pageSize(args.first);
  const bindingOf = (id: Uuid): object => ({
    list: list.collection.name,
    brand: entry.brand.handle,
    profile: id,
    conditions: request.binding,
  });
  const after =
    args.after === null || args.after === undefined
      ? null
      : positionOf(args.after, [profile._id, ...formerIdsOf(profile)].map(bindingOf));
  const wanted = { list, conditions, limit: size + 1, projection };
  const { deadline } = context;
  const [rows, totalCount] = await Promise.all([
    after === null
      ? loadLastRows(context, entry, profile, wanted)
      : entry.database.run(deadline, () =>
          findRowPage(entry.database, list, accountsOf(profile), { ...wanted, after, deadline }),
        ),
    isSelected(context, request.connection, 'totalCount') ? loadRowCount(context, entry, profile, wanted) : null,
  ]);
  return keysetPage({
    rows: rows.map(request.viewOf),
    size,
    binding: bindingOf(profile._id),
    positionOf: (row) => [(row[list.at] as Date).getTime(), row._id],
    isContinued: after !== null,
    totalCount,
  });
}

function positionOf(cursor: string, bindings: readonly object[]): RowPosition {
  const position = openCursorOfAny(bindings, cursor);
  const [atMs, id] = Array.isArray(position) ? position : [];
  if (typeof atMs !== 'number' || typeof id !== 'string' || !isUuid(id)) throw invalidCursor();
  return { at: new Date(atMs), id };
}
