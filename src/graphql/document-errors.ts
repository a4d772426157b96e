import {
  type ASTNode,
  GraphQLError,
  type GraphQLFormattedError,
  isTypeSystemDefinitionNode,
  Kind,
  parse,
  type Source,
  visit,
} from 'graphql';
import type { RequestErrorCode } from '../kernel/error-codes.js';
import { InputError } from './input-error.js';
import { inputPathOf } from './text-check.js';

/** Codes that Apollo gives to requests it refuses, and what they are called here. */
const apolloCodes: Readonly<Record<string, RequestErrorCode>> = {
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
  OPERATION_RESOLUTION_FAILURE: 'GRAPHQL_VALIDATION_FAILED',
};

const valueKinds: ReadonlySet<string> = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
]);

/**
 * Formats an error that Apollo raised before execution. Errors of our own boundary pass as they are; what graphql-js says
 * about a document is kept where it speaks of names, and put in our words where it would repeat a value.
 */
export function formatDocumentError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  if (formatted.extensions?.['requestId'] !== undefined) return formatted;
  const code = String(formatted.extensions?.['code'] ?? '');
  const { locations } = formatted;
  const shown = (message: string, as: string, field?: readonly string[]): GraphQLFormattedError => ({
    message,
    ...(locations === undefined ? {} : { locations }),
    extensions: { code: as, ...(field === undefined ? {} : { field }) },
  });
  if (code === 'BAD_REQUEST') return shown(requestMessage(formatted.message), 'BAD_REQUEST');
  const known = apolloCodes[code];
  if (known === undefined) return shown('The server failed; its log has more under the request id', 'INTERNAL');
  if (known === 'GRAPHQL_PARSE_FAILED') return shown(syntaxMessage(formatted.message), known);
  const node = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  if (node !== undefined && valueKinds.has(node.kind)) {
    const field = fieldOfValue(node, (error as GraphQLError).source);
    return shown(valueMessage(error as GraphQLError, field.join('.')), 'BAD_USER_INPUT', field);
  }
  return shown(formatted.message.replace(/ Did you mean [\s\S]*\?$/, ''), known);
}

function syntaxMessage(message: string): string {
  const expected = /^Syntax Error: Expected ([^,]{1,60}), found/.exec(message)?.[1];
  return `The document is not GraphQL${expected === undefined ? '' : `: ${expected} was expected`}; see locations`;
}

/** Apollo's words about a malformed request never repeat what was in it, but are meant for its own settings. */
function requestMessage(message: string): string {
  if (message.includes('Cross-Site Request Forgery')) {
    return 'Send a content-type of application/json, or the header apollo-require-preflight';
  }
  return message.length <= 200 ? message.trim() : 'The request is not a GraphQL request';
}

function valueMessage(error: GraphQLError, where: string): string {
  const { message, originalError } = error;
  if (originalError instanceof InputError) return `${originalError.message} at ${where}`;
  if (message.startsWith('OneOf Input Object')) return `Exactly one key was expected at ${where}`;
  if (/^Field "\w+\.\w+" (of required type "[^"]+" was not provided|must be non-null)\.$/.test(message)) return message;
  const type = /^Expected value of type "([^"]+)"/.exec(message)?.[1];
  return type === undefined
    ? `The value at ${where} has the wrong type`
    : `A value of type ${type} was expected at ${where}`;
}

/** Where a value stands: argument and input fields that lead to it. Reads the document again, for nothing else kept it. */
function fieldOfValue(node: ASTNode, source: Source | undefined): string[] {
  const start = node.loc?.start;
  const text = source ?? node.loc?.source;
  if (start === undefined || text === undefined) return [];
  let field: string[] = [];
  visit(parse(text), {
    enter: (each, _key, parent, _path, ancestors) => {
      if (isTypeSystemDefinitionNode(each)) return false;
      if (each.kind === node.kind && each.loc?.start === start) field = inputPathOf([...ancestors, parent, each]);
      return undefined;
    },
  });
  return field;
}
