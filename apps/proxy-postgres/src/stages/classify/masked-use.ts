import type { Effect } from '@sallyport/policy-sdk';
import type { ColumnSources, SqlStatement } from '@sallyport/sql-inspect';

export function maskedUseEffects(statement: SqlStatement, isMasked: (column: string) => boolean): Effect[] {
  const effects: Effect[] = [];
  const add = (action: string, sources: ColumnSources) => {
    const names = sources === 'unknown' ? ['*'] : sources.filter(isMasked);
    if (names.length > 0)
      effects.push({ action, objects: names.map((name) => ({ kind: 'any', name })), readOnly: true });
  };
  add('sql.read.predicate', statement.predicateColumns);
  add('sql.read.derive', statement.derivedColumns);
  return effects;
}
