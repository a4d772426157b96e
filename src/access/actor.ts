import type { BrandHandle, ConsentPurpose } from '../brands/brand.js';
import type { Uuid } from '../kernel/ids.js';

/** Kinds of actor. */
export type ActorKind = 'STAFF' | 'MACHINE' | 'CUSTOMER' | 'SYSTEM';

/** Who did something, as it stands in audit rows, merges and consents. The reference is never a name. */
export interface ActorReference {
  readonly kind: ActorKind;
  readonly reference: string;
  readonly displayName?: string | null;
}

/** The one profile that a customer's token stands for. */
export interface BoundProfile {
  readonly brand: BrandHandle;
  readonly id: Uuid;
}

/** What a token makes of a request: who acts, on which brands, with which rights, for which single purpose. */
export interface Actor extends ActorReference {
  readonly role: string;
  /** Scopes as granted; may hold `*` and `profiles.*` patterns. */
  readonly grants: readonly string[];
  /** Handles of the brands it may touch; null for every brand of the group. */
  readonly brandHandles: ReadonlySet<BrandHandle> | null;
  /** Whether it belongs to the group rather than to one brand: only such tokens search across brands. */
  readonly isGroup: boolean;
  /** The extension this token belongs to: it alone may write identities under handles reserved for it. */
  readonly extension?: string | null;
  /** The profile that this actor is, and outside of which it reaches nobody's rows; absent for all who are no customer. */
  readonly boundTo?: BoundProfile | null;
  readonly purpose: ConsentPurpose | null;
  readonly expiresAt: Date | null;
  /** First 12 digits of the token's digest: names it in logs and audit rows without opening anything. */
  readonly tokenRef: string;
}

/** Kindred itself, for example when a link expires. */
export const systemActor: ActorReference = { kind: 'SYSTEM', reference: 'kindred' };

/** Whether an actor is a customer, who reaches one profile alone. */
export function isBound(actor: Actor): actor is Actor & { readonly boundTo: BoundProfile } {
  return actor.boundTo !== undefined && actor.boundTo !== null;
}
