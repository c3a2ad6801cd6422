import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { startServerProcess, type ServerProcess } from '../process/server-process.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

export type SshHostKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshServerOptions {
  /** Default: one of Ed25519. */
  readonly hostKeyTypes?: readonly SshHostKeyType[];
  /** Lines of sshd_config, before the defaults, of which the first counts. */
  readonly settings?: readonly string[];
  /** Makes a host CA, and shows a certificate of it with these names instead of the plain Ed25519 key. */
  readonly certifiedNames?: readonly string[];
  readonly onOutput?: (text: string) => void;
}

/** The machine's OpenSSH server on loopback, as this user, who is the only one that can log in. */
export interface SshServer extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  /** Public keys, as in an authorized_keys file. */
  readonly hostKeys: readonly string[];
  /** Public key of the host CA; only with `certifiedNames`. */
  readonly hostAuthority: string | undefined;
  /** A private key that may log in, in OpenSSH's format, and the file that it is in. */
  readonly privateKey: string;
  readonly privateKeyFile: string;
  /** Certificates for `user` of the CA whose private key is in this file log in too. */
  readonly userAuthorityFile: string;
  readonly directory: string;
  readonly pid: number;
  output(): string;
  /** Ends it and every connection, without a word. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';
const KEYGEN = 'ssh-keygen';
/** Where sshd, as root, wants a directory that nobody writes to. */
const EMPTY_DIRECTORY = '/run/sshd';

/** Undefined: this machine has an OpenSSH server. Else what to do about it. */
export function missingSshServer(): string | undefined {
  return existsSync(SSHD) ? undefined : `${SSHD} is missing; install the Debian package openssh-server`;
}

export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const missing = missingSshServer();
  if (missing !== undefined) throw new Error(missing);
  const directory = temporaryDirectory('sshd');
  if (process.getuid?.() === 0) mkdirSync(EMPTY_DIRECTORY, { recursive: true, mode: 0o755 });
  const make = (name: string, type = 'ed25519') => {
    const file = directory.join(name);
    execFileSync(KEYGEN, ['-q', '-t', type, '-N', '', '-C', name, '-f', file]);
    return file;
  };
  const hostKeyFiles = (options.hostKeyTypes ?? ['ed25519']).map((type) => make(`host_${type}`, type));
  const loginKey = make('login');
  const userAuthority = make('user_ca');
  const hostAuthority = certify(options.certifiedNames, hostKeyFiles[0] ?? '', make);
  const port = await freePort();
  const config = directory.join('sshd_config');
  writeFileSync(directory.join('authorized_keys'), readFileSync(`${loginKey}.pub`));
  writeFileSync(
    config,
    [
      ...(options.settings ?? []),
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...hostKeyFiles.map((file) => `HostKey ${file}`),
      ...(hostAuthority === undefined ? [] : [`HostCertificate ${hostKeyFiles[0] ?? ''}-cert.pub`]),
      `AuthorizedKeysFile ${directory.join('authorized_keys')}`,
      `TrustedUserCAKeys ${userAuthority}.pub`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'UseDNS no',
      'PermitRootLogin yes',
      'AcceptEnv *',
      'PrintMotd no',
      'PrintLastLog no',
      'MaxStartups 1000',
      'MaxSessions 1000',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  );
  const server = await startServerProcess({
    command: SSHD,
    args: ['-D', '-e', '-f', config],
    env: { PATH: process.env['PATH'] },
    ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
  });
  await server.ready('sshd answers', () => greets(port));
  return handleOf(server, directory, {
    port,
    hostKeys: hostKeyFiles.map((file) => readFileSync(`${file}.pub`, 'utf8').trim()),
    hostAuthority,
    privateKey: readFileSync(loginKey, 'utf8'),
    privateKeyFile: loginKey,
    userAuthorityFile: userAuthority,
  });
}

function certify(
  names: readonly string[] | undefined,
  hostKeyFile: string,
  make: (name: string) => string,
): string | undefined {
  if (names === undefined) return undefined;
  const authority = make('host_ca');
  const args = ['-q', '-s', authority, '-I', 'spec', '-h', '-n', names.join(','), `${hostKeyFile}.pub`];
  execFileSync(KEYGEN, args);
  return readFileSync(`${authority}.pub`, 'utf8').trim();
}

function handleOf(
  server: ServerProcess,
  directory: ReturnType<typeof temporaryDirectory>,
  facts: Pick<
    SshServer,
    'port' | 'hostKeys' | 'hostAuthority' | 'privateKey' | 'privateKeyFile' | 'userAuthorityFile'
  >,
): SshServer {
  const end = async (signal: NodeJS.Signals) => {
    for (const pid of connectionsOf(server.pid)) killIfThere(pid);
    await server.stop(signal);
    rmSync(directory.path, { recursive: true, force: true });
  };
  const stop = () => end('SIGTERM');
  return {
    ...facts,
    host: '127.0.0.1',
    user: userInfo().username,
    directory: directory.path,
    pid: server.pid,
    output: () => server.output(),
    kill: () => end('SIGKILL'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return; // It ended by itself.
  }
}

/** The processes of its connections. */
function connectionsOf(pid: number): number[] {
  const file = join('/proc', String(pid), 'task', String(pid), 'children');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number);
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
