import { randomBytes } from 'node:crypto';
import { AccessError } from '@sallyport/errors';
import type { AuthorityKey } from './authority-keys.ts';
import { encodeCertificate, type CertificateFacts } from './certificate-blob.ts';
import { keyProblem } from './public-key-text.ts';

/** Clocks of those who check a certificate may be behind by so much. */
const CLOCK_SKEW_MS = 60_000;
const NONCE_BYTES = 32;

export interface CertificateOrder {
  readonly publicKey: Uint8Array;
  readonly kind: 'user' | 'host';
  readonly keyId: string;
  readonly principals: readonly string[];
  readonly expiresAt: Date;
  readonly criticalOptions: CertificateFacts['criticalOptions'];
  readonly extensions: CertificateFacts['extensions'];
  readonly now: Date;
}

export interface IssuedCertificate {
  readonly certificate: Uint8Array;
  readonly serial: bigint;
  /** To the second, as it is in the certificate. */
  readonly expiresAt: Date;
}

/** Signs an OpenSSH certificate (PROTOCOL.certkeys) with the CA's key. @throws AccessError protocol_violation for a key that is not taken */
export function issueCertificate(
  authority: AuthorityKey,
  { publicKey, expiresAt, now, ...order }: CertificateOrder,
): IssuedCertificate {
  const problem = keyProblem(publicKey);
  if (problem !== undefined) throw new AccessError('protocol_violation', `The public key ${problem}.`);
  const serial = randomBytes(8).readBigUInt64BE();
  const validBefore = Math.floor(expiresAt.getTime() / 1000);
  const certificate = encodeCertificate(
    {
      ...order,
      publicKey,
      nonce: randomBytes(NONCE_BYTES),
      serial,
      keyId: printable(order.keyId),
      validAfter: Math.floor((now.getTime() - CLOCK_SKEW_MS) / 1000),
      validBefore,
    },
    authority,
  );
  return { certificate, serial, expiresAt: new Date(validBefore * 1000) };
}

/** Key ids stand in the logs of whoever checks the certificate: one short line. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 255);
}
