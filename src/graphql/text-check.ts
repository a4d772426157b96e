import { type ASTNode, type DocumentNode, Kind, type StringValueNode, visit } from 'graphql';
import { type AppError, badInput } from '../kernel/errors.js';
import { hasLoneSurrogate } from '../kernel/text.js';
import { isPrototypeKey } from './json-scalar.js';

/** Characters of any text in a request. Most fields allow far less and say so themselves; JSON values allow this much. */
const textLengthMax = 65_536;
/** Characters of a key in an input object. */
const keyLengthMax = 256;
/** Levels of the variables: no input of the schema comes near. */
const variablesDepthMax = 24;

/**
 * The first text among the variables that could not be stored and given back as it came, as `BAD_USER_INPUT` naming its
 * place; null when all is well. The value is never repeated.
 */
export function findBadVariable(variables: unknown): AppError | null {
  return findBadValue(variables, []);
}

function findBadValue(value: unknown, path: readonly string[]): AppError | null {
  if (typeof value === 'string') return badTextAt(value, path);
  if (value === null || typeof value !== 'object') return null;
  if (path.length > variablesDepthMax) return badInput('Variables of fewer levels were expected', path.slice(0, 8));
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const found = findBadValue(value[i], [...path, String(i)]);
      if (found !== null) return found;
    }
    return null;
  }
  for (const key of Object.keys(value)) {
    if (isPrototypeKey(key)) return badInput('Keys that name a part of a prototype are not taken', [...path, key]);
    if (key.length > keyLengthMax || hasLoneSurrogate(key)) return badInput('A key has the wrong form', path);
    const found = findBadValue((value as Record<string, unknown>)[key], [...path, key]);
    if (found !== null) return found;
  }
  return null;
}

function badTextAt(text: string, path: readonly string[]): AppError | null {
  const where = path.join('.');
  if (text.length > textLengthMax) return badInput(`The text at ${where} is longer than any field allows`, path);
  if (hasLoneSurrogate(text))
    return badInput(`The text at ${where} is not valid Unicode: it holds half a character`, path);
  return null;
}

/** The same for texts written into the document itself. */
export function findBadLiteral(document: DocumentNode): AppError | null {
  let found: AppError | null = null;
  visit(document, {
    StringValue: (node: StringValueNode, _key, parent, _path, ancestors) => {
      found ??= badTextAt(node.value, inputPathOf([...ancestors, parent]));
    },
  });
  return found;
}

/** Argument, input fields and list positions that lead to a value of a document. */
export function inputPathOf(ancestors: readonly (ASTNode | readonly ASTNode[] | undefined)[]): string[] {
  const path: string[] = [];
  for (const ancestor of ancestors) {
    if (ancestor === undefined || Array.isArray(ancestor)) continue;
    const node = ancestor as ASTNode;
    if (node.kind === Kind.VARIABLE_DEFINITION) path.push(node.variable.name.value);
    else if (node.kind === Kind.ARGUMENT) path.splice(0, path.length, node.name.value);
    else if (node.kind === Kind.OBJECT_FIELD) path.push(node.name.value);
  }
  return path;
}
