import type { CommonTableExpr, Node, WithClause } from 'libpg-query';
import { stringsOf } from '../parser/ast.ts';
import {
  renamed,
  rowSources,
  withCommonTables,
  type Columns,
  type Scope,
  type ScopeColumn,
} from '../lineage/scope.ts';
import { NO_SOURCES, isWithin, union } from '../lineage/sources.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import { queryColumns } from './query.ts';
import { selectColumns } from './select.ts';

/** A WITH query, worked out when it is first asked for (WITH RECURSIVE may refer forward). */
export interface CommonTable {
  readonly columns: () => Columns;
}

/** Rounds after which the lineage of a recursive query is given up as unknown. */
const MAX_ROUNDS = 64;

/** The scope with the tables of a WITH clause in reach; all of them are worked out, used or not. */
export function withScope(clause: WithClause | undefined, parent: Scope): Scope {
  if (clause === undefined) return parent;
  const tables = new Map<string, CommonTable>();
  const scope = withCommonTables(parent, tables);
  const expressions = (clause.ctes ?? []).flatMap((node) =>
    'CommonTableExpr' in node ? [node.CommonTableExpr] : [],
  );
  if (clause.recursive === true) {
    for (const expression of expressions)
      tables.set(expression.ctename ?? '', recursiveTable(expression, scope));
    for (const table of tables.values()) table.columns();
    return scope;
  }
  for (const expression of expressions) {
    // Worked out before it is put into the list: it sees the ones before it, not itself.
    const columns = shaped(expression, queryColumns(expression.ctequery, scope));
    tables.set(expression.ctename ?? '', { columns: () => columns });
  }
  return scope;
}

/** The nearest WITH query of that name. */
export function findCommonTable(scope: Scope, name: string): CommonTable | undefined {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const found = level.commonTables.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function recursiveTable(expression: CommonTableExpr, scope: Scope): CommonTable {
  let done: Columns | undefined;
  let current: Columns = UNRESOLVED_COLUMNS;
  let isUnderway = false;
  const columns = (): Columns => {
    if (done !== undefined) return done;
    if (isUnderway) return current;
    isUnderway = true;
    const first = firstRound(expression, scope);
    if (first === undefined) return (done = shaped(expression, queryColumns(expression.ctequery, scope)));
    current = first;
    for (let round = 0; ; round++) {
      const next = shaped(expression, queryColumns(expression.ctequery, scope));
      if (isStable(next, current)) break;
      current = round < MAX_ROUNDS ? grown(current, next) : UNRESOLVED_COLUMNS;
      if (round >= MAX_ROUNDS) break;
    }
    return (done = current);
  };
  return { columns };
}

/** What the non-recursive term gives, as the first answer to the query's reference to itself; undefined where it can have none. */
function firstRound(expression: CommonTableExpr, scope: Scope): Columns | undefined {
  const query: Node | undefined = expression.ctequery;
  if (query === undefined || !('SelectStmt' in query)) return undefined;
  const { op, larg, withClause } = query.SelectStmt;
  if (op !== 'SETOP_UNION' || larg === undefined) return undefined;
  return shaped(expression, selectColumns(larg, withScope(withClause, scope)));
}

function isStable(next: Columns, current: Columns): boolean {
  if (current.open !== undefined) return true;
  if (next.open !== undefined) return false;
  return next.columns.every((column, index) => {
    const before = current.columns[index];
    const staysComputed = column.isDirect === true || before?.isDirect !== true;
    return staysComputed && isWithin(column.sources, before?.sources ?? NO_SOURCES);
  });
}

function grown(current: Columns, next: Columns): Columns {
  if (next.open !== undefined) return next;
  return {
    columns: current.columns.map((column, index) => ({
      name: column.name,
      sources: union(column.sources, next.columns[index]?.sources ?? NO_SOURCES),
      isDirect: column.isDirect === true && next.columns[index]?.isDirect === true,
    })),
    open: current.open,
  };
}

/** Columns under the names of the alias list, with those that SEARCH and CYCLE add. */
function shaped(expression: CommonTableExpr, { columns, open }: Columns): Columns {
  const named = [...renamed(columns, stringsOf(expression.aliascolnames))];
  const { search_clause: search, cycle_clause: cycle } = expression;
  const added: (string | undefined)[] = [
    search?.search_seq_column,
    cycle?.cycle_mark_column,
    cycle?.cycle_path_column,
  ];
  const all = rowSources({ columns: named, open });
  for (const name of added) {
    if (name !== undefined && !named.some((column: ScopeColumn) => column.name === name))
      named.push({ name, sources: all });
  }
  return { columns: named, open };
}
