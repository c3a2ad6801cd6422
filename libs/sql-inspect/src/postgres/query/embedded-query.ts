import { parseSql } from '../parser/parse-sql.ts';
import { rootScope, type Scope } from '../lineage/scope.ts';
import { statementEffects } from '../statement/statement-effects.ts';

/** Counts SQL text that the server will run inside a statement (query_to_xml, ts_stat) as part of it. */
export function embeddedQuery(text: string, scope: Scope): void {
  const { analysis } = scope;
  const parsed = parseSql(text);
  if (!parsed.ok || parsed.statements.length === 0) {
    analysis.addUnresolved('embedded query');
    return;
  }
  for (const { node } of parsed.statements) statementEffects(node, rootScope(analysis));
}
