import * as openid from 'openid-client';
import { causeOf, CliError, reasonOf } from '../cli-error.ts';
import { isLoopback } from '../connection/server-url.ts';

/** Reads an issuer's metadata. Plain HTTP is taken from loopback only. */
export async function discoverIssuer(
  issuer: string,
  clientId: string,
  authentication: openid.ClientAuth,
): Promise<openid.Configuration> {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url === undefined) throw new CliError('failed', `"${issuer}" is not the URL of an identity provider.`);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated only to stand out; loopback only
  const execute = url.protocol === 'http:' && isLoopback(url.hostname) ? [openid.allowInsecureRequests] : [];
  try {
    return await openid.discovery(url, clientId, undefined, authentication, { execute });
  } catch (error) {
    throw providerError(issuer, error);
  }
}

/** An error of the identity provider, in its words. Its answers hold no secret of ours. */
export function providerError(issuer: string, error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof openid.ResponseBodyError) {
    const reason = error.error_description ?? error.error;
    const exit =
      error.error === 'access_denied' || error.error === 'expired_token' ? 'denied' : 'notAuthenticated';
    return new CliError(exit, `The identity provider ${issuer} refused the login.`, { reason });
  }
  if (error instanceof openid.WWWAuthenticateChallengeError) {
    return new CliError('notAuthenticated', `The identity provider ${issuer} refused the login.`, {
      reason: `HTTP ${error.status}, ${error.cause[0]?.parameters.error_description ?? error.cause[0]?.parameters.error ?? 'without a reason'}`,
    });
  }
  return new CliError('unreachable', `The identity provider ${issuer} does not answer as it should.`, {
    reason: reasonOf(causeOf(error) ?? error),
    next: 'Check that it runs and that this machine can reach it.',
  });
}
