import { parseIpAddress, type IpAddress } from './ip-address.ts';

/** Addresses that share their first bits. */
export interface AddressRange {
  readonly address: IpAddress;
  readonly prefixBits: number;
}

const MAX_RANGES = 256;

/**
 * Reads the value of `source-address`: ranges (`192.0.2.0/24`, `2001:db8::/32`)
 * and single addresses with commas between them. Null when any of it is
 * malformed, bits behind the prefix included: half a restriction is none.
 */
export function parseAddressRanges(text: string): AddressRange[] | null {
  const parts = text.split(',', MAX_RANGES + 1);
  if (parts.length > MAX_RANGES) return null;
  const ranges: AddressRange[] = [];
  for (const part of parts) {
    const range = parseRange(part);
    if (range === null) return null;
    ranges.push(range);
  }
  return ranges;
}

/** Whether an address, as a socket tells it, is in any of the ranges. */
export function addressInRanges(text: string, ranges: readonly AddressRange[]): boolean {
  const address = parseIpAddress(text);
  return address !== null && ranges.some((range) => isInside(address, range));
}

function parseRange(text: string): AddressRange | null {
  const match = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = parseIpAddress(match?.[1] ?? '');
  if (match === null || address === null) return null;
  // A prefix of a mapped address counts the bits of the IPv6 form that it is written in.
  const mapped = address.length === 4 && (match[1] ?? '').includes(':') ? 96 : 0;
  const prefixBits = (match[2] === undefined ? address.length * 8 + mapped : Number(match[2])) - mapped;
  if (prefixBits < 0 || prefixBits > address.length * 8) return null;
  const clean = address.every((byte, index) => (byte & ~maskOf(index, prefixBits) & 0xff) === 0);
  return clean ? { address, prefixBits } : null;
}

function isInside(address: IpAddress, range: AddressRange): boolean {
  return (
    address.length === range.address.length &&
    address.every((byte, index) => {
      const mask = maskOf(index, range.prefixBits);
      return (byte & mask) === ((range.address[index] ?? 0) & mask);
    })
  );
}

/** The bits of byte `index` that belong to a prefix. */
function maskOf(index: number, prefixBits: number): number {
  const bits = Math.min(8, Math.max(0, prefixBits - index * 8));
  return (0xff << (8 - bits)) & 0xff;
}
