import type { NoticeWording } from '../brands/brand.js';
import { contentDigest, sha256Hex } from '../kernel/digest.js';
import type { NoticeView } from './consent.js';

/** Digits of the digest in a notice's id: 128 bits, so that no two wordings ever share one. */
const idDigits = 32;

/** A wording as stored for ever. */
export interface NoticeRow {
  /** `notice_` and a digest of the rest. */
  readonly _id: string;
  readonly version: string;
  readonly language: string;
  readonly text: string;
}

/** The row of a configured wording. The same words in the same version and language are the same notice, wherever they are configured. */
export function noticeRow({ version, language, text }: NoticeWording): NoticeRow {
  const digest = contentDigest({ version, language, text }).slice(0, idDigits);
  return { _id: `notice_${digest}`, version, language, text };
}

/** A stored wording as shown. */
export function noticeView(row: NoticeRow): NoticeView {
  return { id: row._id, version: row.version, language: row.language, text: row.text, sha256: sha256Hex(row.text) };
}

/** A configured wording as shown. */
export function noticeOf(wording: NoticeWording): NoticeView {
  return noticeView(noticeRow(wording));
}
