import type {
  BuiltinFunction,
  CatalogColumn,
  CatalogRelation,
  FunctionReference,
  RelationKind,
  UserCast,
  UserFunction,
  UserOperator,
  Volatility,
} from '../../model/catalog.ts';
import {
  CatalogRowError,
  list,
  number,
  optionalText,
  parseJson,
  record,
  text,
  texts,
  type JsonValue,
} from './catalog-rows.ts';

const RELATION_KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned-table',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
  S: 'sequence',
  c: 'composite-type',
  i: 'index',
};

function relationKind(value: JsonValue | undefined): RelationKind {
  const kind = RELATION_KINDS[text(value)];
  if (kind === undefined) throw new CatalogRowError('a relation is of an unknown kind');
  return kind;
}

function column(value: JsonValue): CatalogColumn {
  const [name, attnum, typeOid, generation] = list(value);
  const expression = optionalText(generation);
  return {
    name: text(name),
    attnum: number(attnum),
    typeOid: number(typeOid),
    ...(expression === undefined ? {} : { generation: expression }),
  };
}

/** What a relation has that only has columns. */
const PLAIN = { rules: [], insteadTriggers: [], parents: [], isPartition: false, referencedBy: [] } as const;

export function systemRelation(json: string): CatalogRelation {
  const [oid, schema, name, kind, columns] = list(parseJson(json));
  return {
    ...PLAIN,
    oid: number(oid),
    schema: text(schema),
    name: text(name),
    kind: relationKind(kind),
    columns: list(columns).map(column),
    isSystem: true,
  };
}

export function indexRelation(json: string): CatalogRelation {
  const [oid, schema, name, table] = list(parseJson(json));
  return {
    ...PLAIN,
    oid: number(oid),
    schema: text(schema),
    name: text(name),
    kind: 'index',
    columns: [],
    indexedOid: number(table),
    isSystem: false,
  };
}

export function userRelation(json: string): CatalogRelation {
  const row = record(parseJson(json));
  const viewDefinition = optionalText(row['view']);
  const serverName = optionalText(row['server']);
  return {
    oid: number(row['oid']),
    schema: text(row['schema']),
    name: text(row['name']),
    kind: relationKind(row['kind']),
    columns: list(row['columns']).map(column),
    ...(viewDefinition === undefined ? {} : { viewDefinition }),
    ...(serverName === undefined ? {} : { serverName }),
    rules: texts(row['rules']),
    insteadTriggers: list(row['instead']).map((value) => {
      const [functionOid, events] = list(value);
      return { functionOid: number(functionOid), events: number(events) };
    }),
    parents: list(row['parents']).map(number),
    isPartition: row['partition'] === true,
    referencedBy: list(row['references']).map((value) => {
      const [referencing, onDelete, onUpdate, keyColumns] = list(value);
      return {
        referencingOid: number(referencing),
        onDelete: text(onDelete),
        onUpdate: text(onUpdate),
        keyColumns: texts(keyColumns),
      };
    }),
    isSystem: false,
  };
}

const VOLATILITIES: Readonly<Record<string, Volatility>> = {
  i: 'immutable',
  s: 'stable',
  v: 'volatile',
  1: 'immutable',
  2: 'stable',
  3: 'volatile',
};

export function builtinFunction(json: string): BuiltinFunction {
  const [name, volatility, minShape, maxShape, minOutputs, maxOutputs, isAggregate, returnsSet] = list(
    parseJson(json),
  );
  const agrees = minShape === maxShape && minOutputs === maxOutputs;
  const outputs = agrees && maxShape === 'columns' ? list(parseJson(text(maxOutputs))) : [];
  const named = outputs.filter((output): output is string => typeof output === 'string' && output !== '');
  const isWhole = named.length > 0 && named.length === outputs.length;
  return {
    name: text(name),
    volatility: VOLATILITIES[number(volatility)] ?? 'volatile',
    shape: agrees && maxShape === 'scalar' ? 'scalar' : isWhole ? 'columns' : 'open',
    ...(isWhole ? { outputs: named } : {}),
    isAggregate: isAggregate === true,
    returnsSet: returnsSet === true,
  };
}

const FUNCTION_KINDS: Readonly<Record<string, UserFunction['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
};

export function userFunction(json: string): UserFunction {
  const row = record(parseJson(json));
  const definition = optionalText(row['definition']);
  const extension = optionalText(row['extension']);
  return {
    oid: number(row['oid']),
    schema: text(row['schema']),
    name: text(row['name']),
    language: text(row['language']),
    volatility: VOLATILITIES[text(row['volatility'])] ?? 'volatile',
    kind: FUNCTION_KINDS[text(row['kind'])] ?? 'function',
    owner: text(row['owner']),
    ...(definition === undefined ? {} : { definition }),
    ...(extension === undefined ? {} : { extension }),
    parts: list(row['parts']).map(reference),
  };
}

function reference(value: JsonValue | undefined): FunctionReference {
  const row = record(value);
  const builtin = optionalText(row['builtin']);
  return { oid: number(row['oid']), ...(builtin === undefined ? {} : { builtin }) };
}

export function userOperator(json: string): UserOperator {
  const row = record(parseJson(json));
  return { schema: text(row['schema']), name: text(row['name']), function: reference(row['function']) };
}

export function userCast(json: string): UserCast {
  const row = record(parseJson(json));
  return {
    sourceType: text(row['source']),
    targetType: text(row['target']),
    isImplicit: row['implicit'] === true,
    function: reference(row['function']),
  };
}
