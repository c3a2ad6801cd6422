import { createHash, verify } from 'node:crypto';
import type { SignatureCrypto } from '../src/index.ts';

/** What the apps bring along. */
export const nodeCrypto: SignatureCrypto = {
  verify: ({ spki, hash, data, signature }) =>
    verify(hash, data, { key: spki, format: 'der', type: 'spki' }, signature),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
};
