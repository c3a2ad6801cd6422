import type { CallStmt, DoStmt } from 'libpg-query';
import type { NodeHandlers } from '../parser/ast.ts';
import { stringOf } from '../parser/ast.ts';
import { dottedName } from '../../model/column-ref.ts';
import type { UserFunction } from '../../model/catalog.ts';
import type { Scope } from '../lineage/scope.ts';
import { resultOf, writtenCall } from '../function/call-function.ts';
import { plpgsqlBody } from '../function/plpgsql-body.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import { utility, type StatementResult } from './statement-result.ts';

/** DO and CALL: `sql.call`, and what their code does where it can be read. */
export const CODE_STATEMENTS: NodeHandlers<'DoStmt' | 'CallStmt', Scope, StatementResult> = {
  DoStmt: doStatement,
  CallStmt: callStatement,
};

function doStatement({ args }: DoStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  let language = 'plpgsql';
  let code = '';
  for (const node of args ?? []) {
    if (!('DefElem' in node)) continue;
    const value = stringOf(node.DefElem.arg) ?? '';
    if (node.DefElem.defname === 'language') language = value.toLowerCase();
    else code = value;
  }
  analysis.effects.add('sql.call', 'function', `DO ${language}`);
  const isRead =
    language === 'plpgsql' &&
    plpgsqlBody(analysis, asFunction(code), ANONYMOUS, ANONYMOUS_BODY, 'DO plpgsql');
  if (!isRead) analysis.opaque = true;
  analysis.changesCatalog ||= analysis.opaque;
  return utility(scope, 'DO');
}

const ANONYMOUS: UserFunction = {
  oid: 0,
  schema: 'pg_temp',
  name: 'DO',
  language: 'plpgsql',
  volatility: 'volatile',
  kind: 'procedure',
  owner: '',
  parts: [],
};

const ANONYMOUS_BODY = {
  language: 'plpgsql',
  text: undefined,
  body: undefined,
  inputs: [],
  outputs: [],
  searchPath: undefined,
  isSecurityDefiner: false,
};

/** The parser reads PL/pgSQL from CREATE FUNCTION only. The quote is one that the code does not hold. */
function asFunction(code: string): string {
  let tag = 'body';
  while (code.includes(`$${tag}$`)) tag += 'x';
  return `CREATE FUNCTION pg_temp.inline() RETURNS void LANGUAGE plpgsql AS $${tag}$${code}$${tag}$`;
}

function callStatement({ funccall }: CallStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  const call = writtenCall(funccall ?? {}, scope);
  const users = analysis.path.functions(call.name, call.schema);
  const names =
    users.length === 0
      ? [dottedName(call.schema ?? 'pg_catalog', call.name)]
      : users.map((user) => dottedName(user.schema, user.name));
  for (const name of names) analysis.effects.add('sql.call', 'function', name);
  const sources = resultOf(call);
  analysis.addDerived(call.values);
  // A procedure with OUT parameters returns one row of them.
  const columns =
    sources.unknown || sources.columns.size > 0 || users.length > 0
      ? UNRESOLVED_COLUMNS
      : { columns: [], open: sources };
  return utility(scope, 'CALL', { columns, returnsRows: true });
}
