/**
 * Functions of pg_catalog that do more than compute: what each of them does,
 * from PostgreSQL's documentation (chapter 9) and source. A function is looked
 * up here before its volatility is asked.
 */
import type { Node } from 'libpg-query';
import { dottedName } from '../../model/column-ref.ts';
import type { SqlAction, SqlObjectKind } from '../../model/effect.ts';
import { integerLiteral, stringLiteral } from '../parser/ast.ts';
import { parseName } from '../relation/parse-name.ts';
import { readRelation } from '../relation/read-relation.ts';
import { relationName } from '../relation/relation-name.ts';
import { rowSources } from '../lineage/scope.ts';
import { NO_SOURCES, UNKNOWN_SOURCES, unionAll, type Sources } from '../lineage/sources.ts';
import { holdsAnyText, settingChange, splitSearchPath } from '../statement/setting-change.ts';
import { embeddedQuery } from '../query/embedded-query.ts';
import type { FunctionCall } from './call.ts';

type Special = (call: FunctionCall) => Sources;

/** The action on the function itself, with a result that is not known. */
function acts(action: SqlAction): Special {
  return (call) => {
    call.scope.analysis.effects.add(action, 'function', dottedName('pg_catalog', call.name));
    call.scope.analysis.addDerived(call.values);
    return UNKNOWN_SOURCES;
  };
}

/** The action on what the first argument names; `*` where it is not a literal. */
function actsOn(action: SqlAction, kind: SqlObjectKind, position = 0): Special {
  return (call) => {
    const { analysis } = call.scope;
    analysis.literalSensitive = true;
    const name = stringLiteral(call.nodes[position]);
    if (name === undefined) analysis.effects.add(action, 'any', '*');
    else analysis.effects.add(action, kind, name);
    analysis.addDerived(call.values);
    return UNKNOWN_SOURCES;
  };
}

/** Session-level and transaction-level locks under a number. The number shows in pg_locks, so it counts as copied. */
const advisoryLock: Special = (call) => {
  call.scope.analysis.effects.addAction('sql.lock');
  call.scope.analysis.addDerived(call.values);
  return NO_SOURCES;
};

/** nextval and setval write a sequence. */
const writeSequence: Special = (call) => {
  const { analysis } = call.scope;
  analysis.literalSensitive = true;
  const name = stringLiteral(call.nodes[0]);
  const parts = name === undefined ? undefined : parseName(name);
  const relation = parts === undefined ? undefined : analysis.path.relation(parts.name, parts.schema);
  if (relation === undefined) analysis.effects.add('sql.update', 'any', '*');
  else {
    analysis.touch(relation, 'write');
    analysis.effects.add('sql.update', 'sequence', relationName(relation));
  }
  analysis.addDerived(unionAll(call.args.slice(1)));
  return call.values;
};

/** set_config(name, value, is_local) is SET; a name or value that is not a literal may be any. */
const setConfig: Special = (call) => {
  const { analysis } = call.scope;
  analysis.literalSensitive = true;
  const name = stringLiteral(call.nodes[0]);
  const value = stringLiteral(call.nodes[1]);
  const values =
    value === undefined
      ? undefined
      : name?.toLowerCase() === 'search_path'
        ? splitSearchPath(value)
        : [value];
  const change = settingChange(name, values, isTrue(call.nodes[2]) ? 'set-local' : 'set');
  analysis.addSetting(change);
  analysis.addDerived(call.values);
  return call.args[1] ?? NO_SOURCES;
};

/** A setting of one's own, or one that takes any text, may hold what set_config put there before. */
const currentSetting: Special = (call) => {
  call.scope.analysis.literalSensitive = true;
  const name = stringLiteral(call.nodes[0])?.toLowerCase();
  return name === undefined || holdsAnyText(name) ? UNKNOWN_SOURCES : NO_SOURCES;
};

function isTrue(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if ('TypeCast' in node) return isTrue(node.TypeCast.arg);
  return 'A_Const' in node && (node.A_Const.boolval?.boolval === true || integerLiteral(node) === 1);
}

/** The argument is SQL text that the function runs: it counts as if it stood there. */
const runsText: Special = (call) => {
  const { analysis } = call.scope;
  analysis.literalSensitive = true;
  const text = stringLiteral(call.nodes[0]);
  if (text === undefined) {
    analysis.opaque = true;
    analysis.effects.add('sql.unknown', 'function', dottedName('pg_catalog', call.name));
    analysis.effects.add('sql.read', 'any', '*');
    return UNKNOWN_SOURCES;
  }
  embeddedQuery(text, call.scope);
  return UNKNOWN_SOURCES;
};

/** ts_rewrite(query, text) runs its second argument; with three arguments it only computes. */
const rewriteQuery: Special = (call) =>
  call.nodes.length === 2 ? runsText({ ...call, nodes: call.nodes.slice(1) }) : call.values;

/** table_to_xml(regclass) reads a whole table. */
const readsTable: Special = (call) => {
  const { analysis } = call.scope;
  analysis.literalSensitive = true;
  const name = stringLiteral(call.nodes[0]);
  const parts = name === undefined ? undefined : parseName(name);
  const relation = parts === undefined ? undefined : analysis.path.relation(parts.name, parts.schema);
  if (relation === undefined) {
    analysis.effects.add('sql.read', 'any', '*');
    return UNKNOWN_SOURCES;
  }
  return rowSources(readRelation(analysis, relation));
};

/** schema_to_xml(name) reads every table of a schema. */
const readsSchema: Special = (call) => {
  const { analysis } = call.scope;
  analysis.literalSensitive = true;
  const schema = stringLiteral(call.nodes[0]);
  if (schema === undefined || !analysis.env.catalog.hasSchema(schema)) {
    analysis.effects.add('sql.read', 'any', '*');
    return UNKNOWN_SOURCES;
  }
  for (const relation of analysis.env.catalog.relationsOf(schema)) readRelation(analysis, relation);
  return UNKNOWN_SOURCES;
};

const readsDatabase: Special = (call) => {
  call.scope.analysis.effects.add('sql.read', 'any', '*');
  return UNKNOWN_SOURCES;
};

/** cursor_to_xml(name) fetches from an open cursor. */
const readsCursor: Special = (call) => {
  const { analysis } = call.scope;
  analysis.sessionSensitive = true;
  analysis.literalSensitive = true;
  const name = stringLiteral(call.nodes[0]);
  const cursor = name === undefined ? undefined : analysis.env.cursors?.(name);
  if (cursor === undefined) analysis.effects.add('sql.unknown', 'cursor', name ?? '*');
  else analysis.effects.addFrom(cursor.effects);
  return UNKNOWN_SOURCES;
};

/** Whether a value is there decides the number, but no value is in it. */
const counts: Special = (call) => {
  call.scope.analysis.addPredicate(call.values);
  return NO_SOURCES;
};

const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  ['count', counts],
  ['set_config', setConfig],
  ['current_setting', currentSetting],
  ['nextval', writeSequence],
  ['setval', writeSequence],
  ['pg_notify', actsOn('sql.notify', 'channel')],
  ['query_to_xml', runsText],
  ['query_to_xmlschema', runsText],
  ['query_to_xml_and_xmlschema', runsText],
  ['ts_stat', runsText],
  ['ts_rewrite', rewriteQuery],
  ['table_to_xml', readsTable],
  ['table_to_xmlschema', readsTable],
  ['table_to_xml_and_xmlschema', readsTable],
  ['schema_to_xml', readsSchema],
  ['schema_to_xmlschema', readsSchema],
  ['schema_to_xml_and_xmlschema', readsSchema],
  ['database_to_xml', readsDatabase],
  ['database_to_xmlschema', readsDatabase],
  ['database_to_xml_and_xmlschema', readsDatabase],
  ['cursor_to_xml', readsCursor],
  ['cursor_to_xmlschema', readsCursor],
  ['pg_read_file', actsOn('sql.io', 'path')],
  ['pg_read_binary_file', actsOn('sql.io', 'path')],
  ['pg_stat_file', actsOn('sql.io', 'path')],
  ['pg_ls_dir', actsOn('sql.io', 'path')],
  ['lo_import', actsOn('sql.io', 'path')],
  ['lo_export', actsOn('sql.io', 'path', 1)],
  ['pg_hba_file_rules', acts('sql.io')],
  ['pg_ident_file_mappings', acts('sql.io')],
  ['pg_show_all_file_settings', acts('sql.io')],
  ['pg_rotate_logfile', acts('sql.io')],
  ['pg_import_system_collations', acts('sql.ddl.create')],
]);

/** Families that share what they do. */
const FAMILIES: readonly (readonly [RegExp, Special])[] = [
  [/^pg_(try_)?advisory_/, advisoryLock],
  [/^pg_ls_/, acts('sql.io')],
  // Large objects hold data of no column; all of it is out of lineage's sight.
  [/^(lo_|lo(read|write)$)/, acts('sql.call')],
  [/^pg_(logical_slot_|replication_|create_|drop_replication|copy_|sync_replication)/, acts('sql.call')],
  // These would execute what they are given; the server lets SQL call few of them, and none harmlessly.
  [/^(binary_upgrade_|plpgsql_|fmgr_)/, acts('sql.call')],
];

/** What the built-in of that name does; undefined where its volatility says it. */
export function specialBuiltin(name: string): Special | undefined {
  const exact = SPECIAL.get(name);
  if (exact !== undefined) return exact;
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1];
}
