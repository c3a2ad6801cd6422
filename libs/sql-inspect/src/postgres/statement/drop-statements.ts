import type { DropStmt, Node, TruncateStmt } from 'libpg-query';
import type { CatalogRelation } from '../../model/catalog.ts';
import { stringOf, type NodeHandlers } from '../parser/ast.ts';
import type { Scope } from '../lineage/scope.ts';
import { actOnObject } from '../relation/ddl-object.ts';
import { findRelation } from '../relation/read-relation.ts';
import { relationName, relationObjectKind } from '../relation/relation-name.ts';
import { writeRelation } from '../relation/write-relation.ts';
import { roleName } from './role-name.ts';
import { definition, utility, type StatementResult } from './statement-result.ts';

type DropStatement = 'DropStmt' | 'DropOwnedStmt' | 'ReassignOwnedStmt' | 'TruncateStmt';

/** DROP and TRUNCATE. */
export const DROP_STATEMENTS: NodeHandlers<DropStatement, Scope, StatementResult> = {
  DropStmt: drop,
  DropOwnedStmt: ({ roles }, scope) => {
    for (const role of roles ?? []) scope.analysis.effects.add('sql.ddl.drop', 'role', roleName(role, scope));
    scope.analysis.effects.add('sql.ddl.drop', 'any', '*');
    scope.analysis.effects.add('sql.dcl.revoke', 'any', '*');
    return definition(scope, 'DROP OWNED');
  },
  ReassignOwnedStmt: ({ roles, newrole }, scope) => {
    for (const role of roles ?? [])
      scope.analysis.effects.add('sql.ddl.alter', 'role', roleName(role, scope));
    scope.analysis.effects.add('sql.ddl.alter', 'any', '*');
    scope.analysis.effects.add('sql.dcl.grant', 'role', newrole?.rolename ?? '*');
    return definition(scope, 'REASSIGN OWNED');
  },
  TruncateStmt: truncate,
};

function drop({ objects, removeType, behavior }: DropStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  for (const object of objects ?? []) {
    actOnObject(analysis, 'sql.ddl.drop', removeType, object);
    if (removeType === 'OBJECT_SCHEMA' && behavior === 'DROP_CASCADE') dropAllOf(stringOf(object), scope);
  }
  // What depends on it goes too, and not all of that is in the catalog that is kept.
  if (behavior === 'DROP_CASCADE') analysis.effects.add('sql.ddl.drop', 'any', '*');
  return definition(
    scope,
    `DROP ${(removeType ?? 'OBJECT_OBJECT').slice('OBJECT_'.length).replaceAll('_', ' ')}`,
  );
}

function dropAllOf(schema: string | undefined, { analysis }: Scope): void {
  for (const relation of analysis.env.catalog.relationsOf(schema ?? '')) {
    analysis.effects.add('sql.ddl.drop', relationObjectKind(relation), relationName(relation));
  }
}

/** TRUNCATE ... CASCADE empties every table that refers to it, and those that refer to them. */
function truncate({ relations, behavior }: TruncateStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  const seen = new Set<number>();
  const visit = (relation: CatalogRelation): void => {
    if (seen.has(relation.oid)) return;
    seen.add(relation.oid);
    writeRelation(analysis, relation, 'sql.truncate', undefined);
    if (behavior !== 'DROP_CASCADE') return;
    for (const { referencingOid } of relation.referencedBy) {
      const child = analysis.env.catalog.relationByOid(referencingOid);
      if (child !== undefined) visit(child);
    }
  };
  for (const node of relations ?? []) {
    const relation: CatalogRelation | undefined = findTarget(node, scope);
    if (relation !== undefined) visit(relation);
  }
  return utility(scope, 'TRUNCATE TABLE');
}

function findTarget(node: Node, { analysis }: Scope): CatalogRelation | undefined {
  return 'RangeVar' in node ? findRelation(analysis, node.RangeVar) : undefined;
}
