import { type GraphQLSchema, getNamedType, isAbstractType, isObjectType } from 'graphql';
import type { Selection } from '../access/context.js';
import { fieldOf } from './schema-policy.js';

/** Root fields open to a token that is bound to a customer's profile. Every other one is closed to it, new ones included. */
export const boundRootFields: ReadonlySet<string> = new Set([
  'Query.viewer',
  'Query.brand',
  'Query.brands',
  'Query.consents',
  'Query.activation',
  'Mutation.crossBrandLinkActivate',
  'Mutation.crossBrandLinkDecline',
  'Mutation.crossBrandLinkWithdraw',
]);

/**
 * Fields by which such a token comes to things with an id. Each is here because, from the customer's own profile, it leads
 * to rows of that customer alone; what may lead to somebody else's (the purchase that a return takes back, duplicates,
 * merges, group customers) is not.
 */
export const boundNodeFields: ReadonlySet<string> = new Set([
  'Viewer.profile',
  'Profile.addresses',
  'Profile.crossBrandLinks',
  'IdentityConnection.nodes',
  'IdentityEdge.node',
  'Identity.profile',
  'TransactionConnection.nodes',
  'TransactionEdge.node',
  'Transaction.profile',
  'RewardConnection.nodes',
  'RewardEdge.node',
  'CrossBrandLink.consent',
  // The other end is in another brand than the token's, so it is out of reach.
  'CrossBrandLinkEnd.profile',
  'ConsentConnection.nodes',
  'ConsentEdge.node',
]);

/** Things with an id that are nobody's: they come from the configuration. */
const typesOfNobody: ReadonlySet<string> = new Set(['Brand']);

/** Whether a type, or one that may stand behind it, has ids and is somebody's. */
export function isSomebodys(schema: GraphQLSchema, typename: string): boolean {
  const type = schema.getType(typename);
  if (isAbstractType(type)) return schema.getPossibleTypes(type).some((each) => isSomebodys(schema, each.name));
  if (!isObjectType(type) || typesOfNobody.has(typename)) return false;
  return type.getInterfaces().some((each) => each.name === 'Node');
}

/** Fields of a selection, as `Type.field` and sorted, that no token bound to a profile reaches whatever its scopes. */
export function outsideBinding(schema: GraphQLSchema, selection: Selection): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const outside: string[] = [];
  for (const [typename, names] of selection) {
    const type = schema.getType(typename);
    const isRoot = roots.some((root) => root?.name === typename);
    for (const name of names) {
      const field = fieldOf(type, name);
      // Meta fields tell about the schema alone.
      if (field === undefined) continue;
      const coordinate = `${typename}.${name}`;
      const isOpen = isRoot
        ? boundRootFields.has(coordinate)
        : boundNodeFields.has(coordinate) || !isSomebodys(schema, getNamedType(field.type).name);
      if (!isOpen) outside.push(coordinate);
    }
  }
  return outside.sort();
}
