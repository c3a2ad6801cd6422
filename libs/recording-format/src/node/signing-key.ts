import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  type KeyObject,
} from 'node:crypto';

/** An Ed25519 key that signs (RFC 8032): a session's, the recorder's, or the control plane's recording key. */
export interface SigningKey {
  /** Raw public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of the raw public key: `signer_key_id` of a certificate. */
  readonly keyId: Uint8Array;
  /** Signature over `message`, 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
  /** The private key as PKCS#8 DER, for whoever must keep it; a secret. */
  exportPkcs8(): Uint8Array;
}

/** A fresh key. A session's and a recorder's live in memory only; about 40 us. */
export function generateSigningKey(): SigningKey {
  return fromPrivateKey(generateKeyPairSync('ed25519').privateKey);
}

/**
 * The key kept as PKCS#8 DER.
 * @throws Error when it is not an Ed25519 private key; the message holds nothing of the key.
 */
export function signingKeyFromPkcs8(der: Uint8Array): SigningKey {
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('a signing key must be an Ed25519 key');
  return fromPrivateKey(key);
}

function fromPrivateKey(privateKey: KeyObject): SigningKey {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  // RFC 8410: the raw key is the last 32 bytes of the SubjectPublicKeyInfo.
  const publicKey = Uint8Array.from(spki.subarray(spki.length - 32));
  return {
    publicKey,
    keyId: Uint8Array.from(hash('sha256', publicKey, 'buffer')),
    sign: (message) => sign(null, message, privateKey),
    exportPkcs8: () => privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
}
