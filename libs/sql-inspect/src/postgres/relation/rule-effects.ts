import type { CatalogRelation } from '../../model/catalog.ts';
import { Analysis } from '../analysis/analysis.ts';
import { innerScope, rootScope, type RangeItem } from '../lineage/scope.ts';

import { parseStored } from '../parser/parse-sql.ts';
import { statementEffects } from '../statement/statement-effects.ts';
import type { WriteAction } from './write-relation.ts';
import { relationName } from './relation-name.ts';
import { relationShape } from './relation-shape.ts';

/** Rules that were entered, so that one that fires itself ends. */
const underway = new Set<string>();

/** The events of rules by the actions that fire them. */
const EVENTS: Readonly<Record<WriteAction, string>> = {
  'sql.insert': 'CMD_INSERT',
  'sql.update': 'CMD_UPDATE',
  'sql.delete': 'CMD_DELETE',
  'sql.truncate': 'none',
};

/**
 * Counts what a rule does on a write to its relation. `instead` where the write
 * itself then certainly does not happen, `also` where it does or may.
 */
export function ruleEffects(
  analysis: Analysis,
  relation: CatalogRelation,
  rule: string,
  action: WriteAction,
): 'instead' | 'also' {
  const node = parseStored(rule);
  if (node === undefined || !('RuleStmt' in node)) {
    analysis.addUnresolved(`rule on ${relationName(relation)}`);
    return 'also';
  }
  const { event, instead, whereClause, actions } = node.RuleStmt;
  if (event !== EVENTS[action]) return 'also';
  const kind = instead === true && whereClause === undefined ? 'instead' : 'also';
  if (underway.has(rule)) return kind;
  underway.add(rule);
  try {
    const { catalog } = analysis.env;
    const inner = new Analysis({ catalog, searchPath: ['pg_catalog'], currentUser: '' });
    const scope = innerScope(rootScope(inner), {
      items: rowItems(analysis, relation),
      columns: [],
      open: undefined,
    });
    for (const run of actions ?? []) statementEffects(run, scope);
    analysis.merge(inner.summary());
    return kind;
  } finally {
    underway.delete(rule);
  }
}

function rowItems(analysis: Analysis, relation: CatalogRelation): RangeItem[] {
  const { columns } = relationShape(analysis.env.catalog, relation);
  const plain = columns.map(({ name, sources }) => ({ name, sources }));
  return ['old', 'new'].map((name) => ({ name, columns: plain, open: undefined }));
}
