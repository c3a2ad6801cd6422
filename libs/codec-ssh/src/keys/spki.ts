import type { Buffer } from 'node:buffer';
import { derBitString, derInteger, derNull, derObjectIdentifier, derSequence } from './der.ts';
import { CURVES } from './key-type.ts';
import type { PublicKey } from './public-key.ts';

const ED25519 = [0x2b, 0x65, 0x70];
const EC_PUBLIC_KEY = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const RSA_ENCRYPTION = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/** A public key as SubjectPublicKeyInfo in DER (RFC 5280, 8410, 5480); of a security key, the key inside. */
export function publicKeyToSpki(key: PublicKey): Buffer {
  switch (key.type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      return derSequence(derSequence(derObjectIdentifier(ED25519)), derBitString(key.publicKey));
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return derSequence(
        derSequence(derObjectIdentifier(EC_PUBLIC_KEY), derObjectIdentifier(CURVES[key.type].oid)),
        derBitString(key.point),
      );
    case 'ssh-rsa':
      return derSequence(
        derSequence(derObjectIdentifier(RSA_ENCRYPTION), derNull()),
        derBitString(derSequence(derInteger(key.modulus), derInteger(key.exponent))),
      );
  }
}
