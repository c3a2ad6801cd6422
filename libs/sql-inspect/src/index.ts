export {
  SQL_ACTIONS,
  isReadOnlyAction,
  type SqlAction,
  type SqlEffect,
  type SqlObject,
  type SqlObjectKind,
} from './model/effect.ts';
export { columnRef, dottedName, type ColumnRef, type ColumnSources } from './model/column-ref.ts';
export type {
  BuiltinFunction,
  CatalogColumn,
  CatalogForeignKey,
  CatalogRelation,
  FunctionReference,
  RelationKind,
  SqlCatalog,
  UserCast,
  UserFunction,
  UserOperator,
  Volatility,
} from './model/catalog.ts';
export type { OpenCursor, SqlEnvironment } from './model/environment.ts';
export type {
  CopyInfo,
  CursorChange,
  InspectionFailure,
  PreparedChange,
  RelationTouch,
  RoleChange,
  SettingChange,
  SqlInspection,
  SqlOutput,
  SqlOutputs,
  SqlStatement,
  TransactionControl,
} from './model/inspection.ts';
export { inspectSql } from './postgres/inspect-sql.ts';
export { redactSecrets } from './postgres/redact-secrets.ts';
export { isLargeSql, LARGE_SQL_BYTES, MAX_SQL_BYTES, MAX_STATEMENTS } from './postgres/parser/parse-sql.ts';
export { isSafeSetting } from './postgres/statement/setting-change.ts';
export { buildSqlCatalog, type CatalogRow } from './postgres/catalog/build-sql-catalog.ts';
export { CatalogRowError } from './postgres/catalog/catalog-rows.ts';
export {
  CATALOG_FINGERPRINT_QUERY,
  CATALOG_SEARCH_PATH,
  POSTGRES_CATALOG_QUERY,
} from './postgres/catalog/catalog-query.ts';
export { literalFreeKey, MAX_KEY_CHARS } from './postgres/cache/literal-free-key.ts';
export { SqlInspector, type SqlInspectorOptions } from './postgres/cache/sql-inspector.ts';
