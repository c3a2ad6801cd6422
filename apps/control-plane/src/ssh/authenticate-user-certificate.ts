import {
  checkUserCertificate,
  decodeCertificate,
  optionText,
  outcomeOf,
  type Certificate,
  type UserCertificateRefusal,
} from '@sallyport/codec-ssh';
import { AccessError } from '@sallyport/errors';
import type { Database } from '../database/database.ts';
import { clientIp } from '../identity/client-address.ts';
import { findToken, usableToken, type TokenRecord } from '../tokens/token-store.ts';
import type { SshAuthorities } from './authority-keys.ts';
import { signatureCrypto } from './signature-crypto.ts';
import { TOKEN_ID_EXTENSION, userPrincipal } from './user-certificate.ts';

interface CertificateContext {
  readonly database: Database;
  readonly authorities: SshAuthorities;
}

export interface ShownCertificate {
  /** OpenSSH certificate blob. That its holder has the key was the door's to see. */
  readonly certificate: Uint8Array;
  readonly clientAddress: string;
}

/**
 * The token that a caller's certificate stands for: one of this installation's, for a
 * user, now, from here, with nothing critical that is not understood. Throws an
 * AccessError that says what is wrong with any other.
 */
export async function authenticateUserCertificate(
  { database, authorities }: CertificateContext,
  { certificate: blob, clientAddress }: ShownCertificate,
  now: Date,
): Promise<TokenRecord> {
  const decoded = outcomeOf(() => decodeCertificate(blob));
  if (!decoded.ok) throw invalid('it is not an SSH certificate that can be read');
  const certificate = decoded.value;
  const [principal = '', ...others] = certificate.principals;
  // Read at once, and nothing told of the token before the certificate is believed.
  const tokenId = tokenIdOf(certificate);
  const [{ trusted }, found] = await Promise.all([
    authorities.keysOf('user'),
    tokenId === null ? null : findToken(database, tokenId),
  ]);
  const verdict = checkUserCertificate(certificate, {
    principal,
    sourceAddress: clientIp(clientAddress),
    caKeys: trusted.map((key) => key.blob),
    crypto: signatureCrypto,
    now,
  });
  if (!verdict.ok) throw refused(verdict.reason);
  // None that is issued here has either; a door would not keep to them.
  if (verdict.grant.forceCommand !== null || verdict.grant.verifyRequired)
    throw refused('critical-option-unknown');
  if (tokenId === null) throw invalid('it stands for no token');
  const token = usableToken(found, now);
  if (principal !== userPrincipal(token.principal.id) || others.length > 0)
    throw invalid('it is for somebody else than its token');
  return token;
}

function tokenIdOf({ extensions }: Certificate): string | null {
  const extension = extensions.find(({ name }) => name === TOKEN_ID_EXTENSION);
  return extension === undefined ? null : optionText(extension);
}

const RENEW = 'Get a new one with "sallyport ssh-cert" and connect again.';

function refused(reason: UserCertificateRefusal): AccessError {
  if (reason === 'expired')
    return new AccessError('token_expired', 'The SSH certificate has expired.', { next: RENEW });
  return invalid(REASONS[reason] ?? 'it is not signed by the CA of this installation');
}

const REASONS: Partial<Record<UserCertificateRefusal, string>> = {
  'not-a-user-certificate': 'it is for a host',
  'no-principals': 'it names nobody',
  'not-yet-valid': 'it is not valid yet',
  'key-too-short': 'its key is too short',
  'critical-option-unknown': 'it has a critical option that is not known here',
  'critical-option-malformed': 'it has a critical option that cannot be read',
  'source-address-not-allowed': 'it is not valid from this address',
};

function invalid(reason: string): AccessError {
  return new AccessError('token_invalid', `The SSH certificate is not taken: ${reason}.`, { next: RENEW });
}
