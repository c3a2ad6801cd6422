import type { Endpoint } from '../connection/endpoint.ts';
import { isLoopback } from '../connection/server-url.ts';
import { clientEnvironment } from './run-client-program.ts';

export interface PsqlConnection extends Endpoint {
  /** The target, or TARGET/DATABASE. */
  readonly database: string;
  /** Any name does; the token says who it is. */
  readonly user: string;
  readonly token: string;
  /** File of the system's trusted roots, where there is one. */
  readonly systemRoots: string | undefined;
}

/** Variables of libpq that would send the connection, and the token with it, elsewhere. */
const REDIRECTING = [
  'PGHOSTADDR',
  'PGSERVICE',
  'PGSERVICEFILE',
  'PGPASSFILE',
  'PGTARGETSESSIONATTRS',
  'PGLOADBALANCEHOSTS',
];

/**
 * The environment for psql. The token is in PGPASSWORD, never in an argument,
 * where other users could read it. Away from loopback the proxy's certificate is checked, unless the
 * caller's own PGSSLMODE says otherwise.
 */
export function psqlEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  connection: PsqlConnection,
): Readonly<Record<string, string>> {
  const kept = Object.entries(clientEnvironment(env)).filter(([name]) => !REDIRECTING.includes(name));
  const { host, port, database, user, token, systemRoots } = connection;
  const mode = env['PGSSLMODE'] ?? (isLoopback(host) ? 'prefer' : 'verify-full');
  const roots = mode.startsWith('verify') && env['PGSSLROOTCERT'] === undefined ? systemRoots : undefined;
  return {
    ...Object.fromEntries(kept),
    PGHOST: host,
    PGPORT: port,
    PGDATABASE: database,
    PGUSER: user === '' ? 'sallyport' : user,
    PGPASSWORD: token,
    PGSSLMODE: mode,
    ...(roots === undefined ? {} : { PGSSLROOTCERT: roots }),
  };
}
