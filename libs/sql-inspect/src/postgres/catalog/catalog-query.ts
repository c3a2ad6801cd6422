/**
 * The queries that fill an `SqlCatalog`. They run on PostgreSQL 12 to 18, as any
 * role, and read nothing but pg_catalog.
 */

/** Schemas that come with the server. */
const SYSTEM = `('pg_catalog', 'information_schema')`;

/** Oids below are given by initdb. */
const FIRST_USER_OID = 16384;

/** Hash of a row's identity and version: any insert, update or delete of it changes the sum. */
function rowsHash(table: string, key: string, filter: string): string {
  return `(SELECT coalesce(sum(hashint8((${key}::oid::int8 << 31) # t.xmin::text::int8)::numeric), 0)
    FROM pg_catalog.${table} t WHERE ${filter})`;
}

const FINGERPRINT = [
  rowsHash('pg_class', 't.oid', `t.oid >= ${FIRST_USER_OID}`),
  rowsHash('pg_attribute', 't.attrelid', `t.attrelid >= ${FIRST_USER_OID} AND t.attnum > 0`),
  rowsHash('pg_rewrite', 't.oid', `t.oid >= ${FIRST_USER_OID}`),
  rowsHash('pg_proc', 't.oid', `t.oid >= ${FIRST_USER_OID}`),
  rowsHash('pg_trigger', 't.oid', 'NOT t.tgisinternal'),
  rowsHash('pg_constraint', 't.oid', `t.contype = 'f'`),
  rowsHash('pg_inherits', 't.inhrelid', 'true'),
  rowsHash('pg_namespace', 't.oid', 'true'),
  rowsHash('pg_operator', 't.oid', `t.oid >= ${FIRST_USER_OID}`),
  rowsHash('pg_cast', 't.oid', `t.oid >= ${FIRST_USER_OID}`),
  rowsHash('pg_attrdef', 't.adrelid', 'true'),
  rowsHash('pg_auth_members', 't.roleid', 'true'),
].join(` || ':' || `);

/**
 * One row, one text: differs whenever something that the catalog holds was made,
 * changed or dropped. A few milliseconds on thousands of tables; poll it.
 */
export const CATALOG_FINGERPRINT_QUERY = `SELECT (${FINGERPRINT})::text AS fingerprint`;

/** An oid as a reference to a function: built-in ones by name. */
function functionReference(oid: string): string {
  return `json_build_object('oid', ${oid}::oid::int8, 'builtin',
    (SELECT r.proname FROM pg_proc r JOIN pg_namespace rn ON rn.oid = r.pronamespace
     WHERE r.oid = ${oid}::oid AND rn.nspname IN ${SYSTEM}))`;
}

const HEADER = `
SELECT 'server', json_build_object(
  'version', current_setting('server_version_num')::int,
  'database', current_database(),
  'role', current_user,
  'searchPath', current_setting('search_path'),
  'tempSchema', (SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()),
  'fingerprint', (${FINGERPRINT})::text,
  'schemas', (SELECT json_agg(json_build_array(nspname, has_schema_privilege(oid, 'USAGE'),
      has_schema_privilege('public', oid, 'USAGE')))
    FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp_)' OR oid = pg_my_temp_schema()),
  'systemTypes', (SELECT json_agg(typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname IN ${SYSTEM}),
  'userTypes', (SELECT json_agg(DISTINCT typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname NOT IN ${SYSTEM})
)::text`;

const SYSTEM_RELATIONS = `
SELECT 'system-relation', json_build_array(c.oid::int8, n.nspname, c.relname, c.relkind,
  (SELECT json_agg(json_build_array(a.attname, a.attnum, a.atttypid::int8) ORDER BY a.attnum)
   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ${SYSTEM} AND c.relkind IN ('r', 'v')`;

const RELATIONS = `
SELECT 'relation', json_build_object(
  'oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
  'columns', (SELECT json_agg(json_build_array(a.attname, a.attnum, a.atttypid::int8,
      CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END) ORDER BY a.attnum)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'view', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
  'server', (SELECT s.srvname FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver
    WHERE f.ftrelid = c.oid),
  'rules', (SELECT json_agg(pg_get_ruledef(r.oid)) FROM pg_rewrite r
    WHERE r.ev_class = c.oid AND r.ev_type <> '1' AND c.relhasrules),
  'instead', (SELECT json_agg(json_build_array(t.tgfoid::int8, t.tgtype)) FROM pg_trigger t
    WHERE t.tgrelid = c.oid AND c.relkind = 'v' AND (t.tgtype & 64) <> 0),
  'parents', (SELECT json_agg(i.inhparent::int8) FROM pg_inherits i WHERE i.inhrelid = c.oid),
  'partition', c.relispartition,
  'references', (SELECT json_agg(json_build_array(k.conrelid::int8, k.confdeltype, k.confupdtype,
      (SELECT json_agg(ka.attname) FROM pg_attribute ka WHERE ka.attrelid = c.oid AND ka.attnum = ANY (k.confkey))))
    FROM pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f')
)::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ${SYSTEM} AND n.nspname !~ '^pg_toast'
  AND (n.nspname !~ '^pg_temp_' OR n.oid = pg_my_temp_schema())
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')`;

/** Indexes have names in the same space as tables, so they take part in resolving them. */
const INDEXES = `
SELECT 'index', json_build_array(c.oid::int8, n.nspname, c.relname, i.indrelid::int8)::text
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ${SYSTEM} AND n.nspname !~ '^pg_toast'
  AND (n.nspname !~ '^pg_temp_' OR n.oid = pg_my_temp_schema())`;

/** One line for each name of pg_catalog: overloads are not told apart. */
const BUILTINS = `
SELECT 'builtin', json_build_array(proname, max(volatility), min(shape), max(shape), min(outputs), max(outputs),
  bool_or(prokind = 'a'), bool_or(proretset))::text
FROM (
  SELECT p.proname, p.prokind, p.proretset,
    CASE p.provolatile WHEN 'i' THEN 1 WHEN 's' THEN 2 ELSE 3 END AS volatility,
    CASE WHEN o.names IS NOT NULL THEN 'columns'
      WHEN t.typtype = 'c' OR (t.typtype = 'p' AND t.typname IN
        ('record', 'anyelement', 'anycompatible', 'anynonarray', 'anycompatiblenonarray', 'any')) THEN 'open'
      ELSE 'scalar' END AS shape,
    coalesce(o.names, '') AS outputs
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_type t ON t.oid = p.prorettype
  CROSS JOIN LATERAL (
    SELECT json_agg(p.proargnames[i] ORDER BY i)::text AS names
    FROM generate_subscripts(p.proargmodes, 1) i WHERE p.proargmodes[i] IN ('o', 'b', 't')) o
  WHERE n.nspname IN ${SYSTEM}
) b GROUP BY proname`;

const FUNCTIONS = `
SELECT 'function', json_build_object(
  'oid', p.oid::int8, 'schema', n.nspname, 'name', p.proname, 'language', l.lanname,
  'volatility', p.provolatile, 'kind', p.prokind, 'owner', pg_get_userbyid(p.proowner),
  'definition', CASE WHEN p.prokind <> 'a' AND l.lanname NOT IN ('c', 'internal') THEN pg_get_functiondef(p.oid) END,
  'extension', (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
      AND d.refclassid = 'pg_extension'::regclass),
  'parts', (SELECT json_agg(${functionReference('f')}) FROM pg_aggregate g,
      unnest(ARRAY[g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggserialfn, g.aggdeserialfn,
        g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn]::oid[]) f
    WHERE g.aggfnoid = p.oid AND f <> 0)
)::text
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname NOT IN ${SYSTEM} AND n.nspname !~ '^pg_toast'`;

const OPERATORS = `
SELECT 'operator', json_build_object('schema', n.nspname, 'name', o.oprname,
  'function', ${functionReference('o.oprcode')})::text
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE o.oid >= ${FIRST_USER_OID} AND o.oprcode <> 0`;

const CASTS = `
SELECT 'cast', json_build_object('source', s.typname, 'target', t.typname, 'implicit', c.castcontext <> 'e',
  'function', ${functionReference('c.castfunc')})::text
FROM pg_cast c JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
WHERE c.oid >= ${FIRST_USER_OID} AND c.castfunc <> 0`;

/**
 * Everything `buildSqlCatalog` needs: rows of two texts, what it is and a JSON
 * value, in one statement and so of one moment. Run it with `search_path =
 * pg_catalog` (stored definitions are printed relative to it; the catalog
 * refuses rows made with another), as the role that the session runs as. On a
 * session's own connection it also sees that session's temporary and not yet
 * committed objects: use that after a statement with `changesCatalog`.
 */
export const POSTGRES_CATALOG_QUERY = [
  HEADER,
  SYSTEM_RELATIONS,
  RELATIONS,
  INDEXES,
  BUILTINS,
  FUNCTIONS,
  OPERATORS,
  CASTS,
].join('\nUNION ALL');

/** What `search_path` must be while the query runs. */
export const CATALOG_SEARCH_PATH = 'pg_catalog';
