import { type DocumentNode, getOperationAST, Kind, parse } from 'graphql';
import { AppError } from '../kernel/errors.js';
import { outsideBinding } from './bound-access.js';
import { collectAccess, type DocumentAccess, isIntrospection, isOpenDocument } from './document-access.js';
import { type CostLimits, checkCost, sizeVariables } from './document-cost.js';
import { checkShape, limitExceeded } from './document-shape.js';
import { ExecutionPlan } from './execution-plan.js';
import { LruMap } from './lru.js';
import type { SchemaPolicy } from './schema-policy.js';
import { findBadLiteral } from './text-check.js';

/** Valid documents kept with their plans: a few kilobytes each. */
const documentsMax = 1_000;
/** Combinations of page sizes whose cost is remembered per document. */
const measuredMax = 16;

/** Fields, fragments written out, of a document that is compiled: a thousand of them take half a second of the event loop. */
const compiledFieldsMax = 400;

/** Limits of documents, from the configuration. */
export interface DocumentLimits extends CostLimits {
  readonly documentTokensMax: number;
  readonly aliasesMax: number;
}

/** A parsed document with everything that depends on it alone, worked out at most once. */
export class PreparedDocument {
  readonly document: DocumentNode;
  /** Whether it may be asked without a token. */
  readonly isOpen: boolean;
  readonly #policy: SchemaPolicy;
  readonly #limits: DocumentLimits;
  readonly #refusal: AppError | null;
  readonly #sizeVariables: readonly string[];
  readonly #withinCost = new LruMap<string, true>(measuredMax);
  #fields = 0;
  readonly #plans = new Map<string, ExecutionPlan>();
  #access: DocumentAccess | null = null;
  #outsideBinding: readonly string[] | null = null;

  constructor(document: DocumentNode, policy: SchemaPolicy, limits: DocumentLimits) {
    this.document = document;
    this.#policy = policy;
    this.#limits = limits;
    this.#refusal = refusalOf(() => checkShape(document, limits)) ?? findBadLiteral(document);
    this.isOpen = isOpenDocument(policy, document);
    this.#sizeVariables = sizeVariables(document);
  }

  /**
   * Refuses a document that is too much, before it is validated. All operations in it are measured.
   * @throws AppError `LIMIT_EXCEEDED`, or `BAD_USER_INPUT` for a text in it that cannot be stored.
   */
  checkLimits(variables: Readonly<Record<string, unknown>>): void {
    if (this.#refusal !== null) throw this.#refusal;
    const sizes = this.#sizeVariables.map((name) => {
      const value = variables[name];
      return Array.isArray(value) ? value.length : typeof value === 'number' ? value : String(value === undefined);
    });
    const key = sizes.join(' ');
    if (this.#withinCost.get(key)) return;
    for (const definition of this.document.definitions) {
      if (definition.kind === Kind.OPERATION_DEFINITION) {
        const fields = checkCost(this.#policy, this.document, definition, variables, this.#limits);
        this.#fields = Math.max(this.#fields, fields);
      }
    }
    this.#withinCost.set(key, true);
  }

  /** Whether compiling it takes no longer than a slow request. Known once its limits have been checked. */
  get isSmall(): boolean {
    return this.#fields <= compiledFieldsMax;
  }

  /** Rights and projections. Only for documents that have been validated. */
  get access(): DocumentAccess {
    this.#access ??= collectAccess(this.#policy, this.document);
    return this.#access;
  }

  /** What it asks for that no token bound to a profile reaches. Only for documents that have been validated. */
  get outsideBinding(): readonly string[] {
    this.#outsideBinding ??= outsideBinding(this.#policy.schema, this.access.selection);
    return this.#outsideBinding;
  }

  /** The way one of its operations is executed; null when there is no such operation. */
  plan(operationName: string | null): ExecutionPlan | null {
    const key = operationName ?? '';
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const operation = getOperationAST(this.document, operationName) ?? null;
    if (operation === null) return null;
    const plan = new ExecutionPlan(this.#policy.schema, this.document, operation, isIntrospection(this.document));
    this.#plans.set(key, plan);
    return plan;
  }
}

/** Documents by their text and its SHA-256. Only valid ones are kept, so that refused requests cannot push them out. */
export class DocumentCache {
  readonly #byHash = new LruMap<string, PreparedDocument>(documentsMax);
  /** The same documents by their text: spares a request the first of two digests. */
  readonly #byText = new LruMap<string, PreparedDocument>(documentsMax);
  readonly #policy: SchemaPolicy;
  readonly #limits: DocumentLimits;

  constructor(policy: SchemaPolicy, limits: DocumentLimits) {
    this.#policy = policy;
    this.#limits = limits;
  }

  /**
   * The document of a text: the kept one, or a new one that is not kept yet. Null when the text is not GraphQL, which is
   * then said by whoever parses it for an answer.
   * @throws AppError `LIMIT_EXCEEDED` for too many tokens.
   */
  prepare(text: string): PreparedDocument | null {
    return this.#byText.get(text) ?? this.#parse(text);
  }

  /** The kept document; undefined when there is none. */
  find(hash: string): PreparedDocument | undefined {
    return this.#byHash.get(hash);
  }

  /** Keeps a document that has been validated. */
  keep(hash: string, document: DocumentNode): PreparedDocument {
    const prepared = new PreparedDocument(document, this.#policy, this.#limits);
    this.#byHash.set(hash, prepared);
    const text = document.loc?.source.body;
    if (text !== undefined) this.#byText.set(text, prepared);
    return prepared;
  }

  #parse(text: string): PreparedDocument | null {
    try {
      const document = parse(text, { maxTokens: this.#limits.documentTokensMax });
      return new PreparedDocument(document, this.#policy, this.#limits);
    } catch (error) {
      if (error instanceof Error && error.message.includes('Document contains more')) {
        throw limitExceeded('has too many tokens');
      }
      return null;
    }
  }
}

function refusalOf(check: () => void): AppError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
