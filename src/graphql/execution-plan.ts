import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInputType,
  type OperationDefinitionNode,
  OperationTypeNode,
  typeFromAST,
  visit,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';

/** A document is compiled when it comes again: compiling costs about as much as executing a middling one by hand. */
const usesBeforeCompiling = 2;

/** How many runs went which way, since the start of the server. */
export interface ExecutionCounters {
  /** Documents compiled. */
  compiled: number;
  /** Runs of compiled documents. */
  compiledRuns: number;
  /** Runs through graphql-js, for whatever reason. */
  fallbackRuns: number;
}

type MaybePromise<T> = T | Promise<T>;

/**
 * How one operation of a document is run: through graphql-js at first, compiled from the second use on where the compiled
 * form is known to give the same answer.
 */
export class ExecutionPlan {
  readonly operation: OperationDefinitionNode;
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  #uses = 0;
  #isCompilable: boolean;
  #compiled: CompiledQuery | null = null;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    isIntrospection: boolean,
  ) {
    this.#schema = schema;
    this.#document = document;
    this.operation = operation;
    this.#isCompilable =
      operation.operation === OperationTypeNode.QUERY &&
      !isIntrospection &&
      !hasNestedVariable(document) &&
      !hasRecursiveVariable(schema, operation);
  }

  /** Counts a use, and compiles when it pays. */
  use(isJitEnabled: boolean, counters: ExecutionCounters): void {
    this.#uses += 1;
    if (!isJitEnabled || !this.#isCompilable || this.#compiled !== null || this.#uses < usesBeforeCompiling) return;
    const name = this.operation.name?.value;
    const compiled = compileQuery(this.#schema, this.#document, name, { disablingCapturingStackErrors: true });
    if (isCompiledQuery(compiled)) {
      this.#compiled = compiled;
      counters.compiled += 1;
    } else {
      this.#isCompilable = false;
    }
  }

  /** Runs the operation once. The variables have been checked; both ways coerce them again by themselves. */
  run(
    contextValue: object,
    variableValues: Record<string, unknown>,
    counters: ExecutionCounters,
  ): MaybePromise<ExecutionResult> {
    if (this.#compiled !== null) {
      counters.compiledRuns += 1;
      return this.#compiled.query(undefined, contextValue, variableValues);
    }
    counters.fallbackRuns += 1;
    return execute({
      schema: this.#schema,
      document: this.#document,
      operationName: this.operation.name?.value,
      contextValue,
      variableValues,
    });
  }
}

/**
 * Whether a variable stands inside an object or list literal. Compiled code would turn an unset one into an explicit null
 * instead of leaving the field out.
 */
function hasNestedVariable(document: DocumentNode): boolean {
  let depth = 0;
  let found = false;
  const nested = {
    enter: () => {
      depth += 1;
    },
    leave: () => {
      depth -= 1;
    },
  };
  visit(document, {
    ObjectValue: nested,
    ListValue: nested,
    Variable: () => {
      if (depth > 0) found = true;
    },
  });
  return found;
}

/**
 * Whether a variable is of an input type that contains itself. Code for reading it would be written out without end.
 */
function hasRecursiveVariable(schema: GraphQLSchema, operation: OperationDefinitionNode): boolean {
  const contains = (type: GraphQLInputType, around: readonly GraphQLInputType[]): boolean => {
    const named = getNamedType(type);
    if (!isInputObjectType(named)) return false;
    if (around.includes(named)) return true;
    return Object.values(named.getFields()).some((field) => contains(field.type, [...around, named]));
  };
  return (operation.variableDefinitions ?? []).some((definition) => {
    const type = typeFromAST(schema, definition.type);
    return isInputType(type) && contains(type, []);
  });
}
