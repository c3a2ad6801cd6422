import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import {
  ecdsaNumbersFromDer,
  encodePublicKey,
  encodeSignature,
  parsePrivateKeyFile,
  privateKeyToJwk,
  publicKeyFromJwk,
  type PublicKey,
  type SignatureAlgorithm,
  type SignatureCrypto,
} from '@sallyport/codec-ssh';

/** The cryptography that the codec asks its users for. */
export const nodeCrypto: SignatureCrypto = {
  verify: ({ spki, hash: digest, data, signature }) =>
    verify(digest, data, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature),
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
};

/** A key that logs in to a target. */
export interface LoginKey {
  readonly publicKey: PublicKey;
  /** Public key blob. */
  readonly blob: Buffer;
  sign(algorithm: SignatureAlgorithm, data: Buffer): Buffer;
}

/** A key made for one session, which its target's certificate is for. */
export interface SessionKey extends LoginKey {
  /** 32 bytes. */
  readonly rawEd25519: Buffer;
}

export function makeSessionKey(): SessionKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { ...loginKey(privateKey), rawEd25519: Buffer.from(x, 'base64url') };
}

/** A target's private key as it is kept: OpenSSH's format or PEM, not encrypted. @throws Error when it is neither */
export function readLoginKey(file: string): LoginKey {
  const parsed = parsePrivateKeyFile(file);
  if (!parsed.ok && parsed.error.reason !== 'unsupported') throw parsed.error;
  return loginKey(
    parsed.ok
      ? createPrivateKey({ key: { ...privateKeyToJwk(parsed.value.key) }, format: 'jwk' })
      : createPrivateKey(file),
  );
}

export function loginKey(key: KeyObject): LoginKey {
  const publicKey = publicKeyFromJwk(createPublicKey(key).export({ format: 'jwk' }));
  return {
    publicKey,
    blob: encodePublicKey(publicKey),
    sign: (algorithm, data) => signWith(key, algorithm, data),
  };
}

/** A signature blob. */
function signWith(key: KeyObject, algorithm: SignatureAlgorithm, data: Buffer): Buffer {
  switch (algorithm) {
    case 'ssh-ed25519':
      return encodeSignature({ algorithm, signature: sign(null, data, key) });
    case 'rsa-sha2-256':
      return encodeSignature({ algorithm, signature: sign('sha256', data, key) });
    case 'rsa-sha2-512':
      return encodeSignature({ algorithm, signature: sign('sha512', data, key) });
    case 'ecdsa-sha2-nistp256':
      return encodeSignature({ algorithm, ...ecdsaNumbersFromDer(sign('sha256', data, key)) });
    case 'ecdsa-sha2-nistp384':
      return encodeSignature({ algorithm, ...ecdsaNumbersFromDer(sign('sha384', data, key)) });
    case 'ecdsa-sha2-nistp521':
      return encodeSignature({ algorithm, ...ecdsaNumbersFromDer(sign('sha512', data, key)) });
    case 'sk-ssh-ed25519@openssh.com':
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      throw new Error('a security key cannot be kept in a file');
  }
}
