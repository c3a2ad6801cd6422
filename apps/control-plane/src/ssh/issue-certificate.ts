import { randomBytes } from 'node:crypto';
import {
  attachCertificateSignature,
  decodePublicKey,
  encodeCertificateContents,
  encodeSignature,
  type CertificateContents,
} from '@sallyport/codec-ssh';
import { AccessError } from '@sallyport/errors';
import type { AuthorityKey } from './authority-keys.ts';
import { keyProblem } from './public-key-text.ts';

/** Clocks of those who check a certificate may be behind by so much. */
const CLOCK_SKEW_MS = 60_000;
const NONCE_BYTES = 32;
const MAX_KEY_ID_CHARACTERS = 255;

export interface CertificateOrder extends Pick<
  CertificateContents,
  'kind' | 'keyId' | 'principals' | 'criticalOptions' | 'extensions'
> {
  /** Public key blob. */
  readonly publicKey: Uint8Array;
  readonly expiresAt: Date;
  readonly now: Date;
}

export interface IssuedCertificate {
  readonly certificate: Uint8Array;
  readonly serial: bigint;
  /** To the second, as it is in the certificate. */
  readonly expiresAt: Date;
}

/** Signs an OpenSSH certificate with the CA's key. @throws AccessError protocol_violation for a key that is not taken */
export function issueCertificate(
  authority: AuthorityKey,
  { publicKey, expiresAt, now, ...order }: CertificateOrder,
): IssuedCertificate {
  const problem = keyProblem(publicKey);
  if (problem !== undefined) throw new AccessError('protocol_violation', `The public key ${problem}.`);
  const serial = randomBytes(8).readBigUInt64BE();
  const validBefore = toSeconds(expiresAt.getTime());
  const contents: CertificateContents = {
    ...order,
    key: decodePublicKey(publicKey),
    nonce: randomBytes(NONCE_BYTES),
    serial,
    keyId: oneLine(order.keyId),
    validAfter: toSeconds(now.getTime() - CLOCK_SKEW_MS),
    validBefore,
    caKey: Buffer.from(authority.blob),
  };
  const certificate = signCertificate(authority, contents);
  return { certificate, serial, expiresAt: new Date(Number(validBefore) * 1000) };
}

/** The certificate that says exactly this, whatever it is. */
export function signCertificate(authority: AuthorityKey, contents: CertificateContents): Uint8Array {
  const signed = encodeCertificateContents(contents);
  const signature = Buffer.from(authority.sign(signed));
  return attachCertificateSignature(signed, encodeSignature({ algorithm: 'ssh-ed25519', signature }));
}

function toSeconds(milliseconds: number): bigint {
  return BigInt(Math.floor(milliseconds / 1000));
}

/** Key ids stand in the logs of whoever checks the certificate. */
function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_KEY_ID_CHARACTERS);
}
