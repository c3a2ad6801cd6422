import type { CatalogRelation, UserFunction, UserOperator } from '../../model/catalog.ts';
import type { SqlEnvironment } from '../../model/environment.ts';

/**
 * Name resolution as the server does it (namespace.c): pg_temp first for
 * relations unless it is listed, then pg_catalog unless it is listed, then the
 * list. Functions and operators are never taken from pg_temp without its name.
 */
export class SearchPath {
  readonly #env: SqlEnvironment;
  readonly #listed: readonly string[];
  /** Schemas for relations, in order. */
  readonly relationSchemas: readonly string[];
  /** Schemas for functions and operators, in order. */
  readonly functionSchemas: readonly string[];

  constructor(env: SqlEnvironment) {
    this.#env = env;
    const { catalog } = env;
    const listed: string[] = [];
    let namesTemp = false;
    for (const entry of env.searchPath) {
      if (entry === 'pg_temp') namesTemp = true;
      const schema = this.#schemaOf(entry === '$user' ? env.currentUser : entry);
      if (schema !== undefined && !listed.includes(schema)) listed.push(schema);
    }
    this.#listed = listed;
    const withCatalog = listed.includes('pg_catalog') ? listed : ['pg_catalog', ...listed];
    this.functionSchemas = withCatalog.filter((schema) => schema !== catalog.tempSchema);
    this.relationSchemas =
      namesTemp || catalog.tempSchema === undefined ? withCatalog : [catalog.tempSchema, ...withCatalog];
  }

  /** Schema that a new object without a schema goes to. */
  get creationSchema(): string {
    return this.#listed[0] ?? 'pg_catalog';
  }

  /** Whether the catalog can be trusted about a name. */
  isStale(name: string): boolean {
    const { staleNames } = this.#env;
    return staleNames !== undefined && (staleNames === 'all' || staleNames.has(name));
  }

  /** A relation by name; `database` must be the connected one, as the server demands. */
  relation(name: string, schema?: string, database?: string): CatalogRelation | undefined {
    const { catalog } = this.#env;
    if (this.isStale(name)) return undefined;
    if (database !== undefined && database !== '' && database !== catalog.database) return undefined;
    if (schema !== undefined && schema !== '') {
      return catalog.relation(schema === 'pg_temp' ? (catalog.tempSchema ?? schema) : schema, name);
    }
    return this.#firstInPath(name);
  }

  /**
   * The first of that name in the path. In a schema that the role may not be
   * allowed to look into, it counts only if no later schema has the name: the
   * server would skip to that one without a word.
   */
  #firstInPath(name: string): CatalogRelation | undefined {
    const { catalog, currentUser } = this.#env;
    let doubtful: CatalogRelation | undefined;
    for (const schema of this.relationSchemas) {
      const found = catalog.relation(schema, name);
      if (found === undefined) continue;
      if (doubtful !== undefined) return undefined;
      if (catalog.isUsable(schema, currentUser)) return found;
      doubtful = found;
    }
    return doubtful;
  }

  /**
   * User functions that a call could mean. Which one the server picks depends on
   * the types of the arguments, so all that are visible are given.
   */
  functions(name: string, schema?: string): readonly UserFunction[] {
    const { catalog } = this.#env;
    if (schema !== undefined) {
      return catalog.functions(schema === 'pg_temp' ? (catalog.tempSchema ?? schema) : schema, name);
    }
    const first = this.functionSchemas;
    if (first.length === 1) return catalog.functions(first[0] ?? '', name);
    return first.flatMap((candidate) => catalog.functions(candidate, name));
  }

  /** User operators that a symbol could mean. */
  operators(name: string, schema?: string): readonly UserOperator[] {
    const all = this.#env.catalog.operators(name);
    if (all.length === 0) return all;
    return all.filter((operator) =>
      schema === undefined ? this.functionSchemas.includes(operator.schema) : operator.schema === schema,
    );
  }

  #schemaOf(entry: string): string | undefined {
    if (entry === 'pg_temp') return this.#env.catalog.tempSchema;
    return this.#env.catalog.hasSchema(entry) ? entry : undefined;
  }
}
