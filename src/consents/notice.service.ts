import type { OperationContext } from '../access/context.js';
import type { SharingRule } from '../brands/brand.js';
import type { Brands } from '../brands/brands.js';
import type { Deadline } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { NoticeView } from './consent.js';
import { noticeLoader } from './consent.loader.js';
import { findNotices, insertNotice } from './consent.store.js';
import { type NoticeRow, noticeOf, noticeRow, noticeView } from './notice.js';

function configuredNotices(brands: Brands): Map<string, NoticeRow> {
  const rules = brands.all().flatMap((entry) => entry.brand.sharingRules);
  return new Map(rules.map((rule) => noticeRow(rule.notice)).map((row) => [row._id, row]));
}

/** Keeps every configured wording in the registry, so that a consent can show its words after they have changed. For the start. */
export async function ensureNotices(brands: Brands, deadline: Deadline): Promise<void> {
  const wanted = configuredNotices(brands);
  if (wanted.size === 0) return;
  await brands.registry.run(deadline, async () => {
    const present = await findNotices(brands.registry, [...wanted.keys()], deadline);
    for (const row of present) wanted.delete(row._id);
    for (const row of wanted.values()) await insertNotice(brands.registry, row);
  });
}

/** The wording that a rule demands now. */
export function currentNotice(rule: SharingRule): NoticeView {
  return noticeOf(rule.notice);
}

/** A wording by id, whether it is still configured or not. */
export async function noticeById(context: OperationContext, id: string): Promise<NoticeView> {
  const row = configuredNotices(context.brands).get(id) ?? (await noticeLoader(context).load(id));
  if (row === null) throw new AppError('INTERNAL', `The notice ${id} is missing from the registry`);
  return noticeView(row);
}
