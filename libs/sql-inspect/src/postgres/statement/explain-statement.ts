import type { ExplainStmt, Node } from 'libpg-query';
import type { SqlAction } from '../../model/effect.ts';
import { Analysis } from '../analysis/analysis.ts';
import { stringOf, integerLiteral, type NodeHandlers } from '../parser/ast.ts';
import { rootScope, type Scope } from '../lineage/scope.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import { statementEffects } from './statement-effects.ts';
import { plainColumns, utility, type StatementResult } from './statement-result.ts';

/** EXPLAIN ANALYZE is its statement; EXPLAIN reads what the statement touches. */
export const EXPLAIN_STATEMENTS: NodeHandlers<'ExplainStmt', Scope, StatementResult> = {
  ExplainStmt: (explain, scope) => {
    const { analysis } = scope;
    analysis.effects.addAction('sql.read');
    const inner = new Analysis(analysis.env);
    statementEffects(explain.query, rootScope(inner));
    const summary = inner.summary();
    if (isAnalyze(explain)) analysis.merge(summary);
    else {
      // The planner runs functions that call themselves immutable or stable, whatever they do.
      analysis.merge({ ...summary, effects: summary.codeEffects, changesCatalog: summary.opaque });
      analysis.effects.addFrom(summary.effects, planned);
    }
    // It also prints what they return.
    const callsUnknown = summary.opaque || summary.callsCode;
    return utility(scope, 'EXPLAIN', {
      columns: callsUnknown ? UNRESOLVED_COLUMNS : plainColumns('QUERY PLAN'),
      returnsRows: true,
    });
  },
};

/** What is left of an effect when its statement is planned and not run. Functions may run all the same. */
function planned(action: SqlAction): SqlAction | undefined {
  switch (action) {
    case 'sql.call':
    case 'sql.io':
    case 'sql.unknown':
      return action;
    case 'sql.read':
    case 'sql.insert':
    case 'sql.update':
    case 'sql.delete':
      return 'sql.read';
    default:
      return undefined;
  }
}

/** True unless every mention of ANALYZE certainly turns it off; the last one counts for the server. */
function isAnalyze({ options }: ExplainStmt): boolean {
  return (options ?? []).some(
    (node) => 'DefElem' in node && node.DefElem.defname === 'analyze' && !isOff(node.DefElem.arg),
  );
}

function isOff(arg: Node | undefined): boolean {
  if (arg === undefined) return false;
  if ('Boolean' in arg) return arg.Boolean.boolval !== true;
  if ('Integer' in arg) return (arg.Integer.ival ?? 0) === 0;
  return integerLiteral(arg) === 0 || /^(off|false)$/i.test(stringOf(arg) ?? '');
}
