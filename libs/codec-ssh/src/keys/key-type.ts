/** Kinds of keys by the names in their blobs (RFC 4253, 6.6; RFC 5656; RFC 8709; OpenSSH PROTOCOL.u2f). */
export const KEY_TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;

export type KeyType = (typeof KEY_TYPES)[number];

export function isKeyType(name: string): name is KeyType {
  return (KEY_TYPES as readonly string[]).includes(name);
}

/** Facts of a NIST curve as SSH, JOSE and X.509 name it. */
export interface Curve {
  readonly sshName: 'nistp256' | 'nistp384' | 'nistp521';
  readonly joseName: 'P-256' | 'P-384' | 'P-521';
  /** Content of the object identifier in DER. */
  readonly oid: readonly number[];
  readonly coordinateBytes: number;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
}

const NISTP256: Curve = {
  sshName: 'nistp256',
  joseName: 'P-256',
  oid: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
  coordinateBytes: 32,
  hash: 'sha256',
};

/** The curve of each kind of ECDSA key. */
export const CURVES = {
  'ecdsa-sha2-nistp256': NISTP256,
  'ecdsa-sha2-nistp384': {
    sshName: 'nistp384',
    joseName: 'P-384',
    oid: [0x2b, 0x81, 0x04, 0x00, 0x22],
    coordinateBytes: 48,
    hash: 'sha384',
  },
  'ecdsa-sha2-nistp521': {
    sshName: 'nistp521',
    joseName: 'P-521',
    oid: [0x2b, 0x81, 0x04, 0x00, 0x23],
    coordinateBytes: 66,
    hash: 'sha512',
  },
  'sk-ecdsa-sha2-nistp256@openssh.com': NISTP256,
} as const satisfies Partial<Record<KeyType, Curve>>;

export type EcdsaKeyType = keyof typeof CURVES;
