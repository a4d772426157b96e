import type { OperationContext, Selection } from '../access/context.js';
import type { Logger } from '../kernel/logger.js';

/** What a request leaves in the log. Filled on the way, written once at the end. */
export interface RequestTrace {
  readonly requestId: string;
  readonly log: Logger;
  /** Codes of all errors in the answer. */
  readonly codes: Set<string>;
  /** Name of the operation; null when it has none or an unusual one, which might carry anything. */
  operationName: string | null;
  tokenRef: string | null;
  /** How often the operation was run to see one world. */
  runs: number;
}

/** The context of an operation that came over HTTP. */
export interface RequestContext extends OperationContext {
  readonly trace: RequestTrace;
  selection: Selection | null;
}

/** The name of an operation as far as it may be logged. */
export function loggableName(name: unknown): string | null {
  return typeof name === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(name) ? name : null;
}
