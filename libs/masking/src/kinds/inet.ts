import type { ColumnMask } from '../column-mask.ts';
import { DigestStream } from '../keyed/digest-stream.ts';
import { keyedHash } from '../keyed/keyed-hash.ts';
import { isStable } from './identifier.ts';

/** The unspecified addresses. */
export const REDACTED_INET = { ipv4: '0.0.0.0', ipv6: '::' } as const;

/**
 * Masks an inet or cidr. Truncate keeps an IPv4 network of 16 bits, `203.0.0.0/16`, which
 * says about as much as a city; hash, tokenize and fake give another private
 * address (10/8, or fd00::/8), the same for the same value. A prefix length
 * stays off, as a cidr with host bits would not be valid.
 */
export function maskInet(text: string, mask: ColumnMask): string {
  const version = text.includes(':') ? 'ipv6' : 'ipv4';
  if (mask.strategy === 'truncate') return truncatedInet(text) ?? REDACTED_INET[version];
  if (!isStable(mask) || mask.key === undefined) return REDACTED_INET[version];
  const stream = new DigestStream(keyedHash(mask.key), 'inet', text);
  const drawn = drawInet(stream, version);
  return drawn === text ? drawInet(stream, version) : drawn;
}

function truncatedInet(text: string): string | null {
  const address = /^([0-9]{1,3}\.[0-9]{1,3})\.[0-9]{1,3}\.[0-9]{1,3}(\/[0-9]{1,2})?$/.exec(text);
  return address === null ? null : `${address[1] ?? ''}.0.0/16`;
}

function drawInet(stream: DigestStream, version: 'ipv4' | 'ipv6'): string {
  if (version === 'ipv4') return ['10', ...Array.from({ length: 3 }, () => String(stream.byte()))].join('.');
  const groups = Array.from({ length: 7 }, () => (1 + stream.below(0xffff)).toString(16));
  return ['fd00', ...groups].join(':');
}
