import {
  formatCertAuthorityLine,
  formatPublicKeyLine,
  knownHostName,
  type PublicKeyLine,
} from '@sallyport/codec-ssh';

/** Carried by every door's host certificate, whatever address it is reached by; what `HostKeyAlias` names. */
export const HOST_KEY_ALIAS = 'ssh.sallyport.internal';

/** Where callers find the SSH doors, and by which names. */
export interface SshDoor {
  /** "host:port"; empty where none is configured. */
  readonly endpoint: string;
  readonly port: number;
  /** All names that host certificates may carry beside the alias. */
  readonly hostNames: readonly string[];
}

interface DoorSettings {
  readonly endpoints: readonly { readonly protocol: string; readonly address: string }[];
  readonly ssh: { readonly hostNames: readonly string[] };
}

const DEFAULT_PORT = 10_022;

/** From the settings `endpoints` and `ssh.hostNames`. */
export function sshDoorOf({ endpoints, ssh }: DoorSettings): SshDoor {
  const endpoint = endpoints.find(({ protocol }) => protocol === 'ssh')?.address ?? '';
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(endpoint) ?? [];
  const host = bracketed ?? plain;
  const names = [...(host === undefined ? [] : [host]), ...ssh.hostNames].map((name) => name.toLowerCase());
  return {
    endpoint,
    port: port === undefined ? DEFAULT_PORT : Number(port),
    hostNames: [...new Set(names)],
  };
}

/** Lines for a known_hosts file: which CAs may speak for the doors. */
export function knownHostsOf({ hostNames, port }: SshDoor, hostAuthorities: readonly Uint8Array[]): string {
  const patterns = [HOST_KEY_ALIAS, ...hostNames.map((name) => knownHostName(name, port))];
  return hostAuthorities.map((blob) => `${formatCertAuthorityLine(patterns, lineOf(blob))}\n`).join('');
}

/** The CA's key as authorized_keys and TrustedUserCAKeys have it. */
export function authorityLine(blob: Uint8Array, name: string): string {
  return formatPublicKeyLine(blob, `sallyport ${name} CA`);
}

function lineOf(blob: Uint8Array): PublicKeyLine {
  const [type = ''] = formatPublicKeyLine(blob).split(' ');
  return { type, blob: Buffer.from(blob), comment: '' };
}
