import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
} from 'graphql';

/** What a rule has to say: one sentence per breach, each starting with the schema coordinate; empty when all is well. */
export type SchemaRule = (schema: GraphQLSchema) => string[];

type Field = GraphQLField<unknown, unknown>;

function ownTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
}

/** Object types and interfaces with their output fields, as (coordinate, field) pairs. */
export function outputFields(schema: GraphQLSchema): { owner: GraphQLNamedType; field: Field; at: string }[] {
  return ownTypes(schema).flatMap((owner) =>
    isObjectType(owner) || isInterfaceType(owner)
      ? Object.values(owner.getFields()).map((field) => ({ owner, field, at: `${owner.name}.${field.name}` }))
      : [],
  );
}

/** Whether a directive stands on any of the nodes a type or field was put together from, extensions among them. */
export function hasDirective(element: GraphQLNamedType | Field, name: string): boolean {
  const nodes = 'extensionASTNodes' in element ? [element.astNode, ...element.extensionASTNodes] : [element.astNode];
  return nodes.some((node) => node?.directives?.some((directive) => directive.name.value === name) ?? false);
}

function rootFields(schema: GraphQLSchema): { owner: GraphQLObjectType; field: Field; at: string }[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((owner) =>
    owner ? Object.values(owner.getFields()).map((field) => ({ owner, field, at: `${owner.name}.${field.name}` })) : [],
  );
}

/** Everything a reader of the documentation can meet says in words what it is. */
export const everythingIsDescribed: SchemaRule = (schema) => {
  const missing: string[] = [];
  const look = (at: string, element: { description?: string | null }): void => {
    const description = element.description?.trim() ?? '';
    if (description === '') missing.push(`${at} has no description`);
    else if (!/[.:`)]$/.test(description)) missing.push(`${at} has a description that does not end as a sentence`);
  };
  for (const type of ownTypes(schema)) {
    look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
  }
  for (const { field, at } of outputFields(schema)) {
    look(at, field);
    for (const argument of field.args) look(`${at}(${argument.name}:)`, argument);
  }
  for (const directive of schema.getDirectives().filter((each) => !isSpecifiedDirective(each))) {
    look(`@${directive.name}`, directive);
    for (const argument of directive.args) look(`@${directive.name}(${argument.name}:)`, argument);
  }
  return missing;
};

/** `noun + verb(input: <Mutation>Input!): <Mutation>Payload`, objects nullable, refusals in `userErrors`. */
export const mutationsHaveOneShape: SchemaRule = (schema) =>
  Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) => {
    const at = `Mutation.${field.name}`;
    const stem = field.name.charAt(0).toUpperCase() + field.name.slice(1);
    const breaches: string[] = [];
    const signature = field.args.map((argument) => `${argument.name}: ${argument.type}`).join(', ');
    if (signature !== `input: ${stem}Input!`)
      breaches.push(`${at} takes (${signature}) instead of (input: ${stem}Input!)`);
    if (String(field.type) !== `${stem}Payload`) breaches.push(`${at} returns ${field.type} instead of ${stem}Payload`);
    const payload = getNamedType(field.type);
    return isObjectType(payload) ? [...breaches, ...payloadBreaches(payload)] : breaches;
  });

function payloadBreaches(payload: GraphQLObjectType): string[] {
  const { userErrors, ...others } = payload.getFields();
  const breaches = Object.values(others)
    .filter((field) => isNonNullType(field.type))
    .map((field) => `${payload.name}.${field.name} must be nullable: a refused mutation has nothing to put there`);
  const error = userErrors && getNamedType(userErrors.type);
  if (!userErrors || !isObjectType(error) || String(userErrors.type) !== `[${error.name}!]!`) {
    return [...breaches, `${payload.name}.userErrors must be a non-null list of non-null errors of one type`];
  }
  if (!error.name.endsWith('UserError') || !error.getInterfaces().some((each) => each.name === 'UserError')) {
    breaches.push(`${error.name} must be called <Noun>UserError and implement UserError`);
  }
  const codeType = `${error.name.replace(/UserError$/, '')}ErrorCode!`;
  if (String(error.getFields()['code']?.type) !== codeType)
    breaches.push(`${error.name}.code must be of type ${codeType}`);
  return breaches;
}

/** Mutations whose repeat is harmless for a reason of their own; the others take an idempotency key. */
const naturallyIdempotent: Readonly<Record<string, string>> = {
  transactionIngest: 'brand, system and external id are its key',
  interactionIngest: 'brand, system and external id are its key',
  crossBrandLinkActivate: 'its token works once',
  crossBrandLinkDecline: 'its token works once',
};

/** A caller whose connection broke can always send a mutation again. */
export const mutationsCanBeRepeated: SchemaRule = (schema) =>
  Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) => {
    const input = field.args[0] && getNamedType(field.args[0].type);
    const hasKey = isInputObjectType(input) && 'idempotencyKey' in input.getFields();
    return hasKey || field.name in naturallyIdempotent ? [] : [`Mutation.${field.name} has no idempotencyKey`];
  });

function isGuarded(element: GraphQLNamedType | Field): boolean {
  return hasDirective(element, 'requiresScopes') || hasDirective(element, 'public');
}

/**
 * Nothing can be read by accident. Every root field says who may use it, and so covers whatever it alone leads to; a
 * type that `node` can reach says so itself, because `node` asks for no scope.
 */
export const everythingIsGuarded: SchemaRule = (schema) => {
  const breaches = rootFields(schema)
    .filter(({ field }) => !isGuarded(field))
    .map(({ at }) => `${at} carries neither @requiresScopes nor @public`);
  const nodes = schema.getType('Node');
  for (const type of isInterfaceType(nodes) ? schema.getPossibleTypes(nodes) : []) {
    if (!isGuarded(type))
      breaches.push(`${type.name} can be fetched by node and carries neither @requiresScopes nor @public`);
  }
  return breaches;
};

/** Every scope is named verb first, and every `@requiresScopes` has a list. */
export const scopesAreNamedVerbFirst: SchemaRule = (schema) => {
  const elements = [
    ...ownTypes(schema).map((type) => ({ at: type.name, nodes: [type.astNode, ...type.extensionASTNodes] })),
    ...outputFields(schema).map(({ at, field }) => ({ at, nodes: [field.astNode] })),
  ];
  return elements.flatMap(({ at, nodes }) =>
    nodes
      .flatMap((node) => node?.directives ?? [])
      .filter((directive) => directive.name.value === 'requiresScopes')
      .flatMap((directive) => {
        const value = directive.arguments?.[0]?.value;
        const scopes =
          value?.kind === 'ListValue' ? value.values.map((each) => ('value' in each ? each.value : '')) : [];
        return scopes
          .filter((scope) => !/^[a-z]+(-[a-z]+)+$/.test(String(scope)))
          .map((scope) => `${at} needs the scope '${scope}', which is not verb-first kebab-case`);
      }),
  );
};

/** Fields that are read on their own and still never null, each for a reason. */
const neverNull: Readonly<Record<string, string>> = {
  'Query.viewer': 'computed from the token alone',
  'Query.brands': 'from configuration',
  'CrossBrandLinkEnd.state': 'it is the word for how the read went',
};

function isNullableOrListOfNullables({ type }: Field): boolean {
  if (!isNonNullType(type)) return true;
  return isListType(type.ofType) && !isNonNullType(type.ofType.ofType);
}

/** A read that fails costs its own field and nothing around it. */
export const ownReadsAreNullable: SchemaRule = (schema) => {
  const roots = new Set(rootFields(schema).map(({ at }) => at));
  return outputFields(schema)
    .filter(({ at, field }) => hasDirective(field, 'cost') || roots.has(at) || /Connection!$/.test(String(field.type)))
    .filter(({ at, field }) => !isNullableOrListOfNullables(field) && !(at in neverNull))
    .map(({ at, field }) => `${at}: ${field.type} needs a read of its own and must be nullable`);
};
