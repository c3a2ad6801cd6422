import { existsSync } from 'node:fs';
import { createAdminApi } from '../client.ts';
import { parseEndpoint } from '../connection/endpoint.ts';
import type { Invocation } from '../invocation.ts';
import { tokenToUse } from '../login/session-token.ts';
import { findTarget, noEndpoint } from './find-target.ts';
import { psqlEnvironment } from './psql-environment.ts';
import { runClientProgram } from './run-client-program.ts';

/** Roots of the system, where distributions keep them; libpq before 16 does not know them by itself. */
const SYSTEM_ROOTS = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

/** Runs psql on a target, and ends as it ends. */
export async function runPsql(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const [name = '', ...databaseParts] = invocation.argument(0).split('/');
  const settings = await invocation.settings();
  const token = await tokenToUse(world, settings);
  const api = createAdminApi(settings.url, token);
  const { targets } = await api.call(api.access.listTargets({}));
  const endpoint = parseEndpoint(findTarget(targets, name, 'postgres').endpoint);
  if (endpoint === null) throw noEndpoint(name, 'postgres');
  const user = settings.token.kind === 'login' ? settings.token.login.principal : '';
  const env = psqlEnvironment(world.env, {
    ...endpoint,
    database: [name, ...databaseParts].join('/'),
    user,
    token,
    systemRoots: SYSTEM_ROOTS.find((file) => existsSync(file)),
  });
  return runClientProgram(world, {
    file: 'psql',
    words: invocation.rest(1),
    env,
    package: 'postgresql-client',
  });
}
