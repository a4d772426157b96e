import type { OperationContext } from '../access/context.js';
import { newUuid, type Uuid } from '../kernel/ids.js';

/** Who did what to whom and why it was allowed. Values of customers never stand here. */
export interface AuditRow {
  readonly _id: Uuid;
  readonly at: Date;
  readonly actor: { readonly kind: string; readonly reference: string; readonly tokenRef: string | null };
  /** Name of the mutation, or of the cross-brand read. */
  readonly action: string;
  /** Profile, link or merge acted on; a digest for searches. */
  readonly subject: string;
  readonly requestId: string;
  readonly purpose: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The audit row of an action by the actor of an operation; of Kindred itself where there is none. */
export function auditRow(
  context: Pick<OperationContext, 'actor' | 'requestId'>,
  action: string,
  subject: string,
  at: Date,
  payload: Readonly<Record<string, unknown>> = {},
): AuditRow {
  const actor = context.actor;
  return {
    _id: newUuid(),
    at,
    actor: {
      kind: actor?.kind ?? 'SYSTEM',
      reference: actor?.reference ?? 'kindred',
      tokenRef: actor?.tokenRef ?? null,
    },
    action,
    subject,
    requestId: context.requestId,
    purpose: actor?.purpose?.code ?? null,
    payload,
  };
}
