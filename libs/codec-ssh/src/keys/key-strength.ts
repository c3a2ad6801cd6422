import type { PublicKey, RsaPublicKey } from './public-key.ts';

/** Smallest RSA modulus that is believed. Bits. */
export const MIN_RSA_BITS = 2048;

/** The length of an RSA key. Bits. */
export function rsaModulusBits(key: RsaPublicKey): number {
  const first = key.modulus[0];
  return first === undefined ? 0 : key.modulus.length * 8 - (Math.clz32(first) - 24);
}

/** Whether a key is long enough to be believed; of the kinds taken here, only RSA keys can be too short. */
export function isStrongKey(key: PublicKey, minRsaBits = MIN_RSA_BITS): boolean {
  return key.type !== 'ssh-rsa' || rsaModulusBits(key) >= minRsaBits;
}
