/** The bytes of an address: 4 or 16. */
export type IpAddress = readonly number[];

const IPV4_IN_IPV6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/**
 * The bytes of an IPv4 or IPv6 address, or null for anything else. A zone
 * (`%eth0`) is left out, and an IPv4 address inside IPv6 (`::ffff:192.0.2.1`,
 * what a dual-stack socket sees) is that IPv4 address.
 */
export function parseIpAddress(text: string): IpAddress | null {
  const plain = /^([0-9a-fA-F:.]+)(?:%[\w.-]+)?$/.exec(text)?.[1];
  if (plain === undefined) return null;
  if (!plain.includes(':')) return text === plain ? parseIpv4(plain) : null;
  const bytes = parseIpv6(plain);
  if (bytes === null) return null;
  return IPV4_IN_IPV6.every((byte, index) => bytes[index] === byte) ? bytes.slice(12) : bytes;
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

function parseIpv6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [left, right] = [parseGroups(halves[0] ?? ''), parseGroups(halves[1] ?? '')];
  if (left === null || right === null) return null;
  if (halves.length === 1) return left.length === 16 ? left : null;
  const missing = 16 - left.length - right.length;
  return missing < 2 ? null : [...left, ...new Array<number>(missing).fill(0), ...right];
}

/** Groups with colons between them; the last may be an IPv4 address. */
function parseGroups(text: string): number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (group.includes('.')) {
      const inner = index === groups.length - 1 ? parseIpv4(group) : null;
      if (inner === null) return null;
      bytes.push(...inner);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}
