import { addressInRanges, parseAddressRanges } from './address-range.ts';
import { optionText, type CertificateOption } from './certificate-option.ts';
import type { Certificate } from './certificate.ts';
import { authorityRefusal, type AuthorityContext, type AuthorityRefusal } from './check-authority.ts';

export type UserCertificateRefusal =
  | AuthorityRefusal
  | 'not-a-user-certificate'
  /** It names nobody; taking it for everybody would be the dangerous reading. */
  | 'no-principals'
  | 'principal-not-listed'
  /** What is critical and not understood is refused (PROTOCOL.certkeys). */
  | 'critical-option-unknown'
  | 'critical-option-malformed'
  | 'source-address-not-allowed';

/** What a certificate that is believed allows its holder. */
export interface UserCertificateGrant {
  /** The one command that may run, whatever is asked for; null: any. */
  readonly forceCommand: string | null;
  /** Security keys: whoever checks the holder's signature must see that the user was verified. */
  readonly verifyRequired: boolean;
  /** Security keys: a signature without a touch will do. */
  readonly noTouchRequired: boolean;
  /** `permit-pty`, `permit-port-forwarding` and the like, with extensions of others. */
  readonly extensions: ReadonlyMap<string, CertificateOption>;
}

export type UserCertificateVerdict =
  | { readonly ok: true; readonly grant: UserCertificateGrant }
  | { readonly ok: false; readonly reason: UserCertificateRefusal };

export interface UserCertificateContext extends AuthorityContext {
  /** The user that the certificate must name, exactly. */
  readonly principal: string;
  /** From where the holder connects: an IPv4 or IPv6 address. */
  readonly sourceAddress: string;
}

/**
 * Whether a certificate proves to a server who holds its key. That the other
 * side holds that key is for `verifySignature` with the rules of the grant.
 */
export function checkUserCertificate(
  certificate: Certificate,
  context: UserCertificateContext,
): UserCertificateVerdict {
  if (certificate.kind !== 'user') return refused('not-a-user-certificate');
  const refusal = authorityRefusal(certificate, context);
  if (refusal !== null) return refused(refusal);
  if (certificate.principals.length === 0) return refused('no-principals');
  if (!certificate.principals.includes(context.principal)) return refused('principal-not-listed');
  const limits = criticalLimits(certificate.criticalOptions, context.sourceAddress);
  if (typeof limits === 'string') return refused(limits);
  const extensions = new Map(certificate.extensions.map((option) => [option.name, option]));
  return { ok: true, grant: { ...limits, noTouchRequired: extensions.has('no-touch-required'), extensions } };
}

function criticalLimits(
  options: readonly CertificateOption[],
  sourceAddress: string,
): UserCertificateRefusal | Pick<UserCertificateGrant, 'forceCommand' | 'verifyRequired'> {
  let forceCommand: string | null = null;
  let verifyRequired = false;
  for (const option of options) {
    switch (option.name) {
      case 'force-command':
        forceCommand = optionText(option);
        if (forceCommand === null) return 'critical-option-malformed';
        break;
      case 'source-address': {
        const ranges = parseAddressRanges(optionText(option) ?? '');
        if (ranges === null) return 'critical-option-malformed';
        if (!addressInRanges(sourceAddress, ranges)) return 'source-address-not-allowed';
        break;
      }
      case 'verify-required':
        if (option.data.length !== 0) return 'critical-option-malformed';
        verifyRequired = true;
        break;
      default:
        return 'critical-option-unknown';
    }
  }
  return { forceCommand, verifyRequired };
}

function refused(reason: UserCertificateRefusal): UserCertificateVerdict {
  return { ok: false, reason };
}
