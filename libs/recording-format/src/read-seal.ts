import {
  SealBodySchema,
  type RecorderCertificateBody,
  type Seal,
  type SealBody,
} from '@sallyport/contracts/event';
import { decode, verifyRecorderCertificate, type TrustedKeys } from './certificates.ts';
import { sealMessage } from './signed-message.ts';
import type { VerifyCrypto } from './verify-crypto.ts';

/** What a seal says, and which recorder says it. */
export interface SignedSeal {
  readonly recorder: RecorderCertificateBody;
  readonly body: SealBody;
}

/** `not_trusted`: its recorder was not certified by a trusted key. `invalid`: its recorder did not sign this. */
export type SealFault = 'not_a_seal' | 'not_trusted' | 'invalid';

/**
 * Checks that a certified recorder made a seal. A seal carries its recorder's certificate, so it
 * says the same whoever passes it on. Whether it is of the right events is for the caller to see.
 */
export async function readSeal(
  seal: Seal,
  trusted: TrustedKeys,
  crypto: VerifyCrypto,
): Promise<SignedSeal | SealFault> {
  const body = decode(SealBodySchema, seal.body);
  if (seal.certificate === undefined || body === undefined) return 'not_a_seal';
  const recorder = await verifyRecorderCertificate(seal.certificate, trusted, crypto);
  if (recorder === 'not_trusted' || recorder === 'invalid') return 'not_trusted';
  const signed = await crypto.verifyEd25519(recorder.publicKey, sealMessage(seal.body), seal.signature);
  return signed ? { recorder, body } : 'invalid';
}
