/** What is known of a database: filled from the server by `buildSqlCatalog`, read by `inspectSql`. */

export type RelationKind =
  | 'table'
  | 'partitioned-table'
  | 'view'
  | 'materialized-view'
  | 'foreign-table'
  | 'sequence'
  | 'composite-type'
  | 'index'
  | 'toast';

export interface CatalogColumn {
  readonly name: string;
  readonly attnum: number;
  readonly typeOid: number;
  /** Expression of a generated column, as the server prints it. */
  readonly generation?: string;
}

export interface CatalogForeignKey {
  /** Oid of the table that refers to this one. */
  readonly referencingOid: number;
  /** pg_constraint.confdeltype and confupdtype: a, r, c, n or d. */
  readonly onDelete: string;
  readonly onUpdate: string;
  /** Columns of this table that the key refers to. */
  readonly keyColumns: readonly string[];
}

export interface CatalogRelation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly columns: readonly CatalogColumn[];
  /** SELECT of a view or materialized view, as the server prints it with search_path = pg_catalog. */
  readonly viewDefinition?: string;
  /** Foreign server of a foreign table. */
  readonly serverName?: string;
  /** Rules other than a view's own SELECT rule, as `CREATE RULE` text. */
  readonly rules: readonly string[];
  /** INSTEAD OF triggers of a view; `events` are the bits of pg_trigger.tgtype. */
  readonly insteadTriggers: readonly { readonly functionOid: number; readonly events: number }[];
  /** Table that an index belongs to, by oid. */
  readonly indexedOid?: number;
  /** Inheritance or partition parents, by oid. */
  readonly parents: readonly number[];
  readonly isPartition: boolean;
  readonly referencedBy: readonly CatalogForeignKey[];
  /** True for relations of pg_catalog and information_schema. */
  readonly isSystem: boolean;
}

export type Volatility = 'immutable' | 'stable' | 'volatile';

/** A function of one name of pg_catalog: all overloads together, since overloads are not told apart. */
export interface BuiltinFunction {
  readonly name: string;
  /** The most volatile of its overloads. */
  readonly volatility: Volatility;
  /** Names of output columns, where every overload that has any agrees on them. */
  readonly outputs?: readonly string[];
  /** How the row it returns is shaped: one value, the columns in `outputs`, or not known before the call. */
  readonly shape: 'scalar' | 'columns' | 'open';
  readonly isAggregate: boolean;
  /** True where an overload returns a set, so that its arguments decide how many rows come. */
  readonly returnsSet: boolean;
}

/** A function that another object uses: by name where it is built in, else by oid. */
export interface FunctionReference {
  readonly oid: number;
  readonly builtin?: string;
}

/** A function outside the system schemas. */
export interface UserFunction {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly language: string;
  readonly volatility: Volatility;
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window';
  /** `CREATE FUNCTION` text as the server prints it; absent for aggregates. */
  readonly definition?: string;
  /** Extension that owns it. */
  readonly extension?: string;
  readonly owner: string;
  /** Functions that do the work: of an aggregate, its transition and final functions. */
  readonly parts: readonly FunctionReference[];
}

export interface UserOperator {
  readonly schema: string;
  readonly name: string;
  readonly function: FunctionReference;
}

export interface UserCast {
  readonly sourceType: string;
  readonly targetType: string;
  readonly function: FunctionReference;
  /** True where the server may apply it without being asked to. */
  readonly isImplicit: boolean;
}

/** Lookup by name and by oid. Immutable once built; share it between sessions of one database. */
export interface SqlCatalog {
  readonly serverVersion: number;
  /** `CATALOG_FINGERPRINT_QUERY`'s answer when it was loaded, if the loader gave it. */
  readonly fingerprint: string;
  readonly database: string;
  /** The loading session's own temporary schema (`pg_temp_3`), if it has one. */
  readonly tempSchema: string | undefined;
  /** Role that loaded it. */
  readonly loadedAs: string;
  readonly hasSchema: (name: string) => boolean;
  /** Whether a role can certainly look into a schema; the server skips, silently, the ones it may not. */
  readonly isUsable: (schema: string, role: string) => boolean;
  readonly relation: (schema: string, name: string) => CatalogRelation | undefined;
  readonly relationByOid: (oid: number) => CatalogRelation | undefined;
  /** Tables that inherit from it or are its partitions, all the way down. */
  readonly descendants: (oid: number) => readonly CatalogRelation[];
  /** All it inherits from or is a partition of, all the way up. */
  readonly ancestors: (oid: number) => readonly CatalogRelation[];
  readonly relationsOf: (schema: string) => readonly CatalogRelation[];
  readonly builtinFunction: (name: string) => BuiltinFunction | undefined;
  readonly functions: (schema: string, name: string) => readonly UserFunction[];
  readonly functionByOid: (oid: number) => UserFunction | undefined;
  /** User-defined operators of a name, in any schema. */
  readonly operators: (name: string) => readonly UserOperator[];
  readonly casts: readonly UserCast[];
  /** Types of pg_catalog by name. */
  readonly isSystemType: (name: string) => boolean;
  /** Types outside the system schemas, by last name. */
  readonly isUserType: (name: string) => boolean;
  /** The column a server's RowDescription names by table oid and attribute number. */
  readonly columnByOid: (tableOid: number, attnum: number) => string | undefined;
}
