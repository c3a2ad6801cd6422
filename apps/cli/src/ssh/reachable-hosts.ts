import type { TargetAccess } from '@sallyport/contracts/admin';
import { CliError } from '../cli-error.ts';
import { createAdminApi } from '../client.ts';
import { parseEndpoint, type Endpoint } from '../connection/endpoint.ts';
import type { Settings } from '../connection/settings.ts';
import type { SshHost } from './ssh-config-text.ts';

/** What the caller can reach by ssh, and where. */
export interface ReachableHosts {
  readonly targets: readonly TargetAccess[];
  readonly hosts: readonly SshHost[];
  readonly endpoint: Endpoint;
  readonly hostKeyAlias: string;
}

export async function findReachableHosts(settings: Settings, token: string): Promise<ReachableHosts> {
  const api = createAdminApi(settings.url, token);
  const [{ targets }, options] = await Promise.all([
    api.call(api.access.listTargets({})),
    api.call(api.ssh.getSshOptions({})),
  ]);
  const endpoint = parseEndpoint(options.endpoint);
  if (endpoint === null)
    throw new CliError('failed', 'The control plane does not say where SSH targets are reached.', {
      next: 'An administrator has to set its endpoint for ssh.',
    });
  const hosts = targets.flatMap(({ target, logins }) =>
    target?.protocol === 'ssh' && SAFE.test([target.name, ...logins].join(''))
      ? [{ name: target.name, logins }]
      : [],
  );
  return { targets, hosts, endpoint, hostKeyAlias: checked(options.hostKeyAlias) };
}

/** What a control plane calls targets and accounts; anything else would not be left to ssh's configuration. */
const SAFE = /^[\w.$-]+$/;

function checked(alias: string): string {
  if (SAFE.test(alias)) return alias;
  throw new CliError('failed', 'The control plane names its SSH doors in a way that ssh does not take.');
}
