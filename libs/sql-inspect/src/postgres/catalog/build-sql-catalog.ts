import type {
  BuiltinFunction,
  CatalogRelation,
  SqlCatalog,
  UserCast,
  UserFunction,
  UserOperator,
} from '../../model/catalog.ts';
import { relationColumnRef } from '../relation/relation-name.ts';
import { CATALOG_SEARCH_PATH } from './catalog-query.ts';
import {
  CatalogRowError,
  list,
  number,
  optionalText,
  parseJson,
  record,
  text,
  texts,
  type JsonRecord,
} from './catalog-rows.ts';
import {
  builtinFunction,
  indexRelation,
  systemRelation,
  userCast,
  userFunction,
  userOperator,
  userRelation,
} from './decode-rows.ts';

/** One row of `POSTGRES_CATALOG_QUERY`: what it is, and a JSON text. */
export type CatalogRow = readonly [kind: string, json: string];

/**
 * The catalog from the query's rows. Plain data goes in, so the rows can be sent
 * to a worker and built there.
 *
 * @throws CatalogRowError where the rows are not the query's, or were made with another search_path.
 */
export function buildSqlCatalog(rows: Iterable<CatalogRow>): SqlCatalog {
  const builder = new CatalogBuilder();
  for (const [kind, json] of rows) builder.add(kind, json);
  return builder.build();
}

class CatalogBuilder {
  #server: JsonRecord | undefined;
  readonly #relations = new Map<string, CatalogRelation>();
  readonly #byOid = new Map<number, CatalogRelation>();
  readonly #bySchema = new Map<string, CatalogRelation[]>();
  readonly #children = new Map<number, CatalogRelation[]>();
  readonly #builtins = new Map<string, BuiltinFunction>();
  readonly #functions = new Map<string, UserFunction[]>();
  readonly #functionsByOid = new Map<number, UserFunction>();
  readonly #operators = new Map<string, UserOperator[]>();
  readonly #casts: UserCast[] = [];

  add(kind: string, json: string): void {
    switch (kind) {
      case 'server':
        this.#server = record(parseJson(json));
        return;
      case 'system-relation':
        this.#addRelation(systemRelation(json));
        return;
      case 'relation':
        this.#addRelation(userRelation(json));
        return;
      case 'index':
        this.#addRelation(indexRelation(json));
        return;
      case 'builtin': {
        const builtin = builtinFunction(json);
        this.#builtins.set(builtin.name, builtin);
        return;
      }
      case 'function': {
        const user = userFunction(json);
        append(this.#functions, nameKey(user.schema, user.name), user);
        this.#functionsByOid.set(user.oid, user);
        return;
      }
      case 'operator': {
        const operator = userOperator(json);
        append(this.#operators, operator.name, operator);
        return;
      }
      case 'cast':
        this.#casts.push(userCast(json));
        return;
      default:
        throw new CatalogRowError('a catalog row is of an unknown kind');
    }
  }

  #addRelation(relation: CatalogRelation): void {
    this.#relations.set(nameKey(relation.schema, relation.name), relation);
    this.#byOid.set(relation.oid, relation);
    if (relation.kind !== 'index') append(this.#bySchema, relation.schema, relation);
    for (const parent of relation.parents) append(this.#children, parent, relation);
  }

  build(): SqlCatalog {
    const server = this.#server;
    if (server === undefined) throw new CatalogRowError('the catalog has no server row');
    if (text(server['searchPath']) !== CATALOG_SEARCH_PATH) {
      throw new CatalogRowError('the catalog was loaded with another search_path than pg_catalog');
    }
    const loadedAs = text(server['role']);
    const schemas = schemaUse(server);
    const systemTypes = new Set(texts(server['systemTypes']));
    const userTypes = new Set(texts(server['userTypes']));
    return {
      serverVersion: number(server['version']),
      fingerprint: text(server['fingerprint']),
      database: text(server['database']),
      tempSchema: optionalText(server['tempSchema']),
      loadedAs,
      hasSchema: (name) => schemas.has(name),
      isUsable: (schema, role) => {
        const use = schemas.get(schema);
        return use !== undefined && (use.byAll || (use.byLoader && role === loadedAs));
      },
      relation: (schema, name) => this.#relations.get(nameKey(schema, name)),
      relationByOid: (oid) => this.#byOid.get(oid),
      descendants: (oid) => closure(oid, (from) => this.#children.get(from) ?? []),
      ancestors: (oid) => closure(oid, (from) => this.#parentsOf(from)),
      relationsOf: (schema) => this.#bySchema.get(schema) ?? [],
      builtinFunction: (name) => this.#builtins.get(name),
      functions: (schema, name) => this.#functions.get(nameKey(schema, name)) ?? [],
      functionByOid: (oid) => this.#functionsByOid.get(oid),
      operators: (name) => this.#operators.get(name) ?? [],
      casts: this.#casts,
      isSystemType: (name) => systemTypes.has(name),
      isUserType: (name) => userTypes.has(name),
      columnByOid: (tableOid, attnum) => this.#columnByOid(tableOid, attnum),
    };
  }

  #parentsOf(oid: number): readonly CatalogRelation[] {
    const parents = this.#byOid.get(oid)?.parents ?? [];
    return parents.flatMap((parent) => this.#byOid.get(parent) ?? []);
  }

  #columnByOid(tableOid: number, attnum: number): string | undefined {
    const relation = this.#byOid.get(tableOid);
    const column = relation?.columns.find((candidate) => candidate.attnum === attnum);
    return relation === undefined || column === undefined
      ? undefined
      : relationColumnRef(relation, column.name);
  }
}

interface SchemaUse {
  readonly byLoader: boolean;
  readonly byAll: boolean;
}

/** Schemas with who may look into them. The session's own temporary schema always can be. */
function schemaUse(server: JsonRecord): ReadonlyMap<string, SchemaUse> {
  const schemas = new Map<string, SchemaUse>();
  for (const row of list(server['schemas'])) {
    const [name, byLoader, byAll] = list(row);
    const isOwnTemp = name === server['tempSchema'];
    schemas.set(text(name), { byLoader: byLoader === true, byAll: byAll === true || isOwnTemp });
  }
  return schemas;
}

function nameKey(schema: string, name: string): string {
  return `${schema}\0${name}`;
}

function append<V>(map: Map<string, V[]> | Map<number, V[]>, key: string | number, value: V): void {
  const target = map as Map<string | number, V[]>;
  const values = target.get(key);
  if (values === undefined) target.set(key, [value]);
  else values.push(value);
}

const NOTHING: readonly CatalogRelation[] = [];

/** Everything reachable, each once. */
function closure(oid: number, next: (oid: number) => readonly CatalogRelation[]): readonly CatalogRelation[] {
  const direct = next(oid);
  if (direct.length === 0) return NOTHING;
  const found = new Map<number, CatalogRelation>();
  const queue = [...direct];
  for (let relation = queue.pop(); relation !== undefined; relation = queue.pop()) {
    if (found.has(relation.oid)) continue;
    found.set(relation.oid, relation);
    queue.push(...next(relation.oid));
  }
  return [...found.values()];
}
