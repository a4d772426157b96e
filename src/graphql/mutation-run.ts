import {
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionResult,
  execute,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import { World } from '../access/world.js';
import { AppError } from '../kernel/errors.js';
import type { RequestContext } from './request-context.js';
import { runUntilWhole } from './run-again.js';

const keptChanging = 'The change was made, but what the answer shows kept changing; read it again';

/** What one root field of a mutation came to. Kept, because its payload may be read again but it is never done twice. */
interface Deed {
  payload?: Promise<unknown>;
}

/** The root field under way in a request. */
const deeds = new WeakMap<object, Deed>();

/**
 * Makes every root field of the schema's mutations an operation of its own: a new world before it and another one after
 * its commit, unless the service has left a world that already holds what it wrote.
 */
export function wrapMutations(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (parent, args, context: RequestContext, info) => {
      const deed = deeds.get(context);
      if (deed === undefined) throw new AppError('INTERNAL', 'A mutation was executed outside its run');
      deed.payload ??= perform(context, async () => resolve(parent, args, context, info));
      return deed.payload;
    };
  }
}

async function perform(context: RequestContext, work: () => Promise<unknown>): Promise<unknown> {
  const before = new World();
  context.world = before;
  const payload = await work();
  if (context.world === before) context.world = new World();
  return payload;
}

/**
 * Carries out the root fields of a mutation one after the other, each to its end. Where a payload shows two worlds, that
 * payload alone is read again. An error of one field leaves the answers of the others standing.
 */
export async function runMutation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  context: RequestContext,
  variables: Record<string, unknown>,
): Promise<ExecutionResult> {
  const data: Record<string, unknown> = Object.create(null);
  const errors: GraphQLError[] = [];
  for (const [key, fields] of rootFields(schema, document, operation, variables)) {
    const single = singleField(document, operation, fields);
    deeds.set(context, {});
    const result = await runUntilWhole(
      context,
      () =>
        execute({
          schema,
          document: single,
          operationName: operation.name?.value,
          contextValue: context,
          variableValues: variables,
        }),
      keptChanging,
    ).catch((error: unknown): ExecutionResult => ({ errors: [errorAt(error, key)] }));
    errors.push(...(result.errors ?? []));
    data[key] = result.data?.[key] ?? null;
  }
  return errors.length === 0 ? { data } : { data, errors };
}

function errorAt(error: unknown, key: string): GraphQLError {
  const original = error instanceof Error ? error : new AppError('INTERNAL', 'Something that is no error was thrown');
  return new GraphQLError(original.message, { originalError: original, path: [key] });
}

function rootFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Map<string, readonly FieldNode[]> {
  const type = schema.getMutationType();
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (!type || coerced === undefined) throw new AppError('INTERNAL', 'A mutation was executed without being checked');
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return collectFields(schema, fragments, coerced, type, operation.selectionSet);
}

function singleField(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  selections: readonly FieldNode[],
): DocumentNode {
  const single = { ...operation, selectionSet: { kind: Kind.SELECTION_SET as const, selections } };
  return {
    kind: Kind.DOCUMENT,
    definitions: [single, ...document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)],
  };
}
