import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { type AppError, badInput } from '../kernel/errors.js';
import { InputError } from './input-error.js';

/** Mistakes that one answer lists. */
const listedMax = 10;

/**
 * Checks the variables of an operation as graphql-js would, `@oneOf` included, which compiled documents do not look at.
 * Each mistake is a `BAD_USER_INPUT` that names the field and the expected type and never repeats the value.
 */
export function findBadVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): AppError[] {
  const mistakes: AppError[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) continue;
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined && definition.defaultValue !== undefined) continue;
    if (value === undefined || value === null) {
      if (isNonNullType(type)) mistakes.push(badInput(`A value of type ${type} was expected at ${name}`, [name]));
      continue;
    }
    coerceInputValue(value, type, (path, _value, error) => {
      mistakes.push(mistakeAt([name, ...path.map(String)], type, error));
    });
    if (mistakes.length >= listedMax) break;
  }
  return mistakes.slice(0, listedMax);
}

function mistakeAt(path: readonly string[], type: GraphQLInputType, error: GraphQLError): AppError {
  const missing = /^Field "(\w+)" of required type "[^"]+" was not provided\.$/.exec(error.message)?.[1];
  const field = missing === undefined ? path : [...path, missing];
  const where = field.join('.');
  if (error.originalError instanceof InputError) return badInput(`${error.originalError.message} at ${where}`, field);
  if (error.message.startsWith('Exactly one key must be specified')) {
    return badInput(`Exactly one key was expected at ${where}`, field);
  }
  if (/^Field "\w+" must be non-null\.$/.test(error.message)) return badInput(`Null is no value for ${where}`, field);
  if (/^Field "[^"]*" is not defined by type /.test(error.message)) {
    return badInput(`A field at ${where} is not one that ${typeAt(type, path.slice(1))} has`, field);
  }
  return badInput(`A value of type ${typeAt(type, field.slice(1))} was expected at ${where}`, field);
}

function typeAt(type: GraphQLInputType, path: readonly string[]): string {
  let at: GraphQLInputType = type;
  for (const step of path) {
    const bare: GraphQLInputType = getNullableType(at);
    if (isListType(bare) && /^\d+$/.test(step)) at = bare.ofType;
    else if (isInputObjectType(bare)) at = bare.getFields()[step]?.type ?? at;
  }
  return String(at);
}
