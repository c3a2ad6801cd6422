import type { UserFunction } from '../../model/catalog.ts';

/** Extensions whose functions reach files, other servers or the network. */
const IO_EXTENSIONS: ReadonlySet<string> = new Set([
  'dblink',
  'adminpack',
  'file_fdw',
  'postgres_fdw',
  'http',
  'pg_net',
  'pgsql-http',
  'aws_s3',
  'aws_lambda',
  'aws_commons',
  'oracle_fdw',
  'mysql_fdw',
  'tds_fdw',
  'multicorn',
  'pg_cron',
  'plsh',
  'azure_storage',
]);

/** Functions of extensions that run SQL text they are given, whatever their volatility says. */
const RUNS_TEXT =
  /^(crosstab|crosstabn?_hash|crosstab\d*|connectby|xpath_table|exec_sql|query_to_.*|plan_.*)$/;

/** Extensions whose functions compute from their arguments alone, also where they are marked stable or volatile. */
const COMPUTING: ReadonlySet<string> = new Set([
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'dict_int',
  'dict_xsyn',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'intarray',
  'isn',
  'ltree',
  'pg_trgm',
  'pgcrypto',
  'seg',
  'unaccent',
  'uuid-ossp',
  'vector',
]);

/**
 * What can be said of an extension's function without its body. Only C code
 * (and the server's own, under another name) counts here: it takes a superuser to make, and membership in an extension
 * cannot be faked by who merely owns a function in SQL or PL/pgSQL.
 */
export function extensionVerdict(user: UserFunction): 'harmless' | 'io' | 'unknown' {
  const { extension, language } = user;
  if (extension === undefined || (language !== 'c' && language !== 'internal')) return 'unknown';
  if (IO_EXTENSIONS.has(extension)) return 'io';
  if (RUNS_TEXT.test(user.name)) return 'unknown';
  if (COMPUTING.has(extension)) return 'harmless';
  return user.volatility === 'immutable' ? 'harmless' : 'unknown';
}
