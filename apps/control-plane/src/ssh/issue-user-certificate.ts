import { parseAddressRanges, textOption } from '@sallyport/codec-ssh';
import type { TokenRecord } from '../tokens/token-store.ts';
import { AccessError } from '@sallyport/errors';
import type { SshAuthorities } from './authority-keys.ts';
import { issueCertificate, type IssuedCertificate } from './issue-certificate.ts';
import { TOKEN_ID_EXTENSION, userPrincipal } from './user-certificate.ts';

export interface UserCertificateOrder {
  /** Public key blob. */
  readonly publicKey: Uint8Array;
  readonly token: TokenRecord;
  readonly sourceAddresses: readonly string[];
  readonly lifetimeMs: number;
  readonly now: Date;
}

const MAX_SOURCE_ADDRESSES = 20;

/**
 * A certificate that stands for the token: it names it, ends no later, and reaches no
 * more, since it is the token that is asked when it is shown.
 * @throws AccessError protocol_violation for a key or an address that is not taken
 */
export async function issueUserCertificate(
  authorities: SshAuthorities,
  { publicKey, token, sourceAddresses, lifetimeMs, now }: UserCertificateOrder,
): Promise<IssuedCertificate & { readonly keyId: string }> {
  const addresses = sourceAddresses.join(',');
  const readable = sourceAddresses.length === 0 || parseAddressRanges(addresses) !== null;
  if (!readable || sourceAddresses.length > MAX_SOURCE_ADDRESSES)
    throw new AccessError(
      'protocol_violation',
      'A source address must be an address, or a network in CIDR form.',
    );
  const { current } = await authorities.keysOf('user');
  const keyId = `${token.principal.name.slice(0, 128)} ${token.id}`;
  const certificate = issueCertificate(current, {
    publicKey,
    kind: 'user',
    keyId,
    principals: [userPrincipal(token.principal.id)],
    expiresAt: new Date(Math.min(token.expiresAt.getTime(), now.getTime() + lifetimeMs)),
    criticalOptions: sourceAddresses.length === 0 ? [] : [textOption('source-address', addresses)],
    extensions: [textOption(TOKEN_ID_EXTENSION, token.id)],
    now,
  });
  return { ...certificate, keyId };
}
