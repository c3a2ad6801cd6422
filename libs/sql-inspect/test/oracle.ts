/**
 * Holds an inspection against what the server really answers: names, the origin
 * it reports for each column, and the values themselves, which say where they
 * are from.
 */
import { inspectSql, type SqlEnvironment, type SqlOutputs } from '../src/index.ts';
import { taintOf, type LineageServer } from './lineage-server.ts';

const AS_TEXT = { getTypeParser: () => (value: string) => value } as never;

export type Verdict =
  | { readonly kind: 'agrees'; readonly isPrecise: boolean; readonly tainted: number }
  | { readonly kind: 'server-error'; readonly message: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'LEAK'; readonly detail: string };

/** Runs a statement in a transaction that is rolled back, and compares. */
export async function compare(
  { client, env, stored }: Pick<LineageServer, 'client' | 'env' | 'stored'>,
  sql: string,
): Promise<Verdict> {
  const inspection = inspectSql(sql, env);
  await client.query('BEGIN');
  try {
    const result = await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types: AS_TEXT });
    if (!inspection.ok) return { kind: 'refused', reason: inspection.message };
    const [statement] = inspection.statements;
    if (statement === undefined || statement.unresolved.length > 0) {
      return { kind: 'refused', reason: `unresolved ${statement?.unresolved.join() ?? ''}` };
    }
    const outcome = verdict(env, statement.outputs, result.fields, result.rows);
    const isRead = statement.touches.every(({ mode }) => mode === 'read');
    if (outcome.kind !== 'agrees' || !isRead) return outcome;
    return notStored(statement.outputs, result.rows, stored) ?? outcome;
  } catch (error) {
    return { kind: 'server-error', message: error instanceof Error ? error.message : String(error) };
  } finally {
    await client.query('ROLLBACK');
  }
}

interface Field {
  readonly name: string;
  readonly tableID: number;
  readonly columnID: number;
}

function verdict(
  env: SqlEnvironment,
  outputs: SqlOutputs,
  fields: readonly Field[],
  rows: readonly (readonly (string | null)[])[],
): Verdict {
  if (outputs === 'none') {
    return fields.length === 0
      ? { kind: 'agrees', isPrecise: true, tainted: 0 }
      : leak('rows came where none were expected');
  }
  if (outputs === 'unknown') return { kind: 'agrees', isPrecise: false, tainted: 0 };
  if (outputs.length !== fields.length)
    return leak(`${fields.length} columns came, ${outputs.length} were expected`);
  let tainted = 0;
  let isPrecise = true;
  for (const [index, field] of fields.entries()) {
    const output = outputs[index];
    if (output === undefined) return leak('a column is missing');
    if (output.name !== field.name)
      return leak(`column ${index + 1} is "${field.name}", "${output.name}" was expected`);
    const { sources } = output;
    if (sources === 'unknown') {
      isPrecise = false;
      continue;
    }
    const origin = env.catalog.columnByOid(field.tableID, field.columnID);
    if (origin !== undefined && !sources.includes(origin))
      return leak(`${field.name} is ${origin}, not of ${sources.join()}`);
    for (const row of rows) {
      for (const columns of taintOf(row[index] ?? null)) {
        tainted++;
        if (!columns.some((column) => sources.includes(column))) {
          return leak(
            `${field.name} = ${String(row[index])} shows ${columns.join(' or ')}, not of [${sources.join()}]`,
          );
        }
      }
    }
  }
  return { kind: 'agrees', isPrecise, tainted };
}

function leak(detail: string): Verdict {
  return { kind: 'LEAK', detail };
}

/** A direct output gives values as they are stored in one of its columns. */
function notStored(
  outputs: SqlOutputs,
  rows: readonly (readonly (string | null)[])[],
  stored: LineageServer['stored'],
): Verdict | undefined {
  if (typeof outputs === 'string') return undefined;
  for (const [index, { name, sources, isDirect }] of outputs.entries()) {
    if (isDirect !== true || sources === 'unknown') continue;
    const known = sources.filter((source) => stored.has(source));
    if (known.length === 0) continue;
    for (const row of rows) {
      const value = row[index] ?? null;
      if (value !== null && !known.some((source) => stored.get(source)?.has(value) === true)) {
        return leak(`${name} = ${value} is called direct, but is stored in none of ${known.join()}`);
      }
    }
  }
  return undefined;
}
