import type { CanaryWalk, canaryTokens } from '../support/canary-walk.js';
import type { Answer, ServerProcess } from '../support/server-process.js';

/** A server on which a person made of canaries has been through everything; filled before the first check begins. */
export interface CanaryStage {
  readonly folder: string;
  server: ServerProcess;
  token: Record<keyof typeof canaryTokens, string>;
  walk: CanaryWalk;
  /** What was answered to requests that had to be refused. */
  refusals: readonly Answer<unknown>[];
  /** What an import of her has printed. */
  importOutput: string;
  /** Texts that open doors: tokens and the receipt. */
  secrets: Readonly<Record<string, string>>;
}
