import type { Checksum } from './crc32.ts';

/** What verification needs of cryptography. Node and browsers each have their own; both may answer at once or later. */
export interface VerifyCrypto {
  /** SHA-256 (FIPS 180-4), 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Ed25519 (RFC 8032) with a raw public key of 32 bytes. A key or signature that is not one is not valid. */
  verifyEd25519(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean | Promise<boolean>;
  /** A faster CRC-32 than this library's own. */
  readonly crc32?: Checksum;
}

/** WebCrypto: browsers and Node alike, one promise a call. */
export const webCrypto: VerifyCrypto = {
  async sha256(bytes) {
    return new Uint8Array(await crypto.subtle.digest('SHA-256', owned(bytes)));
  },
  async verifyEd25519(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = await crypto.subtle.importKey('raw', owned(publicKey), 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', key, owned(signature), owned(message));
  },
};

/** WebCrypto takes no view of memory that may be shared between threads. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
