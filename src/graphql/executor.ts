import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { isBound } from '../access/actor.js';
import { unauthenticated } from '../access/context.js';
import { grantCovers } from '../access/scopes.js';
import { AppError } from '../kernel/errors.js';
import type { DocumentCache, PreparedDocument } from './document.js';
import { fieldError, requestError } from './error-boundary.js';
import type { ExecutionCounters, ExecutionPlan } from './execution-plan.js';
import { runMutation } from './mutation-run.js';
import type { RequestContext } from './request-context.js';
import { runUntilWhole } from './run-again.js';
import { findBadVariables } from './variables.js';

const keptChanging = 'What was read kept changing while it was read; nothing was written, send it again';

/** What Apollo hands to an executor; the part that is used. */
export interface ExecutorRequest {
  readonly queryHash: string;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly request: { readonly operationName?: string; readonly variables?: Record<string, unknown> };
  readonly context: RequestContext;
}

/** Executes validated documents: rights first, then variables, then the run itself, and every error through the boundary. */
export class Executor {
  readonly counters: ExecutionCounters = { compiled: 0, compiledRuns: 0, fallbackRuns: 0 };
  readonly #schema: GraphQLSchema;
  readonly #documents: DocumentCache;
  readonly #isJitEnabled: boolean;

  constructor(schema: GraphQLSchema, documents: DocumentCache, options: { readonly isJitEnabled: boolean }) {
    this.#schema = schema;
    this.#documents = documents;
    this.#isJitEnabled = options.isJitEnabled;
  }

  /** Never throws: a failure of the whole operation is an answer without data. */
  async execute(asked: ExecutorRequest): Promise<ExecutionResult> {
    const { context } = asked;
    // Rarely, others have pushed the document out since Apollo asked for it.
    const prepared = this.#documents.find(asked.queryHash) ?? this.#documents.keep(asked.queryHash, asked.document);
    const plan = prepared.plan(asked.request.operationName ?? null);
    if (plan === null) {
      return {
        errors: [new GraphQLError('The document has no operation of this name, or several and none was named')],
      };
    }
    context.trace.operationName = loggable(plan);
    try {
      checkScopes(prepared, context);
      const result = await this.#run(prepared, plan, context, asked.request.variables ?? {});
      if (result.errors === undefined || result.errors.length === 0) return result;
      return { ...result, errors: result.errors.map((error) => fieldError(error, context.trace)) };
    } catch (error) {
      const errors = error instanceof BadVariables ? error.mistakes : [error];
      return { errors: errors.map((each) => requestError(each, context.trace)) };
    }
  }

  async #run(
    prepared: PreparedDocument,
    plan: ExecutionPlan,
    context: RequestContext,
    variables: Record<string, unknown>,
  ): Promise<ExecutionResult> {
    const mistakes = findBadVariables(this.#schema, plan.operation, variables);
    if (mistakes.length > 0) throw new BadVariables(mistakes);
    context.selection = prepared.access.selection;
    if (plan.operation.operation === OperationTypeNode.MUTATION) {
      return runMutation(this.#schema, prepared.document, plan.operation, context, variables);
    }
    plan.use(this.#isJitEnabled && prepared.isSmall, this.counters);
    return runUntilWhole(context, () => plan.run(context, variables, this.counters), keptChanging);
  }
}

class BadVariables extends Error {
  readonly mistakes: readonly AppError[];

  constructor(mistakes: readonly AppError[]) {
    super('Variables have the wrong form');
    this.mistakes = mistakes;
  }
}

function loggable(plan: ExecutionPlan): string | null {
  const name = plan.operation.name?.value;
  return name !== undefined && name.length <= 64 ? name : null;
}

/**
 * @throws AppError `FORBIDDEN`, with `missingScopes` where it is scopes that are missing, or `UNAUTHENTICATED` when there
 * is no actor to hold any.
 */
function checkScopes(prepared: PreparedDocument, context: RequestContext): void {
  const { scopes } = prepared.access;
  if (context.actor === null) {
    if (scopes.length > 0 || !prepared.isOpen) throw unauthenticated();
    return;
  }
  const { grants } = context.actor;
  if (isBound(context.actor)) checkBinding(prepared.outsideBinding);
  const missingScopes = scopes.filter((scope) => !grants.some((grant) => grantCovers(grant, scope)));
  if (missingScopes.length === 0) return;
  throw new AppError('FORBIDDEN', `The token lacks scopes that this document needs: ${missingScopes.join(', ')}`, {
    details: { missingScopes },
  });
}

/** A refusal names the fields at fault up to so many: enough to mend a document by. */
const namedFieldsMax = 10;

function checkBinding(outside: readonly string[]): void {
  if (outside.length === 0) return;
  const named = outside.slice(0, namedFieldsMax).join(', ');
  throw new AppError('FORBIDDEN', `A token bound to a customer's profile reaches that profile alone, not ${named}`);
}
