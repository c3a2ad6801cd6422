import { decodeJwt } from 'jose';
import type { SubjectTokenType } from '../identity/verify-identity-token.ts';

export interface SubjectToken {
  readonly token: string;
  readonly type: SubjectTokenType;
}

/**
 * Which of a provider's tokens to exchange: an access token that is a JWT for one of the
 * audiences, else the ID token. Only read here; the exchange verifies it.
 */
export function pickSubjectToken(
  accessToken: string,
  idToken: string | undefined,
  audiences: readonly string[],
): SubjectToken | undefined {
  if (audiencesOf(accessToken).some((audience) => audiences.includes(audience)))
    return { token: accessToken, type: 'urn:ietf:params:oauth:token-type:access_token' };
  if (idToken !== undefined) return { token: idToken, type: 'urn:ietf:params:oauth:token-type:id_token' };
  return undefined;
}

function audiencesOf(token: string): readonly string[] {
  try {
    const { aud = [] } = decodeJwt(token);
    return typeof aud === 'string' ? [aud] : aud;
  } catch {
    // An opaque token, not a JWT.
    return [];
  }
}
