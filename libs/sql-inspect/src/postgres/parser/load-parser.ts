/**
 * The server's own parser, ready to use. It is WebAssembly, compiled once when
 * this module is loaded; everything else takes its functions from here.
 */
import { hasSqlDetails, loadModule, parsePlPgSQLSync, parseSync, scanSync, SqlError } from 'libpg-query';

await loadModule();

export { hasSqlDetails, parsePlPgSQLSync, parseSync, scanSync, SqlError };
