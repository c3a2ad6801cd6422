/**
 * What this door speaks, on both sides: current algorithms only, the best
 * first. No SHA-1, no CBC, no group exchange, no compression.
 */
export interface AlgorithmLists {
  readonly kex: readonly string[];
  readonly serverHostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
}

const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
];
export const CHACHA20 = 'chacha20-poly1305@openssh.com';
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  CHACHA20,
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];
/** Encrypt-then-MAC only. */
const MACS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'];

/** The door's own host key, with its certificate where the control plane gave one. */
export const ED25519 = 'ssh-ed25519';
export const ED25519_CERTIFICATE = 'ssh-ed25519-cert-v01@openssh.com';

/** Host keys of targets. Certificates of RSA keys are left out: ssh2 cannot tell their type from their signature's. */
const TARGET_HOST_KEYS = [
  ED25519,
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];
const TARGET_HOST_CERTIFICATES = [
  ED25519_CERTIFICATE,
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
];

/** What callers may sign with (RFC 8308, 3.1), advertised after the first key exchange. */
export const USER_SIGNATURE_ALGORITHMS = [
  ED25519,
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Offered to callers. */
export function doorAlgorithms(hasCertificate: boolean): AlgorithmLists {
  const serverHostKey = hasCertificate ? [ED25519_CERTIFICATE, ED25519] : [ED25519];
  return { kex: KEX, serverHostKey, cipher: CIPHERS, mac: MACS };
}

/**
 * Offered to a target: certificates first where an authority is trusted, and
 * of plain keys only types that are pinned, so that a target with several keys
 * shows the one that is known.
 */
export function targetAlgorithms(trusted: {
  readonly keyTypes: ReadonlySet<string>;
  readonly authorities: boolean;
}): AlgorithmLists {
  const plain = TARGET_HOST_KEYS.filter((name) =>
    trusted.keyTypes.has(name.startsWith('rsa-') ? 'ssh-rsa' : name),
  );
  const serverHostKey = [...(trusted.authorities ? TARGET_HOST_CERTIFICATES : []), ...plain];
  return { kex: KEX, serverHostKey, cipher: CIPHERS, mac: MACS };
}
