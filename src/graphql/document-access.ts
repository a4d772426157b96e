import {
  type DocumentNode,
  type GraphQLNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Selection } from '../access/context.js';
import type { SchemaPolicy } from './schema-policy.js';

/** Root fields that only tell about the schema. */
const metaFields = new Set(['__schema', '__type', '__typename']);

/** What a valid document asks for, as far as rights and projections are concerned. */
export interface DocumentAccess {
  /** Every scope that some field or type in it needs, sorted. */
  readonly scopes: readonly string[];
  readonly selection: Selection;
}

/**
 * Whether every root field of a document is open without a token: public, or about the schema only. Goes by names alone,
 * so that it can be asked before validation; an unknown field is not open.
 */
export function isOpenDocument(policy: SchemaPolicy, document: DocumentNode): boolean {
  const { schema } = policy;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const isOpen = (selectionSet: SelectionSetNode): boolean =>
    selectionSet.selections.every((selection) => {
      if (selection.kind === Kind.INLINE_FRAGMENT) return isOpen(selection.selectionSet);
      // What a spread names is looked at as a definition of its own.
      if (selection.kind === Kind.FRAGMENT_SPREAD) return true;
      const name = selection.name.value;
      return metaFields.has(name) || roots.some((root) => policy.named(root, name).isPublic);
    });
  return document.definitions.every((definition) => {
    if (definition.kind === Kind.OPERATION_DEFINITION) return isOpen(definition.selectionSet);
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) return true;
    const isOnRoot = roots.some((root) => root?.name === definition.typeCondition.name.value);
    return !isOnRoot || isOpen(definition.selectionSet);
  });
}

/** Whether a document asks for nothing but the schema itself. */
export function isIntrospection(document: DocumentNode): boolean {
  return document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.selectionSet.selections.some(
        (selection) =>
          selection.kind === Kind.FIELD && (selection.name.value === '__schema' || selection.name.value === '__type'),
      ),
  );
}

/** Collects scopes and selected fields over all operations and fragments of a valid document. */
export function collectAccess(policy: SchemaPolicy, document: DocumentNode): DocumentAccess {
  const { schema } = policy;
  const scopes = new Set<string>();
  const selection = new Map<string, Set<string>>();
  const select = (typename: string, field: string): void => {
    const fields = selection.get(typename);
    if (fields === undefined) selection.set(typename, new Set([field]));
    else fields.add(field);
  };
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: () => {
        const parent: GraphQLNamedType | null | undefined = info.getParentType();
        const field = info.getFieldDef();
        if (!isCompositeType(parent) || !field) return;
        for (const scope of policy.of(parent, field).scopes) scopes.add(scope);
        select(parent.name, field.name);
        // A field of an interface is a field of whichever object stands behind it.
        if (isAbstractType(parent)) for (const type of schema.getPossibleTypes(parent)) select(type.name, field.name);
      },
      InlineFragment: () => addTypeScopes(policy, info.getType() as GraphQLNamedType | null, scopes),
      FragmentDefinition: () => addTypeScopes(policy, info.getType() as GraphQLNamedType | null, scopes),
    }),
  );
  return { scopes: [...scopes].sort(), selection };
}

function addTypeScopes(policy: SchemaPolicy, type: GraphQLNamedType | null, scopes: Set<string>): void {
  if (type !== null && type !== undefined) for (const scope of policy.ofType(type)) scopes.add(scope);
}
