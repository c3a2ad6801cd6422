import {
  checkUserCertificate,
  decodeCertificate,
  isCertificateBlob,
  outcomeOf,
  parsePublicKeyAlgorithm,
  userauthSignedData,
  verifySignature,
  type PublickeyMethod,
  type UserauthRequest,
} from '@sallyport/codec-ssh';
import type { AccessErrorCode } from '@sallyport/errors';
import { nodeCrypto } from '../../transport/node-crypto.ts';

export interface CertificateContext {
  /** The exchange hash that a signature must cover. */
  readonly sessionId: Buffer;
  /** Keys that sign callers' certificates; empty while the control plane has not told them. */
  readonly authorities: readonly Buffer[];
  readonly sourceAddress: string;
  readonly now: Date;
}

export type CertificateJudgement =
  /** The caller holds its key, and one of our CAs signed it; whose it is, the control plane says. */
  | { readonly kind: 'signed' }
  /** Asked about, and worth a signature. */
  | { readonly kind: 'would-do' }
  /** A plain key, or somebody else's certificate: agents offer all they have. */
  | { readonly kind: 'not-ours' }
  | { readonly kind: 'refused'; readonly code: AccessErrorCode; readonly message: string };

/** What only this connection can check of a certificate: the signature over its session, and from where it comes. */
export function judgeCertificate(
  request: UserauthRequest,
  method: PublickeyMethod,
  context: CertificateContext,
): CertificateJudgement {
  const algorithm = parsePublicKeyAlgorithm(method.algorithm);
  if (algorithm?.isCertificate !== true || !isCertificateBlob(method.key)) return { kind: 'not-ours' };
  const decoded = outcomeOf(() => decodeCertificate(method.key));
  if (!decoded.ok || decoded.value.type !== algorithm.blobType) return { kind: 'not-ours' };
  const certificate = decoded.value;
  const verdict = checkUserCertificate(certificate, {
    now: context.now,
    caKeys: context.authorities,
    crypto: nodeCrypto,
    // Whom it names is for the control plane to judge.
    principal: certificate.principals[0] ?? '',
    sourceAddress: context.sourceAddress,
  });
  if (!verdict.ok) {
    if (verdict.reason === 'expired')
      return { kind: 'refused', code: 'token_expired', message: 'The certificate has expired.' };
    return verdict.reason === 'ca-not-trusted'
      ? { kind: 'not-ours' }
      : {
          kind: 'refused',
          code: 'token_invalid',
          message: `The certificate is not valid here (${verdict.reason}).`,
        };
  }
  if (verdict.grant.forceCommand !== null)
    return {
      kind: 'refused',
      code: 'token_invalid',
      message: 'Certificates with a forced command are not taken.',
    };
  if (method.signature === null) return { kind: 'would-do' };
  const data = userauthSignedData(context.sessionId, { ...request, method });
  const signature = verifySignature(certificate.key, method.signature, data, nodeCrypto, {
    algorithm: algorithm.signatureAlgorithm,
    requireUserVerification: verdict.grant.verifyRequired,
    allowWithoutTouch: verdict.grant.noTouchRequired,
  });
  return signature === 'good'
    ? { kind: 'signed' }
    : {
        kind: 'refused',
        code: 'token_invalid',
        message: `The signature with the certificate is ${signature}.`,
      };
}
