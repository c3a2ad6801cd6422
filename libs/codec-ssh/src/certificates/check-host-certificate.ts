import { matchesWildcard } from '../keys/wildcard.ts';
import type { Certificate } from './certificate.ts';
import { authorityRefusal, type AuthorityContext, type AuthorityRefusal } from './check-authority.ts';

export type HostCertificateRefusal =
  | AuthorityRefusal
  | 'not-a-host-certificate'
  | 'no-principals'
  | 'host-not-listed'
  /** There are none for hosts, so each is unknown. */
  | 'critical-option-unknown';

export type HostCertificateVerdict =
  { readonly ok: true } | { readonly ok: false; readonly reason: HostCertificateRefusal };

export interface HostCertificateContext extends AuthorityContext {
  /** The name that was connected to, without a port; the certificate's names may have `*` and `?`. */
  readonly hostName: string;
}

/** Whether a certificate proves to a client which host holds its key. */
export function checkHostCertificate(
  certificate: Certificate,
  context: HostCertificateContext,
): HostCertificateVerdict {
  if (certificate.kind !== 'host') return { ok: false, reason: 'not-a-host-certificate' };
  const refusal = authorityRefusal(certificate, context);
  if (refusal !== null) return { ok: false, reason: refusal };
  if (certificate.principals.length === 0) return { ok: false, reason: 'no-principals' };
  const name = context.hostName.toLowerCase();
  if (!certificate.principals.some((pattern) => matchesWildcard(pattern.toLowerCase(), name))) {
    return { ok: false, reason: 'host-not-listed' };
  }
  if (certificate.criticalOptions.length > 0) return { ok: false, reason: 'critical-option-unknown' };
  return { ok: true };
}
