import type { Endpoint } from '../connection/endpoint.ts';
import type { SshFiles } from './ssh-files.ts';

/** A target as ssh is to know it. */
export interface SshHost {
  readonly name: string;
  /** Accounts that may be named; the default first. */
  readonly logins: readonly string[];
}

export interface SshConfigParts {
  readonly url: string;
  readonly hosts: readonly SshHost[];
  readonly endpoint: Endpoint;
  readonly hostKeyAlias: string;
  readonly files: Pick<SshFiles, 'key' | 'certificate' | 'knownHosts'>;
  /** Words that renew the certificate; ssh runs them before each connection. */
  readonly renewal?: readonly string[];
  /** Files of ssh's own configuration, for a file that stands in its place. */
  readonly includes?: readonly string[];
}

/** What names an account of a target where ssh wants a host: `ssh root+web`. */
export function hostAlias(login: string, target: string): string {
  return `${login}+${target}`;
}

/** A configuration for ssh in which targets are hosts. */
export function renderSshConfig(parts: SshConfigParts): string {
  const { url, hosts, endpoint, hostKeyAlias, files, renewal, includes = [] } = parts;
  const users = hosts.flatMap(({ name, logins }) => [
    [name, name] as const,
    ...logins.map((login) => [hostAlias(login, name), `${login}@${name}`] as const),
  ]);
  const names = users.map(([alias]) => alias).join(',');
  // The renewal has a block of its own: should it fail, ssh still goes to the door and nowhere else.
  const renewing =
    renewal === undefined
      ? []
      : [`Match originalhost ${names} exec ${execWord(renewal)}`, '  IdentitiesOnly yes'];
  return [
    `# Targets of ${url}. Written by "sallyport ssh-config"; what is changed here is lost.`,
    ...users.flatMap(([alias, user]) => [`Host ${alias}`, `  User ${user}`]),
    ...(hosts.length === 0
      ? []
      : [
          ...renewing,
          `Match originalhost ${names}`,
          `  HostName ${endpoint.host}`,
          `  Port ${endpoint.port}`,
          `  HostKeyAlias ${hostKeyAlias}`,
          `  UserKnownHostsFile "${files.knownHosts}"`,
          '  GlobalKnownHostsFile none',
          '  StrictHostKeyChecking yes',
          '  UpdateHostKeys no',
          `  IdentityFile "${files.key}"`,
          `  CertificateFile "${files.certificate}"`,
          '  IdentitiesOnly yes',
          '  PreferredAuthentications publickey',
        ]),
    'Match all',
    ...includes.map((file) => `Include ${file}`),
    '',
  ].join('\n');
}

/** A command line for `Match exec`: quoted for the shell, then for ssh. */
export function execWord(words: readonly string[]): string {
  const line = words
    .map((word) => (/^[\w@=:,./+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
  return `"${line.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`;
}
