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
