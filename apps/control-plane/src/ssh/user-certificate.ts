/** Extension with the id of the token that the certificate stands for. */
export const TOKEN_ID_EXTENSION = 'token-id@sallyport.dev';

/**
 * The name in a caller's certificate. Says whose it is, and can be the name of no account:
 * a host that trusts the wrong CA by mistake still lets nobody in with it.
 */
export function userPrincipal(principalId: string): string {
  return `sallyport:${principalId}`;
}
