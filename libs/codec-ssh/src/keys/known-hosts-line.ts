import { CodecError } from '../wire/codec-error.ts';
import { outcomeOf, type Outcome } from '../wire/outcome.ts';
import { readKey, type PublicKeyLine } from './public-key-line.ts';
import { matchesWildcard } from './wildcard.ts';

const MAX_LINE_LENGTH = 128 * 1024;
const DEFAULT_PORT = 22;

/** A line of a known_hosts file (sshd(8)). */
export interface KnownHost extends PublicKeyLine {
  /** `@cert-authority`: the key signs host certificates; `@revoked`: it is never believed. */
  readonly marker: 'cert-authority' | 'revoked' | null;
  /** Host names or patterns, as written; `!` in front takes hosts out again. A hashed one is `|1|SALT|HASH`. */
  readonly patterns: readonly string[];
}

/** Reads a line of a known_hosts file; null for an empty line or a comment. */
export function parseKnownHostsLine(line: string): Outcome<KnownHost | null> {
  return outcomeOf(() => {
    const text = line.trim();
    if (text.length > MAX_LINE_LENGTH) throw new CodecError('limit', 'A line with a host key is too long.');
    if (text === '' || text.startsWith('#')) return null;
    const parts = /^(?:@(\S+)[ \t]+)?([^\s@]\S*)[ \t]+(.*)$/.exec(text);
    const [, marker, hosts = '', key = ''] = parts ?? [];
    if (marker !== undefined && marker !== 'cert-authority' && marker !== 'revoked') {
      throw new CodecError('value', 'A line has a marker that does not exist.');
    }
    return { ...readKey(key), marker: marker ?? null, patterns: hosts.split(',').filter(Boolean) };
  });
}

/** How a host is looked up: `name`, or `[name]:port` where the port is not 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === DEFAULT_PORT ? name : `[${name}]:${port}`;
}

/**
 * Whether a line is about a host. Hashed names are compared through
 * `hashedName`, which gives base64 of HMAC-SHA1 of the name under the salt.
 */
export function knownHostMatches(
  entry: KnownHost,
  host: string,
  port: number,
  hashedName?: (salt: string, name: string) => string,
): boolean {
  const name = knownHostName(host, port);
  let found = false;
  for (const pattern of entry.patterns) {
    if (pattern.startsWith('|')) {
      const [, version, salt = '', hash = ''] = pattern.split('|');
      found ||= version === '1' && hash !== '' && hashedName?.(salt, name) === hash;
    } else if (pattern.startsWith('!')) {
      if (matchesWildcard(pattern.slice(1).toLowerCase(), name)) return false;
    } else {
      found ||= matchesWildcard(pattern.toLowerCase(), name);
    }
  }
  return found;
}

/** A `@cert-authority` line that makes callers believe the host certificates of a CA, without a line feed. */
export function formatCertAuthorityLine(patterns: readonly string[], key: PublicKeyLine): string {
  const line = `@cert-authority ${patterns.join(',')} ${key.type} ${key.blob.toString('base64')}`;
  return key.comment === '' ? line : `${line} ${key.comment}`;
}
