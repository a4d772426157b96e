import {
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';

/** What the SDL's directives say about one field. */
export interface FieldPolicy {
  /** Scopes of the field itself and of the type it gives. */
  readonly scopes: readonly string[];
  /** Whether it may be asked for without a token. */
  readonly isPublic: boolean;
  /** Cost of the field itself, before page sizes. */
  readonly weight: number;
}

type Field = GraphQLField<unknown, unknown>;

const scopeOfPersonalData = 'read-personal-data';
const nothing: FieldPolicy = { scopes: [], isPublic: false, weight: 0 };

/** Directives as data: read once per schema, asked once per document. */
export class SchemaPolicy {
  readonly schema: GraphQLSchema;
  readonly #fields = new Map<Field, FieldPolicy>();

  constructor(schema: GraphQLSchema) {
    this.schema = schema;
  }

  /**
   * The rules of a field. A field of an interface also carries the rules that its implementations put on the same
   * field, so that no fragment on an interface walks around them.
   */
  of(type: GraphQLNamedType | null | undefined, field: Field): FieldPolicy {
    let policy = this.#fields.get(field);
    if (policy === undefined) {
      policy = this.#read(type, field);
      this.#fields.set(field, policy);
    }
    return policy;
  }

  /** The rules of a field by name; none when the type has no such field. */
  named(type: GraphQLNamedType | null | undefined, name: string): FieldPolicy {
    const field = fieldOf(type, name);
    return field === undefined ? nothing : this.of(type, field);
  }

  /** Scopes that naming a type in a document asks for. */
  ofType(type: GraphQLNamedType): readonly string[] {
    return scopesOn(this.schema, type.name);
  }

  #read(type: GraphQLNamedType | null | undefined, field: Field): FieldPolicy {
    const own = field.astNode?.directives ?? [];
    const scopes = new Set([...ownScopes(own), ...scopesOn(this.schema, getNamedType(field.type).name)]);
    if (isInterfaceType(type)) {
      for (const implementation of this.schema.getPossibleTypes(type)) {
        for (const scope of ownScopes(implementation.getFields()[field.name]?.astNode?.directives ?? [])) {
          scopes.add(scope);
        }
      }
    }
    const weight = argumentOf(own, 'cost', 'weight');
    return {
      scopes: [...scopes],
      isPublic: own.some((directive) => directive.name.value === 'public'),
      weight: typeof weight === 'number' ? weight : isCompositeType(getNamedType(field.type)) ? 1 : 0,
    };
  }
}

/** The field of an object type or interface; undefined for every other type, name or meta field. */
export function fieldOf(type: GraphQLNamedType | null | undefined, name: string): Field | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

/** Scopes that a type asks for by itself, extensions included. */
export function scopesOn(schema: GraphQLSchema, typename: string): string[] {
  const type = schema.getType(typename);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const nodes = [type.astNode, ...type.extensionASTNodes];
  return nodes.flatMap((node) => ownScopes(node?.directives ?? []));
}

function ownScopes(directives: readonly ConstDirectiveNode[]): string[] {
  const named = argumentOf(directives, 'requiresScopes', 'scopes');
  const isPersonal = directives.some((directive) => directive.name.value === 'personal');
  return [...(Array.isArray(named) ? (named as string[]) : []), ...(isPersonal ? [scopeOfPersonalData] : [])];
}

function argumentOf(directives: readonly ConstDirectiveNode[], name: string, argument: string): unknown {
  const found = directives.find((directive) => directive.name.value === name);
  const value = found?.arguments?.find((candidate) => candidate.name.value === argument)?.value;
  return value === undefined ? undefined : valueFromASTUntyped(value);
}
