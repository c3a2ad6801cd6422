/** Objects of DDL statements, by the parser's object type and the shape in which it names them. */
import type { Node, ObjectType, RangeVar } from 'libpg-query';
import { dottedName } from '../../model/column-ref.ts';
import type { SqlAction, SqlObjectKind } from '../../model/effect.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { stringOf, stringsOf } from '../parser/ast.ts';
import { actOnRelation, functionNames, rangeOfList } from './named-object.ts';
import { typeName } from './new-object.ts';

/** How an object type is named. `relation`: a relation; `of-relation`: a part of one, its name last. */
type Naming = {
  readonly by: 'relation' | 'of-relation' | 'function' | 'type' | 'plain' | 'qualified';
  readonly kind: SqlObjectKind;
};

const NAMING: Readonly<Partial<Record<ObjectType, Naming>>> = {
  OBJECT_TABLE: { by: 'relation', kind: 'table' },
  OBJECT_VIEW: { by: 'relation', kind: 'view' },
  OBJECT_MATVIEW: { by: 'relation', kind: 'materialized-view' },
  OBJECT_FOREIGN_TABLE: { by: 'relation', kind: 'foreign-table' },
  OBJECT_SEQUENCE: { by: 'relation', kind: 'sequence' },
  OBJECT_INDEX: { by: 'relation', kind: 'index' },
  OBJECT_COLUMN: { by: 'of-relation', kind: 'table' },
  OBJECT_TABCONSTRAINT: { by: 'of-relation', kind: 'table' },
  OBJECT_TRIGGER: { by: 'of-relation', kind: 'table' },
  OBJECT_RULE: { by: 'of-relation', kind: 'table' },
  OBJECT_POLICY: { by: 'of-relation', kind: 'table' },
  OBJECT_FUNCTION: { by: 'function', kind: 'function' },
  OBJECT_PROCEDURE: { by: 'function', kind: 'function' },
  OBJECT_ROUTINE: { by: 'function', kind: 'function' },
  OBJECT_AGGREGATE: { by: 'function', kind: 'function' },
  OBJECT_TYPE: { by: 'type', kind: 'type' },
  OBJECT_DOMAIN: { by: 'type', kind: 'type' },
  OBJECT_DOMCONSTRAINT: { by: 'type', kind: 'type' },
  OBJECT_SCHEMA: { by: 'plain', kind: 'schema' },
  OBJECT_DATABASE: { by: 'plain', kind: 'database' },
  OBJECT_ROLE: { by: 'plain', kind: 'role' },
  OBJECT_EXTENSION: { by: 'plain', kind: 'extension' },
  OBJECT_FOREIGN_SERVER: { by: 'plain', kind: 'server' },
  OBJECT_FDW: { by: 'plain', kind: 'server' },
  OBJECT_SUBSCRIPTION: { by: 'plain', kind: 'server' },
};

/** An action on what a DDL statement names, as a relation or as an object. */
export function actOnObject(
  analysis: Analysis,
  action: SqlAction,
  type: ObjectType | undefined,
  object: Node | undefined,
  relation?: RangeVar,
): void {
  if (relation !== undefined) {
    actOnRelation(analysis, action, relation, kindOf(type));
    return;
  }
  const { by, kind } = (type === undefined ? undefined : NAMING[type]) ?? { by: 'qualified', kind: 'object' };
  switch (by) {
    case 'relation':
      actOnRelation(analysis, action, rangeOfList(listOf(object)), kind);
      return;
    case 'of-relation':
      actOnRelation(analysis, action, rangeOfList(listOf(object).slice(0, -1)), kind);
      return;
    case 'function':
      for (const name of functionNames(analysis, argumentNames(object)))
        analysis.effects.add(action, kind, name);
      return;
    case 'type':
      analysis.effects.add(action, kind, typeName(analysis, typeNames(object)));
      return;
    case 'plain':
      analysis.effects.add(action, kind, stringOf(object) ?? dottedName(...stringsOf(listOf(object))));
      return;
    case 'qualified':
      analysis.effects.add(action, kind, label(object));
  }
}

function kindOf(type: ObjectType | undefined): SqlObjectKind {
  return (type === undefined ? undefined : NAMING[type]?.kind) ?? 'table';
}

function listOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return 'List' in node ? (node.List.items ?? []) : [node];
}

function argumentNames(node: Node | undefined): readonly Node[] | undefined {
  if (node !== undefined && 'ObjectWithArgs' in node) return node.ObjectWithArgs.objname;
  return listOf(node);
}

function typeNames(node: Node | undefined): readonly Node[] | undefined {
  const first = listOf(node)[0];
  return first !== undefined && 'TypeName' in first ? first.TypeName.names : listOf(node);
}

/** Anything else by the names in it; `*` where there are none. */
function label(node: Node | undefined): string {
  const names = stringsOf(argumentNames(node));
  return names.length === 0 ? '*' : dottedName(...names);
}
