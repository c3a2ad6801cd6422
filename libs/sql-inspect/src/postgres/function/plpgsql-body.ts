/**
 * PL/pgSQL bodies: every SQL expression in them counts, whether its branch is
 * taken or not. Dynamic SQL (EXECUTE and its kin) cannot be read, and makes the
 * function `sql.call`. What a body returns is not followed.
 */
import type { UserFunction } from '../../model/catalog.ts';
import { dottedName } from '../../model/column-ref.ts';
import { Analysis } from '../analysis/analysis.ts';
import { rootScope, type Scope } from '../lineage/scope.ts';
import { UNKNOWN_SOURCES, type Sources } from '../lineage/sources.ts';
import { parsePlpgsql, parseSql } from '../parser/parse-sql.ts';
import { statementEffects } from '../statement/statement-effects.ts';
import type { ReadFunction } from './function-definition.ts';
import { bodyEnvironment } from './sql-body.ts';

/** Nodes of the PL/pgSQL tree that only hold others; any other one is not known and counts as a call. */
const KNOWN_NODES =
  /^PLpgSQL_(function|stmt_(block|assign|if|case|loop|while|fori|fors|forc|foreach_a|exit|return|return_next|return_query|raise|assert|execsql|getdiag|open|fetch|close|perform|call|commit|rollback)|expr|var|rec|row|recfield|promise|type|exception(_block)?|condition|case_when|if_elsif|raise_option|diag_item|nsitem|variable)$/;

/** Fields that hold dynamic SQL. */
const DYNAMIC_FIELDS: ReadonlySet<string> = new Set(['dynquery']);

interface Body {
  readonly expressions: { readonly query: string; readonly mode: number }[];
  readonly names: Set<string>;
  isDynamic: boolean;
}

/** Counts a body. False where it cannot be read at all. */
export function plpgsqlBody(
  analysis: Analysis,
  definition: string,
  user: UserFunction,
  read: ReadFunction,
  label: string = dottedName(user.schema, user.name),
): boolean {
  const tree = parsePlpgsql(definition);
  if (tree === undefined) return false;
  const body: Body = {
    expressions: [],
    names: new Set([...read.inputs.map(({ name }) => name), ...read.outputs, user.name]),
    isDynamic: false,
  };
  collect(tree, body);
  const inner = new Analysis(bodyEnvironment(analysis, user, { ...read, body: undefined }));
  const scope = variableScope(inner, body.names);
  for (const { query, mode } of body.expressions) countExpression(query, mode, scope);
  if (body.isDynamic) inner.addOpaqueCall(label);
  analysis.merge(inner.summary());
  return true;
}

function collect(value: unknown, body: Body): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, body);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    if (key.startsWith('PLpgSQL_')) visit(key, child, body);
    if (DYNAMIC_FIELDS.has(key)) body.isDynamic = true;
    if ((key === 'refname' || key === 'label') && typeof child === 'string') body.names.add(child);
    collect(child, body);
  }
}

function visit(tag: string, content: unknown, body: Body): void {
  if (!KNOWN_NODES.test(tag)) body.isDynamic = true;
  if (tag !== 'PLpgSQL_expr' || typeof content !== 'object' || content === null) return;
  const { query, parseMode } = content as { query?: unknown; parseMode?: unknown };
  if (typeof query !== 'string') body.isDynamic = true;
  else body.expressions.push({ query, mode: typeof parseMode === 'number' ? parseMode : 0 });
}

/** RawParseMode of the server: 0 statements, 2 an expression, 3 to 5 an assignment to a target of 1 to 3 names. */
function countExpression(query: string, mode: number, scope: Scope): void {
  const sql = mode === 0 ? query : `SELECT ${mode === 2 ? query : assignedPart(query)}`;
  const parsed = parseSql(sql);
  if (!parsed.ok) {
    scope.analysis.addOpaqueCall('PL/pgSQL expression');
    return;
  }
  for (const { node } of parsed.statements) statementEffects(node, scope);
}

/** `target := expression` or `target = expression`; a subscript in the target may itself hold an expression. */
function assignedPart(query: string): string {
  const match = /^([^=]*?):?=(.*)$/s.exec(query);
  if (match === null) return query;
  const [, target = '', expression = ''] = match;
  const subscripts = [...target.matchAll(/\[([^\]]*)\]/g)]
    .map(([, inner = '']) => inner)
    .filter((inner) => inner !== '');
  return [`(${expression})`, ...subscripts.map((inner) => `(${inner})`)].join(', ');
}

/** Variables hold what nobody followed; trigger rows and FOUND are there without being declared. */
function variableScope(analysis: Analysis, names: ReadonlySet<string>): Scope {
  const implied = ['new', 'old', 'found', 'sqlstate', 'sqlerrm'];
  const variables = new Map<string, Sources>();
  for (const name of [...names, ...implied]) variables.set(name, UNKNOWN_SOURCES);
  return { ...rootScope(analysis), variables, positional: [] };
}
