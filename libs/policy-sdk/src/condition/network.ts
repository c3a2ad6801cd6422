/** A block of addresses: "10.0.0.0/8", "2001:db8::/32", or one address. */
export interface Network {
  readonly bytes: readonly number[];
  readonly prefixLength: number;
}

/** Reads a CIDR block or a single address; undefined where it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bytes = parseAddress(address);
  if (bytes === undefined || rest.length > 0) return undefined;
  const bits = bytes.length * 8;
  if (length === undefined) return { bytes, prefixLength: bits };
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  return { bytes, prefixLength: Number(length) };
}

/**
 * Whether the address lies in the block; undefined where it is no address. A
 * port ("10.0.0.1:5432", "[::1]:5432") is left aside, and an IPv4 address
 * mapped into IPv6 counts as IPv4.
 */
export function networkContains(network: Network, address: string): boolean | undefined {
  const bytes = parseAddress(withoutPort(address));
  if (bytes === undefined) return undefined;
  if (bytes.length !== network.bytes.length) return false;
  for (let bit = 0; bit < network.prefixLength; bit++) {
    const mask = 0x80 >> (bit & 7);
    if (((bytes[bit >> 3] ?? 0) & mask) !== ((network.bytes[bit >> 3] ?? 0) & mask)) return false;
  }
  return true;
}

function withoutPort(address: string): string {
  const bracketed = /^\[([^\]]{1,64})\](?::\d{1,5})?$/.exec(address);
  if (bracketed !== null) return bracketed[1] ?? '';
  return /^([\d.]{7,15}):\d{1,5}$/.exec(address)?.[1] ?? address;
}

function parseAddress(text: string): readonly number[] | undefined {
  if (text.length > 64) return undefined;
  const address = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  if (address?.length !== 16) return address;
  const isMapped =
    address.slice(0, 10).every((byte) => byte === 0) && address[10] === 255 && address[11] === 255;
  return isMapped ? address.slice(12) : address;
}

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  for (const part of parts) {
    // No leading zeros: some readers take them for octal.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes.push(Number(part));
  }
  return bytes;
}

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** Groups of four hex digits, the last of which may be an IPv4 address. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
      continue;
    }
    const ipv4 = isEnd && i === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 === undefined) return undefined;
    bytes.push(...ipv4);
  }
  return bytes;
}
