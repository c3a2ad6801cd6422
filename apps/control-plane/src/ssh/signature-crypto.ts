import { createHash, createPublicKey, verify } from 'node:crypto';
import type { SignatureCrypto } from '@sallyport/codec-ssh';

/** The cryptography that the codec leaves to whoever calls it. */
export const signatureCrypto: SignatureCrypto = {
  verify: ({ spki, hash, data, signature }) =>
    verify(hash, data, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
};
