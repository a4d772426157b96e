import type { GraphQLSchema } from 'graphql';
import { type OperationContext, requireActor } from '../access/context.js';
import { hasScope, type Scope } from '../access/scopes.js';
import type { Resolvers } from '../generated/resolvers-types.js';
import { badInput } from '../kernel/errors.js';
import { type NodeId, type NodeKind, nodeKinds, parseNodeId } from '../kernel/ids.js';
import { scopesOn } from './schema-policy.js';

/** Ids that one `nodes` may name. */
const idsMax = 100;

/** What a room gives to have its things found by global id: null alike for what is not there and not the actor's. */
export type NodeReader = (id: NodeId, context: OperationContext) => Promise<object | null>;

/** Readers by kind of id; a kind without one is never found. */
export type NodeReaders = Partial<Readonly<Record<NodeKind, NodeReader>>>;

/** Which type an object was read as, for objects that do not carry `__typename` themselves. */
const typenames = new WeakMap<object, string>();

/** The object type of a value of an abstract type: its own `__typename`, or the kind of id it was found by. */
export function typenameOf(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const own = (value as { __typename?: unknown }).__typename;
  return typeof own === 'string' ? own : typenames.get(value);
}

/**
 * `node` and `nodes`. A type whose scope the token lacks is not there for it, even when the document does not name the
 * type.
 */
export function createNodeResolvers(readers: NodeReaders): Resolvers {
  return {
    Query: {
      node: (_parent, args, context, info) => read(readers, args.id, ['id'], context, info.schema),
      nodes: (_parent, args, context, info) => {
        if (args.ids.length > idsMax) throw badInput(`At most ${idsMax} ids are answered at once; send fewer`, ['ids']);
        return args.ids.map((id, index) => read(readers, id, ['ids', String(index)], context, info.schema));
      },
    },
  };
}

async function read(
  readers: NodeReaders,
  text: string,
  field: readonly string[],
  context: OperationContext,
  schema: GraphQLSchema,
): Promise<never> {
  const id = parseNodeId(text);
  if (id === null) throw badInput(`A global id was expected at ${field.join('.')}`, field);
  const { typename } = nodeKinds[id.kind];
  const actor = requireActor(context);
  const isAllowed = scopesOn(schema, typename).every((scope) => hasScope(actor, scope as Scope));
  const found = isAllowed ? ((await readers[id.kind]?.(id, context)) ?? null) : null;
  if (found !== null) typenames.set(found, typename);
  // The generated type is the union of every node; which one this is, only the kind of id tells.
  return found as never;
}
