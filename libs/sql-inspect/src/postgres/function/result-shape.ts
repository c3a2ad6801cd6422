import type { CreateFunctionStmt } from 'libpg-query';
import type { UserFunction } from '../../model/catalog.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { stringsOf } from '../parser/ast.ts';
import { rowSources, type Columns } from '../lineage/scope.ts';
import { readFunction } from './function-definition.ts';

/** Names of a function's result columns; `scalar`: one value; `open`: not known before the call. */
export type ResultShape = readonly string[] | 'scalar' | 'open';

/** The shape that a function's declaration gives. */
export function resultShape(
  analysis: Analysis,
  user: UserFunction,
  create: CreateFunctionStmt | undefined,
): ResultShape {
  if (user.kind === 'aggregate') return 'scalar';
  if (create === undefined) return 'open';
  const { outputs } = readFunction(create);
  if (outputs.length > 0) return outputs.some((name) => name === '') ? 'open' : outputs;
  const names = stringsOf(create.returnType?.names);
  const name = names.at(-1);
  if (name === undefined) return user.kind === 'procedure' ? 'scalar' : 'open';
  const schema = names.length > 1 ? names.at(-2) : undefined;
  const relation = analysis.path.relation(name, schema);
  if (relation !== undefined && schema !== 'pg_catalog') return relation.columns.map((column) => column.name);
  const isPlain = analysis.env.catalog.isSystemType(name) && !/^_?record$|^any/.test(name);
  // A user's type may be a domain over a row type; enums pay for it with an unnamed column.
  return isPlain ? 'scalar' : 'open';
}

/** A body's result under the declared names; columns that do not match one by one may each hold anything of it. */
export function withShape(shape: ResultShape, body: Columns, functionName: string): Columns {
  const all = rowSources(body);
  if (shape === 'open') return { columns: [], open: all };
  const names = shape === 'scalar' ? [functionName] : shape;
  const matches = body.open === undefined && body.columns.length === names.length;
  return {
    columns: names.map((name, index) => ({
      name,
      sources: matches ? (body.columns[index]?.sources ?? all) : all,
    })),
    open: undefined,
  };
}
