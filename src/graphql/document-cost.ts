import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { childRowsPerCommandMax, pageSizeDefault } from '../kernel/limits.js';
import { limitExceeded } from './document-shape.js';
import { fieldOf, type SchemaPolicy } from './schema-policy.js';

/** Fields of an operation with its fragments written out; GraphiQL's own introspection has about 150. */
const expandedFieldsMax = 10_000;
/** How many entries a list without a page size is taken to have. */
const plainListSize = 5;
/** Levels that introspection may take, whatever is allowed elsewhere: the usual query follows nine wrappers of a type. */
const introspectionDepthMax = 20;

/** Limits from the configuration. */
export interface CostLimits {
  readonly depthMax: number;
  readonly costMax: number;
}

/** Size of something selected. Parts that stand in `edges` or `nodes` count once per row of the connection around them. */
interface Measure {
  cost: number;
  costPerRow: number;
  rows: number;
  rowsPerRow: number;
  depth: number;
  fields: number;
}

const nothing = (): Measure => ({ cost: 0, costPerRow: 0, rows: 0, rowsPerRow: 0, depth: 0, fields: 0 });

type Variables = Readonly<Record<string, unknown>>;

/**
 * Measures an operation against the limits without executing or validating anything. Every fragment is measured once,
 * so the time is that of reading the document, however often fragments double themselves. Answers with the number of its
 * fields, fragments written out.
 * @throws AppError `LIMIT_EXCEEDED`.
 */
export function checkCost(
  policy: SchemaPolicy,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  limits: CostLimits,
): number {
  const meter = new Meter(policy, document, operation, variables);
  const total = meter.operation();
  if (!(total.fields <= expandedFieldsMax))
    throw limitExceeded('has too many fields once its fragments are written out');
  if (total.depth > limits.depthMax) throw limitExceeded('is nested too deeply');
  if (!(total.cost <= limits.costMax)) throw limitExceeded('costs too much with these page sizes');
  if (!(total.rows <= childRowsPerCommandMax)) throw limitExceeded('asks for too many rows in lists within lists');
  return total.fields;
}

class Meter {
  readonly #policy: SchemaPolicy;
  readonly #operation: OperationDefinitionNode;
  readonly #variables: Variables;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, Measure>();

  constructor(policy: SchemaPolicy, document: DocumentNode, operation: OperationDefinitionNode, variables: Variables) {
    this.#policy = policy;
    this.#operation = operation;
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  operation(): Measure {
    return this.#selections(
      this.#operation.selectionSet,
      this.#policy.schema.getRootType(this.#operation.operation) ?? null,
    );
  }

  #selections(selectionSet: SelectionSetNode, type: GraphQLNamedType | null): Measure {
    const total = nothing();
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) this.#addField(total, selection, type);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) add(total, this.#fragment(selection.name.value));
      else
        add(
          total,
          this.#selections(selection.selectionSet, this.#typeNamed(selection.typeCondition?.name.value, type)),
        );
    }
    return total;
  }

  #fragment(name: string): Measure {
    const known = this.#measured.get(name);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    // A cycle counts as nothing here: validation refuses it.
    this.#measured.set(name, nothing());
    if (fragment === undefined) return nothing();
    const measure = this.#selections(fragment.selectionSet, this.#typeNamed(fragment.typeCondition.name.value, null));
    this.#measured.set(name, measure);
    return measure;
  }

  #typeNamed(name: string | undefined, otherwise: GraphQLNamedType | null): GraphQLNamedType | null {
    return name === undefined ? otherwise : (this.#policy.schema.getType(name) ?? null);
  }

  #addField(total: Measure, node: FieldNode, type: GraphQLNamedType | null): void {
    const name = node.name.value;
    const field = fieldOf(type, name);
    const inner =
      node.selectionSet === undefined
        ? nothing()
        : this.#selections(node.selectionSet, field === undefined ? null : getNamedType(field.type));
    const weight = field === undefined ? Number(node.selectionSet !== undefined) : this.#policy.of(type, field).weight;
    const isIntrospection = name.startsWith('__') && inner.depth <= introspectionDepthMax;
    total.fields += 1 + inner.fields;
    total.depth = Math.max(total.depth, isIntrospection ? 1 : 1 + inner.depth);
    const pageSize = pageSizeOf(node, field, this.#operation, this.#variables);
    const cost = inner.cost + inner.costPerRow * (pageSize ?? pageSizeDefault);
    const rows = Math.max(inner.rows, inner.rowsPerRow * (pageSize ?? pageSizeDefault));
    const isList = field !== undefined && isListType(getNullableType(field.type));
    if (isList && isRowsField(name, type)) {
      total.costPerRow += weight + cost;
      total.rowsPerRow = Math.max(total.rowsPerRow, 1, rows);
    } else if (isList && pageSize !== null) {
      total.cost += pageSize * (weight + cost);
      total.rows = Math.max(total.rows, pageSize * Math.max(1, rows));
    } else {
      total.cost += weight + cost * (isList ? plainListSize : 1);
      total.rows = Math.max(total.rows, rows);
    }
  }
}

function add(total: Measure, part: Measure): void {
  total.cost += part.cost;
  total.costPerRow += part.costPerRow;
  total.rows = Math.max(total.rows, part.rows);
  total.rowsPerRow = Math.max(total.rowsPerRow, part.rowsPerRow);
  total.depth = Math.max(total.depth, part.depth);
  total.fields += part.fields;
}

function isRowsField(name: string, type: GraphQLNamedType | null): boolean {
  return (name === 'edges' || name === 'nodes') && fieldOf(type, 'pageInfo') !== undefined;
}

/** How many rows a field is asked for: `first` of a connection, the number of `ids`; null for fields that have neither. */
function pageSizeOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  operation: OperationDefinitionNode,
  variables: Variables,
): number | null {
  const declared = field?.args.find((candidate) => candidate.name === 'first' || candidate.name === 'ids');
  if (declared === undefined) return null;
  const given = node.arguments?.find((candidate) => candidate.name.value === declared.name)?.value;
  const size = sizeOf(given, operation, variables);
  if (size !== null) return size;
  return typeof declared.defaultValue === 'number' ? declared.defaultValue : pageSizeDefault;
}

function sizeOf(value: ValueNode | undefined, operation: OperationDefinitionNode, variables: Variables): number | null {
  if (value === undefined) return null;
  if (value.kind === Kind.INT) return Math.max(0, Number(value.value));
  if (value.kind === Kind.LIST) return value.values.length;
  if (value.kind !== Kind.VARIABLE) return null;
  const given = variables[value.name.value];
  if (typeof given === 'number') return Math.max(0, given);
  if (Array.isArray(given)) return given.length;
  const defined = operation.variableDefinitions?.find(
    (candidate) => candidate.variable.name.value === value.name.value,
  );
  return given === undefined ? sizeOf(defined?.defaultValue, operation, variables) : null;
}

/** Names of the variables that decide page sizes: with the same values for these, an operation measures the same. */
export function sizeVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION) {
      collectSizeVariables(definition.selectionSet, names);
    }
  }
  return [...names];
}

function collectSizeVariables(selectionSet: SelectionSetNode, names: Set<string>): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      for (const { name, value } of selection.arguments ?? []) {
        if (value.kind === Kind.VARIABLE && (name.value === 'first' || name.value === 'ids'))
          names.add(value.name.value);
      }
    }
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined) {
      collectSizeVariables(selection.selectionSet, names);
    }
  }
}
