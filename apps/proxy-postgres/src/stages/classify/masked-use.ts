import type { CompiledView, Effect, EffectObject } from '@sallyport/policy-sdk';
import type { ColumnSources, SqlStatement } from '@sallyport/sql-inspect';

/**
 * What a statement does with masked columns beside returning them masked
 * (DESIGN.md, section 6): deciding by them which rows come is an oracle, and
 * writing them elsewhere is a copy. Each is an effect of its own, so that policy
 * can tell who may.
 */
export function maskedUseEffects(statement: SqlStatement, view: CompiledView): readonly Effect[] {
  if (!view.hasColumnMasks) return [];
  return [
    ...effectOf('sql.read.predicate', statement.predicateColumns, view),
    ...effectOf('sql.read.derive', statement.derivedColumns, view),
  ];
}

function effectOf(action: string, sources: ColumnSources, view: CompiledView): readonly Effect[] {
  if (sources === 'unknown') return [{ action, objects: [{ kind: 'any', name: '*' }], readOnly: true }];
  const objects = objectsOf(sources.filter((column) => view.maskColumns.matches(column)));
  return objects.length === 0 ? [] : [{ action, objects, readOnly: true }];
}

/** The last part of a column's name, which is quoted where it holds a dot or a quote. */
const LAST_PART = /^(.*)\.("(?:[^"]|"")*"|[^."]*)$/;

function objectsOf(columns: readonly string[]): EffectObject[] {
  const partsByTable = new Map<string, string[]>();
  for (const column of columns) {
    const [, table = column, part = ''] = LAST_PART.exec(column) ?? [];
    partsByTable.set(table, [...(partsByTable.get(table) ?? []), part]);
  }
  return [...partsByTable].map(([name, parts]) => ({ kind: 'table', name, parts }));
}
