import { CliError } from '../cli-error.ts';
import type { SubjectToken } from './exchange-token.ts';

/** Tokens of an identity provider's answer. */
export interface ProviderTokens {
  readonly accessToken: string | undefined;
  readonly idToken: string | undefined;
}

/**
 * The token to show to the control plane: one that is a JWT for its audience,
 * an access token first; else the ID token. The control plane verifies it; here it is only read.
 */
export function pickSubject(tokens: ProviderTokens, audience: string): SubjectToken {
  const { accessToken, idToken } = tokens;
  if (accessToken !== undefined && audiencesOf(accessToken)?.includes(audience) === true)
    return { token: accessToken, type: 'access_token' };
  if (idToken !== undefined) return { token: idToken, type: 'id_token' };
  if (accessToken !== undefined && audiencesOf(accessToken) !== undefined)
    return { token: accessToken, type: 'access_token' };
  throw new CliError('failed', 'The identity provider gave no token that says who you are.', {
    next: `Have it issue ID tokens, or JWT access tokens for the audience "${audience}".`,
  });
}

/** The `aud` of a JWT; undefined for what is none. */
function audiencesOf(token: string): readonly unknown[] | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (typeof claims !== 'object' || claims === null) return undefined;
    const audience: unknown = Reflect.get(claims, 'aud');
    const audiences: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
    return audiences;
  } catch {
    // An opaque token, not a JWT.
    return undefined;
  }
}
