import type { MeasuredSubject } from '../subject.ts';

/** A way to the host that the real `ssh` is sent through. */
export interface SshSubject extends MeasuredSubject, AsyncDisposable {
  /** Arguments of ssh up to and with its destination. Asked for before each run: certificates are short-lived. */
  login(): Promise<readonly string[]>;
}

export interface SshLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile: string;
  readonly certificateFile: string;
}

/** One certificate and nothing else is offered; nothing of the person's own configuration or agent counts. */
export function loginArguments(login: SshLogin): readonly string[] {
  const options = [
    'BatchMode=yes',
    'CertificateFile=' + login.certificateFile,
    'ControlMaster=no',
    'Compression=no',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    // What both offer: else the direct way would pay for a longer exchange than the one through the door.
    'KexAlgorithms=curve25519-sha256',
    'LogLevel=ERROR',
    'PreferredAuthentications=publickey',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
  ];
  return [
    ...['-F', 'none', '-T', '-p', `${login.port}`, '-i', login.privateKeyFile],
    ...options.flatMap((option) => ['-o', option]),
    `${login.user}@${login.host}`,
  ];
}
