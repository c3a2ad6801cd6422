import type { OpenSessionRequest } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { Database } from '../database/database.ts';
import { authenticateUserCertificate } from '../ssh/authenticate-user-certificate.ts';
import type { SshAuthorities } from '../ssh/authority-keys.ts';
import { authenticateToken, type TokenRecord } from '../tokens/token-store.ts';

export interface AuthenticationContext {
  readonly database: Database;
  readonly sshAuthorities: SshAuthorities;
}

/**
 * The token that the caller shows, or that what they show stands for: from here on there
 * is no difference. Throws an AccessError that says what is wrong with any other.
 */
export function authenticateCaller(
  { database, sshAuthorities }: AuthenticationContext,
  { credential, clientAddress }: OpenSessionRequest,
  now: Date,
): Promise<TokenRecord> {
  switch (credential.case) {
    case 'token':
      return authenticateToken(database, credential.value, now);
    case 'sshCertificate':
      return authenticateUserCertificate(
        { database, authorities: sshAuthorities },
        { certificate: credential.value, clientAddress },
        now,
      );
    case undefined:
      throw new AccessError('token_missing', 'No token was given.');
  }
}
