import { isIP } from 'node:net';

/** Whether the host of a URL names this machine by itself, without a look-up that could lie. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/**
 * Issuers and their key sets are fetched from URLs that admins and issuers write: https
 * everywhere, http only on loopback, and nothing smuggled into the URL.
 */
export function isAllowedIssuerUrl(text: string): boolean {
  return isAllowedFetchUrl(text) && new URL(text).search === '';
}

/** The same for a URL that an issuer's own discovery document names. */
export function isAllowedFetchUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}
