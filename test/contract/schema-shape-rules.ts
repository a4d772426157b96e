import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { hasDirective, outputFields, type SchemaRule } from './schema-rules.js';

function ownTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
}

function shapeOf(type: GraphQLObjectType): Record<string, string> {
  return Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]));
}

/** Forward-only pages: the same four fields on every connection, the same two on every edge, the same two arguments. */
export const connectionsHaveOneShape: SchemaRule = (schema) => {
  const breaches: string[] = [];
  for (const type of ownTypes(schema)) {
    if (!isObjectType(type) || !type.name.endsWith('Connection')) continue;
    const stem = type.name.replace(/Connection$/, '');
    const { edges, nodes, pageInfo, totalCount, brandStatuses, ...others } = shapeOf(type);
    const edge = schema.getType(`${stem}Edge`);
    const node = isObjectType(edge) ? String(edge.getFields()['node']?.type) : '';
    if (edges !== `[${stem}Edge!]!`) breaches.push(`${type.name}.edges must be [${stem}Edge!]!`);
    if (nodes !== `[${node}]!`) breaches.push(`${type.name}.nodes must be a list of what its edges hold`);
    if (pageInfo !== 'PageInfo!') breaches.push(`${type.name}.pageInfo must be PageInfo!`);
    if (totalCount !== undefined && totalCount !== 'Int')
      breaches.push(`${type.name}.totalCount must be Int, nullable`);
    if (brandStatuses !== undefined && brandStatuses !== '[BrandStatus!]!') {
      breaches.push(`${type.name}.brandStatuses must be [BrandStatus!]!`);
    }
    for (const name of Object.keys(others)) breaches.push(`${type.name}.${name} is not part of a connection`);
    if (!isObjectType(edge) || shapeOf(edge)['cursor'] !== 'String!' || !/^\w+!$/.test(node)) {
      breaches.push(`${stem}Edge must have cursor: String! and a non-null node`);
    }
  }
  for (const { field, at } of outputFields(schema)) {
    if (!getNamedType(field.type).name.endsWith('Connection')) continue;
    const first = field.args.find((argument) => argument.name === 'first');
    const after = field.args.find((argument) => argument.name === 'after');
    if (String(first?.type) !== 'Int' || first?.defaultValue !== 20) breaches.push(`${at} must take first: Int = 20`);
    if (String(after?.type) !== 'String') breaches.push(`${at} must take after: String`);
  }
  return breaches;
};

/** Types that no field leads to, each for a reason. */
const documentation: Readonly<Record<string, string>> = {
  RequestErrorCode: 'the codes of `errors`, which stand outside the answer',
};

/** Nothing is left over: every type can be reached from a root field, a directive or an interface that can. */
export const everyTypeIsReachable: SchemaRule = (schema) => {
  const seen = new Set<GraphQLNamedType>();
  const queue: GraphQLNamedType[] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    .filter((root) => root != null)
    .concat(
      schema.getDirectives().flatMap((directive) => directive.args.map((each) => getNamedType(each.type))) as never[],
    );
  for (let type = queue.pop(); type; type = queue.pop()) {
    if (seen.has(type)) continue;
    seen.add(type);
    if (isInterfaceType(type) || isUnionType(type)) queue.push(...schema.getPossibleTypes(type));
    if (isObjectType(type)) queue.push(...type.getInterfaces());
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        queue.push(getNamedType(field.type), ...field.args.map((argument) => getNamedType(argument.type)));
      }
    }
    if (isInputObjectType(type))
      queue.push(...Object.values(type.getFields()).map((field) => getNamedType(field.type)));
  }
  return ownTypes(schema)
    .filter((type) => !seen.has(type) && !(type.name in documentation))
    .map((type) => `${type.name} is reached by nothing`);
};

const pascal = /^[A-Z][A-Za-z0-9]*$/;
const camel = /^[a-z][A-Za-z0-9]*$/;
const screaming = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
/** Acronyms that keep their capitals. */
const acronyms = new Set(['JSON', 'UUID']);

/** Names read alike everywhere: case by kind, booleans assert, instants end in a word of time. */
export const namesAreRegular: SchemaRule = (schema) => {
  const breaches: string[] = [];
  const lookAtField = (at: string, name: string, type: string): void => {
    if (!camel.test(name)) breaches.push(`${at} is not camelCase`);
    if (/^Boolean!?$/.test(type) && !/^(is|has|can)[A-Z]/.test(name))
      breaches.push(`${at} is a Boolean and must assert`);
    if (/^DateTime!?$/.test(type) && !/(At|Until|asOf|[fF]rom|[tT]o)$/.test(name))
      breaches.push(`${at} is an instant: end it in At or Until`);
  };
  for (const type of ownTypes(schema)) {
    if (!pascal.test(type.name) || (/[A-Z]{3,}/.test(type.name) && !acronyms.has(type.name))) {
      breaches.push(`${type.name} is not PascalCase`);
    }
    if (isEnumType(type)) {
      for (const { name } of type.getValues()) {
        if (!screaming.test(name)) breaches.push(`${type.name}.${name} is not SCREAMING_CASE`);
      }
    }
    if (isInputObjectType(type)) {
      if (!/(Input|Lookup|Filter|Order|By|Identity)$/.test(type.name))
        breaches.push(`${type.name} does not say it is an input`);
      for (const field of Object.values(type.getFields()))
        lookAtField(`${type.name}.${field.name}`, field.name, String(field.type));
    }
  }
  for (const { field, at } of outputFields(schema)) {
    lookAtField(at, field.name, String(field.type));
    for (const argument of field.args) lookAtField(`${at}(${argument.name}:)`, argument.name, String(argument.type));
  }
  return breaches;
};

/** Names under which the values of a person stand, wherever they occur. */
const personalNames = new Set(
  'firstName lastName fullName email mobilePhone secondaryPhone birthDate gender identifier line1 line2 line3 postcode sharedIdentifier'.split(
    ' ',
  ),
);
const contactScalars = new Set(['EmailAddress', 'PhoneNumber']);

/** A value of a person is marked as such, on the way in and on the way out; marks drive logs, scopes and erasing. */
export const personalValuesAreMarked: SchemaRule = (schema) => {
  const isPersonal = (name: string, type: GraphQLNamedType): boolean =>
    contactScalars.has(type.name) ||
    (personalNames.has(name) && (isScalarType(type) || isEnumType(type) || type.name.startsWith('BirthDate')));
  const inputs = ownTypes(schema).flatMap((type) =>
    isInputObjectType(type)
      ? Object.values(type.getFields())
          .filter((field) => isPersonal(field.name, getNamedType(field.type)))
          .filter((field) => !field.astNode?.directives?.some((directive) => directive.name.value === 'personal'))
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  const outputs = outputFields(schema)
    .filter(({ field }) => isPersonal(field.name, getNamedType(field.type)) && !hasDirective(field, 'personal'))
    .map(({ at }) => at);
  return [...inputs, ...outputs].map((at) => `${at} is a value of a person and must carry @personal`);
};

/** Whoever reads a deprecation learns what to use and until when. */
export const deprecationsSayWhen: SchemaRule = (schema) =>
  outputFields(schema)
    .filter(({ field }) => field.deprecationReason != null)
    .filter(({ field }) => !/^Use .+\. Removed on \d{4}-\d{2}-\d{2}\.$/.test(field.deprecationReason ?? ''))
    .map(({ at }) => `${at} must say: Use x. Removed on YYYY-MM-DD.`);
