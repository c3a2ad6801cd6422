import { AccessError } from '@sallyport/errors';
import type { SshAuthorities } from './authority-keys.ts';
import { HOST_KEY_ALIAS } from './door.ts';
import { issueCertificate } from './issue-certificate.ts';

export interface HostCertificateOrder {
  /** Public key blob. */
  readonly publicKey: Uint8Array;
  /** Empty: all that are allowed. */
  readonly hostNames: readonly string[];
  readonly allowedNames: readonly string[];
  readonly proxyId: string;
  readonly now: Date;
}

/** Doors ask again when two thirds of it are over. A new CA key is known for a day before it signs, so callers know it by then. */
const LIFETIME_MS = 24 * 3_600_000;

/**
 * A certificate for the key that a door shows. Whatever address it is reached by, it has
 * the alias; further names only as configured, so that a door that was taken over cannot
 * be a host that it is not. @throws AccessError denied_by_rule for another name
 */
export async function issueHostCertificate(
  authorities: SshAuthorities,
  { publicKey, hostNames, allowedNames, proxyId, now }: HostCertificateOrder,
): Promise<{
  readonly certificate: Uint8Array;
  readonly names: readonly string[];
  readonly expiresAt: Date;
}> {
  const wanted = hostNames.map((name) => name.toLowerCase());
  const foreign = wanted.find((name) => name !== HOST_KEY_ALIAS && !allowedNames.includes(name));
  if (foreign !== undefined)
    throw new AccessError('denied_by_rule', 'A host name is not one of the SSH doors here.', {
      next: 'Add it to ssh.hostNames in the settings of the control plane.',
    });
  const names = [...new Set([HOST_KEY_ALIAS, ...(wanted.length === 0 ? allowedNames : wanted)])];
  const { current } = await authorities.keysOf('host');
  const { certificate, expiresAt } = issueCertificate(current, {
    publicKey,
    kind: 'host',
    keyId: `sallyport door ${proxyId}`,
    principals: names,
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
    criticalOptions: [],
    extensions: [],
    now,
  });
  return { certificate, names, expiresAt };
}
