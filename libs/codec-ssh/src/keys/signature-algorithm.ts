import type { KeyType } from './key-type.ts';

/** Algorithms whose signatures are believed. `ssh-rsa` (SHA-1) and `ssh-dss` are none. */
export const SIGNATURE_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;

export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Algorithms that keys of a kind sign with, the preferred one first. */
export function signatureAlgorithmsOf(type: KeyType): readonly SignatureAlgorithm[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type];
}

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';

/** A public key algorithm as a userauth request or a host key algorithm list names it. */
export interface PublicKeyAlgorithm {
  /** What the signature's blob must name. */
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** What the key's blob (or the certificate's) must name. */
  readonly blobType: string;
  readonly isCertificate: boolean;
}

/**
 * Takes a public key algorithm's name apart, or gives null for one that is
 * not taken: `rsa-sha2-512-cert-v01@openssh.com` wants a blob of
 * `ssh-rsa-cert-v01@openssh.com` and a signature of `rsa-sha2-512`.
 */
export function parsePublicKeyAlgorithm(name: string): PublicKeyAlgorithm | null {
  const isCertificate = name.endsWith(CERTIFICATE_SUFFIX);
  const stem = isCertificate ? name.slice(0, -CERTIFICATE_SUFFIX.length) : name;
  // Of a security key, the suffix of the vendor goes where the certificate's is.
  const plain = isCertificate && stem.startsWith('sk-') ? `${stem}@openssh.com` : stem;
  const signatureAlgorithm = SIGNATURE_ALGORITHMS.find((algorithm) => algorithm === plain);
  if (signatureAlgorithm === undefined) return null;
  const base = plain.startsWith('rsa-') ? 'ssh-rsa' : stem;
  return { signatureAlgorithm, blobType: isCertificate ? base + CERTIFICATE_SUFFIX : base, isCertificate };
}
