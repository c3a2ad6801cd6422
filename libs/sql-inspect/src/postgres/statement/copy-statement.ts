import type { CopyStmt, Node } from 'libpg-query';
import type { CopyInfo } from '../../model/inspection.ts';
import { stringOf, stringsOf, type NodeHandlers } from '../parser/ast.ts';
import {
  innerScope,
  namespaceOf,
  noteReads,
  rowSources,
  type Columns,
  type Scope,
} from '../lineage/scope.ts';
import { notePredicates } from '../query/expression.ts';
import { queryColumns } from '../query/query.ts';
import { targetItem } from '../query/write-query.ts';
import { relationName, relationObjectKind } from '../relation/relation-name.ts';
import { UNRESOLVED_COLUMNS, findRelation, readRelation } from '../relation/read-relation.ts';
import { writeRelation } from '../relation/write-relation.ts';
import { utility, type StatementResult } from './statement-result.ts';

/** COPY: in is an insert, out is a read; a file or a program of the server is `sql.io`. */
export const COPY_STATEMENTS: NodeHandlers<'CopyStmt', Scope, StatementResult> = {
  CopyStmt: (copy, scope) => {
    const { analysis } = scope;
    if (copy.is_program === true) analysis.effects.add('sql.io', 'program', copy.filename ?? '*');
    else if (copy.filename !== undefined) analysis.effects.add('sql.io', 'path', copy.filename);
    return copy.is_from === true ? copyIn(copy, scope) : copyOut(copy, scope);
  },
};

function copyIn(copy: CopyStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  const relation = findRelation(analysis, copy.relation ?? {});
  const columns = copy.attlist === undefined ? undefined : stringsOf(copy.attlist);
  analysis.effects.addAction('sql.copy.in');
  if (relation !== undefined) {
    analysis.effects.add('sql.copy.in', relationObjectKind(relation), relationName(relation));
    writeRelation(analysis, relation, 'sql.insert', columns);
  }
  const item = targetItem(copy.relation, relation, scope, copy.whereClause !== undefined);
  notePredicates([copy.whereClause], innerScope(scope, namespaceOf(item)));
  return utility(scope, 'COPY', {
    copy: copyInfo(copy, columns ?? relation?.columns.map(({ name }) => name)),
  });
}

function copyOut(copy: CopyStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  analysis.effects.addAction('sql.copy.out');
  analysis.effects.addAction('sql.read');
  const columns = copy.query === undefined ? copiedRelation(copy, scope) : queryColumns(copy.query, scope);
  if (copy.query !== undefined) analysis.effects.copyObjects('sql.read', 'sql.copy.out');
  // To a file or a program of the server the values leave for where nobody masks them.
  if (copy.filename !== undefined) analysis.addDerived(rowSources(columns));
  return utility(scope, 'COPY', { columns, copy: copyInfo(copy, undefined) });
}

/** COPY of a table gives its listed columns, else all that are not generated. */
function copiedRelation(copy: CopyStmt, scope: Scope): Columns {
  const { analysis } = scope;
  const relation = findRelation(analysis, copy.relation ?? {});
  if (relation === undefined) return UNRESOLVED_COLUMNS;
  analysis.effects.add('sql.copy.out', relationObjectKind(relation), relationName(relation));
  const { columns } = readRelation(analysis, relation);
  const listed = copy.attlist === undefined ? undefined : stringsOf(copy.attlist);
  const isGenerated = new Set(
    relation.columns.filter(({ generation }) => generation !== undefined).map(({ name }) => name),
  );
  const chosen =
    listed === undefined
      ? columns.filter(({ name }) => !isGenerated.has(name))
      : listed.flatMap((name) => columns.filter((column) => column.name === name));
  noteReads(analysis, chosen);
  if (listed !== undefined && chosen.length !== listed.length) return UNRESOLVED_COLUMNS;
  return { columns: chosen, open: undefined };
}

function copyInfo(copy: CopyStmt, columns: readonly string[] | undefined): CopyInfo {
  const options = new Map<string, Node | undefined>();
  for (const node of copy.options ?? [])
    if ('DefElem' in node) options.set(node.DefElem.defname ?? '', node.DefElem.arg);
  const format = stringOf(options.get('format'));
  return {
    direction: copy.is_from === true ? 'in' : 'out',
    endpoint: copy.is_program === true ? 'program' : copy.filename === undefined ? 'client' : 'file',
    format: format === 'csv' || format === 'binary' ? format : 'text',
    delimiter: stringOf(options.get('delimiter')),
    header: options.has('header') && !isFalse(options.get('header')),
    columns,
  };
}

function isFalse(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if ('Boolean' in node) return node.Boolean.boolval !== true;
  if ('Integer' in node) return (node.Integer.ival ?? 0) === 0;
  return /^(off|false)$/i.test(stringOf(node) ?? '');
}
