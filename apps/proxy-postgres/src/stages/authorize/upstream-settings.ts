import type { AuthorizedTarget } from '@sallyport/proxy-kit';

/** PostgreSQL cuts names at NAMEDATALEN. */
const MAX_NAME_BYTES = 63;

/**
 * What the connection to the target is started with: the client's harmless
 * settings, and a name by which the target's own log tells who is behind it.
 */
export function upstreamSettings(
  harmless: ReadonlyMap<string, string>,
  applicationName: string,
  target: AuthorizedTarget,
): ReadonlyMap<string, string> {
  const settings = new Map(harmless);
  const who = `sallyport ${target.session.principal.name}`;
  settings.set('application_name', ascii(applicationName === '' ? who : `${who} ${applicationName}`));
  // Statements are inspected as UTF-8; whoever asks for another encoding is held to ASCII (see classify).
  if (!settings.has('client_encoding')) settings.set('client_encoding', 'UTF8');
  return settings;
}

function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_NAME_BYTES);
}
