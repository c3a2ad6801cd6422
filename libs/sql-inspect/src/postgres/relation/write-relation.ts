import type { RangeVar, Node } from 'libpg-query';
import type { CatalogRelation } from '../../model/catalog.ts';
import { dottedName } from '../../model/column-ref.ts';
import type { SqlAction } from '../../model/effect.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { parseStored } from '../parser/parse-sql.ts';
import { callUserFunction } from '../function/call-function.ts';
import { ruleEffects } from './rule-effects.ts';
import { findRelation, noteServer } from './read-relation.ts';
import { relationName, relationObjectKind } from './relation-name.ts';
import { storedAnalysis } from './relation-shape.ts';

/** Actions that change rows. */
export type WriteAction = 'sql.insert' | 'sql.update' | 'sql.delete' | 'sql.truncate';

/**
 * Counts a write with everything it sets off that can be read from the catalog:
 * the tables behind a view, rules, INSTEAD OF triggers, referential actions, the
 * parents of a partition. Ordinary triggers, defaults and constraints are part
 * of the table. `columns` are the ones written; undefined is all of them.
 */
export function writeRelation(
  analysis: Analysis,
  relation: CatalogRelation,
  action: WriteAction,
  columns: readonly string[] | undefined,
  isOnly: boolean = false,
  seen: Set<number> = new Set(),
): void {
  if (seen.has(relation.oid)) return;
  seen.add(relation.oid);
  noteWrite(analysis, relation, action, columns);
  const isReplaced = relation.rules
    .map((rule) => ruleEffects(analysis, relation, rule, action))
    .includes('instead');
  const { catalog } = analysis.env;
  for (const parent of catalog.ancestors(relation.oid)) noteWrite(analysis, parent, action, columns);
  // A row that is inserted goes to a partition, which may be far away; never to an inheritance child.
  if (action === 'sql.insert')
    for (const child of catalog.descendants(relation.oid)) noteServer(analysis, child);
  if (action !== 'sql.insert' && !isOnly) {
    for (const child of catalog.descendants(relation.oid)) {
      analysis.touch(child, 'write');
      if (!child.isPartition) noteWrite(analysis, child, action, columns);
      else noteServer(analysis, child);
      referentialActions(analysis, child, action, columns, seen);
    }
  }
  if (relation.kind === 'view' && !isReplaced) writeThroughView(analysis, relation, action, seen);
  referentialActions(analysis, relation, action, columns, seen);
}

function noteWrite(
  analysis: Analysis,
  relation: CatalogRelation,
  action: SqlAction,
  columns: readonly string[] | undefined,
): void {
  analysis.touch(relation, 'write');
  const kind = relationObjectKind(relation);
  if (columns === undefined) analysis.effects.add(action, kind, relationName(relation));
  else analysis.effects.addParts(action, kind, relationName(relation), columns);
  noteServer(analysis, relation);
}

/** Bits of pg_trigger.tgtype for the events of row triggers. */
const TRIGGER_EVENTS: Readonly<Record<WriteAction, number>> = {
  'sql.insert': 4,
  'sql.delete': 8,
  'sql.update': 16,
  'sql.truncate': 0,
};

/** A view with an INSTEAD OF trigger for the event runs that; any other passes the write on to what it selects from. */
function writeThroughView(
  analysis: Analysis,
  view: CatalogRelation,
  action: WriteAction,
  seen: Set<number>,
): void {
  const triggers = view.insteadTriggers.filter(({ events }) => (events & TRIGGER_EVENTS[action]) !== 0);
  for (const { functionOid } of triggers) callTrigger(analysis, functionOid);
  if (triggers.length > 0) return;
  const node = view.viewDefinition === undefined ? undefined : parseStored(view.viewDefinition);
  if (node === undefined || !('SelectStmt' in node)) {
    analysis.addUnresolved(relationName(view));
    return;
  }
  const { path } = storedAnalysis(analysis.env.catalog);
  for (const range of rangesOf(node.SelectStmt.fromClause ?? [])) {
    const base = path.relation(range.relname ?? '', range.schemaname, range.catalogname);
    if (base !== undefined) writeRelation(analysis, base, action, undefined, range.inh !== true, seen);
  }
}

/** The trigger's function by name, and what its body does. */
function callTrigger(analysis: Analysis, functionOid: number): void {
  const user = analysis.env.catalog.functionByOid(functionOid);
  if (user !== undefined) analysis.effects.add('sql.call', 'function', dottedName(user.schema, user.name));
  callUserFunction(analysis, user, []);
}

function* rangesOf(from: readonly Node[]): Generator<RangeVar> {
  for (const node of from) {
    if ('RangeVar' in node) yield node.RangeVar;
    else if ('JoinExpr' in node) {
      const { larg, rarg } = node.JoinExpr;
      yield* rangesOf([larg, rarg].filter((side) => side !== undefined));
    }
  }
}

/** ON DELETE CASCADE deletes elsewhere; SET NULL and ON UPDATE CASCADE update elsewhere. */
function referentialActions(
  analysis: Analysis,
  relation: CatalogRelation,
  action: WriteAction,
  columns: readonly string[] | undefined,
  seen: Set<number>,
): void {
  if (action !== 'sql.delete' && action !== 'sql.update') return;
  for (const key of relation.referencedBy) {
    const child = analysis.env.catalog.relationByOid(key.referencingOid);
    if (child === undefined) continue;
    const keepsKey = columns !== undefined && !key.keyColumns.some((column) => columns.includes(column));
    if (action === 'sql.update' && keepsKey) continue;
    const rule = action === 'sql.delete' ? key.onDelete : key.onUpdate;
    if (rule === 'c') writeRelation(analysis, child, action, undefined, false, seen);
    else if (rule === 'n' || rule === 'd') noteWrite(analysis, child, 'sql.update', undefined);
  }
}

/** Finds and counts the target of a write; undefined where it is not known (then noted as unresolved). */
export function writeTarget(
  analysis: Analysis,
  range: RangeVar | undefined,
  action: WriteAction,
  columns: readonly string[] | undefined,
): CatalogRelation | undefined {
  const relation = findRelation(analysis, range ?? {});
  if (relation !== undefined) writeRelation(analysis, relation, action, columns, range?.inh !== true);
  return relation;
}
