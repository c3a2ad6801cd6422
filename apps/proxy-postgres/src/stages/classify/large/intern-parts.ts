import type { SqlInspection, SqlStatement } from '@sallyport/sql-inspect';

/**
 * Makes equal parts of a text's statements one object, so that a script of
 * thousands of like statements crosses to another thread, and is decided on,
 * for what it says once.
 */
export function internParts(inspection: SqlInspection): SqlInspection {
  if (!inspection.ok || inspection.statements.length < 2) return inspection;
  const known = new Map<string, unknown>();
  const one = <Part>(part: Part): Part => {
    const key = JSON.stringify(part);
    const found = known.get(key);
    if (found !== undefined) return found as Part;
    known.set(key, part);
    return part;
  };
  const statements = inspection.statements.map((statement): SqlStatement => ({
    ...statement,
    effects: statement.effects.map(one),
    outputs: one(statement.outputs),
    predicateColumns: one(statement.predicateColumns),
    derivedColumns: one(statement.derivedColumns),
    touches: one(statement.touches),
  }));
  return { ...inspection, statements };
}
