/**
 * The one file of the codec that reaches for node:crypto: md5 and
 * SCRAM-SHA-256 are part of the protocol, and hashes written in JavaScript
 * would be slower by orders of magnitude and not constant in time. Everything
 * else takes it as an argument, so tests can fix the nonce.
 */
import { Buffer } from 'node:buffer';
// eslint-disable-next-line no-restricted-imports -- see above: nowhere else in this lib
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';

/** What authentication needs of a cryptographic library. */
export interface AuthenticationCrypto {
  randomBytes(count: number): Buffer;
  md5Hex(...parts: readonly Uint8Array[]): string;
  digest(algorithm: DigestAlgorithm, bytes: Uint8Array): Buffer;
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Buffer;
  /** Off the event loop: the server chooses the iterations. */
  pbkdf2Sha256(password: string, salt: Uint8Array, iterations: number): Promise<Buffer>;
  /** In constant time. */
  equal(left: Uint8Array, right: Uint8Array): boolean;
}

export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512' | 'sha224';

const SHA256_BYTES = 32;

export const nodeCrypto: AuthenticationCrypto = {
  randomBytes: (count) => randomBytes(count),
  md5Hex: (...parts) => createHash('md5').update(Buffer.concat(parts)).digest('hex'),
  digest: (algorithm, bytes) => createHash(algorithm).update(bytes).digest(),
  hmacSha256: (key, bytes) => createHmac('sha256', key).update(bytes).digest(),
  pbkdf2Sha256: (password, salt, iterations) =>
    new Promise((resolve, reject) => {
      pbkdf2(password, salt, iterations, SHA256_BYTES, 'sha256', (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      });
    }),
  equal: (left, right) => left.length === right.length && timingSafeEqual(left, right),
};
