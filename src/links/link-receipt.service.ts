import type { ClientSession } from 'mongoose';
import type { OperationContext } from '../access/context.js';
import { keepReceipt } from '../consents/consent.service.js';
import { noticeById } from '../consents/notice.service.js';
import {
  type ReceiptRecord,
  type ReceiptSigner,
  type ReceiptView,
  receiptPayload,
  receiptRecord,
} from '../consents/receipt.js';
import { sha256Hex } from '../kernel/digest.js';
import { newUuid, uuidToBase62 } from '../kernel/ids.js';
import type { LinkRow } from './cross-brand-link.js';
import { type LinkDeps, withdrawalPage } from './link-work.js';

/** What signing a receipt needs beside the operation. */
export interface ReceiptDeps {
  readonly links: LinkDeps;
  readonly signer: ReceiptSigner;
}

/** A receipt that is signed and not kept yet. */
export interface SignedReceipt {
  readonly view: ReceiptView;
  readonly at: Date;
  /** What the consent's event holds of it. */
  readonly evidence: { readonly receiptId: string; readonly receiptSha256: string };
  /** Keeps it, in the transaction of the change that it is about. */
  readonly keep: (session: ClientSession) => Promise<void>;
}

/** Signs before the commit, so that the consent's event can hold the receipt's digest. */
export async function signReceipt(
  context: OperationContext,
  deps: ReceiptDeps,
  link: LinkRow,
  change: { readonly status: ReceiptRecord['status']; readonly epoch: number },
): Promise<SignedReceipt> {
  const at = context.clock.now();
  const id = `rcpt_${uuidToBase62(newUuid())}`;
  const record = receiptRecord({
    receiptId: id,
    linkId: link._id,
    principal: link.sharedIdentifier,
    from: context.brands.get(link.a.brand).brand,
    to: context.brands.get(link.b.brand).brand,
    record: link.consent,
    notice: await noticeById(context, link.consent.noticeId),
    at,
    ...change,
    confirmedAt: change.status === 'CONFIRMED' ? at : (link.activatedAt ?? null),
    withdrawalPage: withdrawalPage(deps.links),
  });
  const jws = await deps.signer.sign(record);
  const row = { _id: id, linkId: link._id, issuedAt: at, payload: receiptPayload(record) };
  return {
    at,
    view: { id, issuedAt: at, jws, withdrawalUrl: null },
    evidence: { receiptId: id, receiptSha256: sha256Hex(jws) },
    keep: (session) => keepReceipt(context.brands.registry, row, session),
  };
}
