import { CliError } from '../cli-error.ts';

export const DEFAULT_URL = 'http://127.0.0.1:8400';

/**
 * The control plane's URL, without a slash at its end. Tokens travel to it, so
 * plain HTTP is taken for loopback only, unless SALLYPORT_ALLOW_PLAINTEXT=1 says
 * that something else protects the way.
 */
export function checkServerUrl(text: string, allowPlaintext: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    (url.protocol !== 'http:' && url.protocol !== 'https:') ||
    url.username !== '' ||
    url.search !== ''
  ) {
    throw new CliError('usage', `"${text}" is not the URL of a control plane.`, {
      next: 'Write it like https://sallyport.example.com.',
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowPlaintext) {
    throw new CliError(
      'usage',
      `${url.origin} is not encrypted: a token sent there can be read on the way.`,
      {
        next: 'Use https, or set SALLYPORT_ALLOW_PLAINTEXT=1 where something else protects the connection.',
      },
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** Whether the name or address, as in a URL, is of this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    hostname === '::1' ||
    /^127\.[0-9.]+$/.test(hostname)
  );
}
