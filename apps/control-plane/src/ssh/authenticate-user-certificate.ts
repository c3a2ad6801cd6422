import { createPublicKey, verify } from 'node:crypto';
import { decodePublicKey, decodeSignature, outcomeOf, publicKeyToSpki } from '@sallyport/codec-ssh';
import { AccessError } from '@sallyport/errors';
import type { Database } from '../database/database.ts';
import { clientIp, isInNetworks } from '../identity/client-address.ts';
import { authenticateTokenId, type TokenRecord } from '../tokens/token-store.ts';
import type { AuthorityKey, AuthorityKeyStore } from './authority-keys.ts';
import { decodeCertificate, type CertificateOption, type DecodedCertificate } from './certificate-blob.ts';
import { SOURCE_ADDRESS, TOKEN_ID_EXTENSION, userPrincipal } from './user-certificate.ts';

interface CertificateContext {
  readonly database: Database;
  readonly authorities: AuthorityKeyStore;
}

export interface ShownCertificate {
  /** OpenSSH certificate blob. That its holder has the key was the door's to see. */
  readonly certificate: Uint8Array;
  readonly clientAddress: string;
}

/**
 * The token that a caller's certificate stands for. One check after the other; whatever
 * is not known is a reason to refuse. Throws an AccessError that says what is wrong.
 */
export async function authenticateUserCertificate(
  { database, authorities }: CertificateContext,
  { certificate, clientAddress }: ShownCertificate,
  now: Date,
): Promise<TokenRecord> {
  const decoded = outcomeOf(() => decodeCertificate(certificate));
  if (!decoded.ok || decoded.value === undefined) throw invalid('it is not an SSH certificate');
  const facts = decoded.value;
  const { trusted } = await authorities.keysOf('user');
  if (!isSignedBy(facts, trusted)) throw invalid('it is not signed by the CA of this installation');
  if (facts.kind !== 'user') throw invalid('it is for a host');
  checkWindow(facts, now);
  checkCriticalOptions(facts.criticalOptions, clientAddress);
  const token = await authenticateTokenId(database, tokenIdOf(facts), now);
  const [name, ...others] = facts.principals;
  if (name !== userPrincipal(token.principal.id) || others.length > 0)
    throw invalid('it is for somebody else than its token');
  return token;
}

function isSignedBy(
  { signatureKey, signed, signature }: DecodedCertificate,
  trusted: readonly AuthorityKey[],
) {
  const authority = trusted.find(({ blob }) => Buffer.from(blob).equals(signatureKey));
  if (authority === undefined) return false;
  const decoded = outcomeOf(() => decodeSignature(signature));
  if (!decoded.ok || decoded.value.algorithm !== 'ssh-ed25519') return false;
  const spki = publicKeyToSpki(decodePublicKey(authority.blob));
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verify(null, signed, key, decoded.value.signature);
}

function checkWindow({ validAfter, validBefore }: DecodedCertificate, now: Date): void {
  const seconds = now.getTime() / 1000;
  if (seconds < validAfter) throw invalid('it is not valid yet');
  if (seconds >= validBefore)
    throw new AccessError('token_expired', 'The SSH certificate has expired.', { next: RENEW });
}

/** Options that are not understood are restrictions that would not be kept. */
function checkCriticalOptions(options: readonly CertificateOption[], clientAddress: string): void {
  for (const [name, value] of options) {
    if (name !== SOURCE_ADDRESS) throw invalid(`its critical option "${printable(name)}" is not known here`);
    if (value === undefined || !isInNetworks(clientIp(clientAddress), value.split(',')))
      throw invalid('it is not valid from this address');
  }
}

function tokenIdOf({ extensions }: DecodedCertificate): string {
  const [only, ...others] = extensions.filter(([name]) => name === TOKEN_ID_EXTENSION);
  const id = only?.[1];
  if (id === undefined || others.length > 0) throw invalid('it stands for no token');
  return id;
}

const RENEW = 'Get a new one with "sallyport ssh-cert" and connect again.';

function invalid(reason: string): AccessError {
  return new AccessError('token_invalid', `The SSH certificate is not taken: ${reason}.`, { next: RENEW });
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
}
