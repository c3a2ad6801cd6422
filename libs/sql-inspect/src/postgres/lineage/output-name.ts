/** Names of result columns, as FigureColname (parse_target.c) gives them. */
import type { Node, TypeName } from 'libpg-query';
import { dispatch, stringOf, stringsOf, type NodeHandlers } from '../parser/ast.ts';

/** A name and how good it is: 2 is taken, 1 (of a type, a constant form) gives way, 0 is no name. */
interface Figured {
  readonly name: string;
  readonly strength: 0 | 1 | 2;
}

const NONE: Figured = { name: '?column?', strength: 0 };

/** The name of a result column without AS. */
export function outputName(node: Node): string {
  return figure(node).name;
}

function figure(node: Node | undefined): Figured {
  return node === undefined ? NONE : (dispatch(BY_NODE, node, undefined) ?? NONE);
}

function firm(name: string | undefined): Figured {
  return name === undefined ? NONE : { name, strength: 2 };
}

function typeLabel(type: TypeName | undefined): Figured {
  const name = stringsOf(type?.names).at(-1);
  return name === undefined ? NONE : { name, strength: 1 };
}

function lastField(fields: readonly Node[] | undefined): string | undefined {
  return stringsOf(fields).at(-1);
}

type Named =
  | 'ColumnRef'
  | 'A_Indirection'
  | 'FuncCall'
  | 'A_Expr'
  | 'TypeCast'
  | 'CollateClause'
  | 'GroupingFunc'
  | 'MergeSupportFunc'
  | 'SubLink'
  | 'CaseExpr'
  | 'A_ArrayExpr'
  | 'RowExpr'
  | 'CoalesceExpr'
  | 'MinMaxExpr'
  | 'SQLValueFunction'
  | 'XmlExpr'
  | 'XmlSerialize'
  | 'JsonParseExpr'
  | 'JsonScalarExpr'
  | 'JsonSerializeExpr'
  | 'JsonObjectConstructor'
  | 'JsonArrayConstructor'
  | 'JsonArrayQueryConstructor'
  | 'JsonObjectAgg'
  | 'JsonArrayAgg'
  | 'JsonFuncExpr';

const BY_NODE: NodeHandlers<Named, undefined, Figured> = {
  ColumnRef: ({ fields }) => firm(lastField(fields)),
  A_Indirection: ({ arg, indirection }) => {
    const name = lastField(indirection);
    return name === undefined ? figure(arg) : firm(name);
  },
  FuncCall: ({ funcname }) => firm(lastField(funcname)),
  A_Expr: ({ kind }) => (kind === 'AEXPR_NULLIF' ? firm('nullif') : NONE),
  TypeCast: ({ arg, typeName }) => {
    const inner = figure(arg);
    return inner.strength > 1 ? inner : typeLabel(typeName);
  },
  CollateClause: ({ arg }) => figure(arg),
  GroupingFunc: () => firm('grouping'),
  MergeSupportFunc: () => firm('merge_action'),
  SubLink: ({ subLinkType, subselect }) => {
    switch (subLinkType) {
      case 'EXISTS_SUBLINK':
        return firm('exists');
      case 'ARRAY_SUBLINK':
        return firm('array');
      case 'EXPR_SUBLINK':
        return firstTarget(subselect);
      default:
        return NONE;
    }
  },
  CaseExpr: ({ defresult }) => {
    const inner = figure(defresult);
    return inner.strength > 1 ? inner : { name: 'case', strength: 1 };
  },
  A_ArrayExpr: () => firm('array'),
  RowExpr: () => firm('row'),
  CoalesceExpr: () => firm('coalesce'),
  MinMaxExpr: ({ op }) => firm(op === 'IS_LEAST' ? 'least' : 'greatest'),
  SQLValueFunction: ({ op }) => firm(VALUE_FUNCTION_NAMES[op ?? ''] ?? '?column?'),
  XmlExpr: ({ op }) => firm(XML_NAMES[op ?? ''] ?? '?column?'),
  XmlSerialize: () => firm('xmlserialize'),
  JsonParseExpr: () => firm('json'),
  JsonScalarExpr: () => firm('json_scalar'),
  JsonSerializeExpr: () => firm('json_serialize'),
  JsonObjectConstructor: () => firm('json_object'),
  JsonArrayConstructor: () => firm('json_array'),
  JsonArrayQueryConstructor: () => firm('json_array'),
  JsonObjectAgg: () => firm('json_objectagg'),
  JsonArrayAgg: () => firm('json_arrayagg'),
  JsonFuncExpr: ({ op }) => firm(JSON_NAMES[op ?? ''] ?? '?column?'),
};

/** A scalar subquery takes the name of its one column, given or figured. */
function firstTarget(subselect: Node | undefined): Figured {
  if (subselect === undefined || !('SelectStmt' in subselect)) return NONE;
  let select = subselect.SelectStmt;
  while (select.larg !== undefined) select = select.larg;
  const target = select.targetList?.[0];
  if (target === undefined || !('ResTarget' in target))
    return select.valuesLists === undefined ? NONE : firm('column1');
  const { name, val } = target.ResTarget;
  return name === undefined ? figure(val) : firm(name);
}

const VALUE_FUNCTION_NAMES: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'current_date',
  SVFOP_CURRENT_TIME: 'current_time',
  SVFOP_CURRENT_TIME_N: 'current_time',
  SVFOP_CURRENT_TIMESTAMP: 'current_timestamp',
  SVFOP_CURRENT_TIMESTAMP_N: 'current_timestamp',
  SVFOP_LOCALTIME: 'localtime',
  SVFOP_LOCALTIME_N: 'localtime',
  SVFOP_LOCALTIMESTAMP: 'localtimestamp',
  SVFOP_LOCALTIMESTAMP_N: 'localtimestamp',
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
};

const XML_NAMES: Readonly<Record<string, string>> = {
  IS_XMLCONCAT: 'xmlconcat',
  IS_XMLELEMENT: 'xmlelement',
  IS_XMLFOREST: 'xmlforest',
  IS_XMLPARSE: 'xmlparse',
  IS_XMLPI: 'xmlpi',
  IS_XMLROOT: 'xmlroot',
};

const JSON_NAMES: Readonly<Record<string, string>> = {
  JSON_EXISTS_OP: 'json_exists',
  JSON_QUERY_OP: 'json_query',
  JSON_VALUE_OP: 'json_value',
};

/** Text of the one String of a list, for callers that need the last name only. */
export function lastName(nodes: readonly Node[] | undefined): string {
  return stringOf(nodes?.at(-1)) ?? '';
}
