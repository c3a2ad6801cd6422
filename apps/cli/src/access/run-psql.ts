import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { CliError, reasonOf, systemCode } from '../cli-error.ts';
import { createAdminApi } from '../client.ts';
import type { Invocation } from '../invocation.ts';
import { tokenToUse } from '../login/session-token.ts';
import { parseEndpoint, psqlEnvironment } from './psql-environment.ts';

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
  const access = targets.find(({ target }) => target?.name === name);
  // Said the same way for a target that does not exist and for one that policy does not open.
  if (access === undefined)
    throw new CliError('notFound', `The target "${name}" is not available to you.`, {
      next: 'List what you can reach with "sallyport targets".',
    });
  const protocol = access.target?.protocol ?? '';
  if (protocol !== 'postgres')
    throw new CliError('usage', `"${name}" is not a PostgreSQL target; it speaks ${protocol}.`);
  const endpoint = parseEndpoint(access.endpoint);
  if (endpoint === null) {
    throw new CliError('failed', `The control plane does not say where "${name}" is reached.`, {
      next: 'An administrator has to set its endpoint for postgres.',
    });
  }
  const user = settings.token.kind === 'login' ? settings.token.login.principal : '';
  const env = psqlEnvironment(world.env, {
    ...endpoint,
    database: [name, ...databaseParts].join('/'),
    user,
    token,
    systemRoots: SYSTEM_ROOTS.find((file) => existsSync(file)),
  });
  try {
    const end = await world.runProgram('psql', invocation.rest(1), env);
    return 'code' in end ? end.code : 128 + signalNumber(end.signal);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw new CliError('failed', 'psql is not installed.', {
        next: 'Install it, on Debian and Ubuntu with "apt-get install postgresql-client".',
      });
    }
    throw new CliError('failed', 'psql could not be started.', { reason: reasonOf(error) });
  }
}

function signalNumber(name: string): number {
  return Object.entries(constants.signals).find(([signal]) => signal === name)?.[1] ?? 0;
}
