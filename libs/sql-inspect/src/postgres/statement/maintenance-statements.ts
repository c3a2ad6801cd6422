import type { Node, RangeVar } from 'libpg-query';
import type { NodeHandlers } from '../parser/ast.ts';
import type { Scope } from '../lineage/scope.ts';
import { actOnRelation } from '../relation/named-object.ts';
import { findRelation, readRelation } from '../relation/read-relation.ts';
import { utility, type StatementResult } from './statement-result.ts';

type MaintenanceStatement =
  'VacuumStmt' | 'ClusterStmt' | 'ReindexStmt' | 'RefreshMatViewStmt' | 'CheckPointStmt';

/** Statements that keep the server in order. */
export const MAINTENANCE_STATEMENTS: NodeHandlers<MaintenanceStatement, Scope, StatementResult> = {
  VacuumStmt: ({ rels, is_vacuumcmd }, scope) => {
    maintain(scope, relationsOf(rels ?? []));
    return utility(scope, is_vacuumcmd === true ? 'VACUUM' : 'ANALYZE');
  },
  ClusterStmt: ({ relation }, scope) => {
    maintain(scope, relation === undefined ? [] : [relation]);
    return utility(scope, 'CLUSTER');
  },
  ReindexStmt: ({ relation, name, kind }, scope) => {
    const whole = kind === 'REINDEX_OBJECT_SCHEMA' ? 'schema' : 'database';
    if (relation === undefined && name !== undefined)
      scope.analysis.effects.add('sql.maintenance', whole, name);
    else maintain(scope, relation === undefined ? [] : [relation]);
    return utility(scope, 'REINDEX');
  },
  RefreshMatViewStmt: ({ relation }, scope) => {
    maintain(scope, [relation ?? {}]);
    // It runs the view's query.
    const view = findRelation(scope.analysis, relation ?? {});
    if (view !== undefined) readRelation(scope.analysis, view);
    return utility(scope, 'REFRESH MATERIALIZED VIEW');
  },
  CheckPointStmt: (_, scope) => {
    scope.analysis.effects.addAction('sql.maintenance');
    return utility(scope, 'CHECKPOINT');
  },
};

/** Without a name it is every table of the database. */
function maintain(scope: Scope, relations: readonly RangeVar[]): void {
  if (relations.length === 0) scope.analysis.effects.add('sql.maintenance', 'any', '*');
  for (const relation of relations) actOnRelation(scope.analysis, 'sql.maintenance', relation);
}

function relationsOf(nodes: readonly Node[]): RangeVar[] {
  return nodes.flatMap((node) =>
    'VacuumRelation' in node && node.VacuumRelation.relation !== undefined
      ? [node.VacuumRelation.relation]
      : [],
  );
}
