import { Buffer } from 'node:buffer';

/** Address families as inet_send writes them. */
const FAMILY = { ipv4: 2, ipv6: 3 } as const;
const HEADER_BYTES = 4;
const ADDRESS_BYTES = { ipv4: 4, ipv6: 16 } as const;

/** inet and cidr. An inet of a whole host is written without its prefix length. */
export function decodeInet(bytes: Buffer): string | null {
  const family = bytes[0];
  const version = family === FAMILY.ipv4 ? 'ipv4' : family === FAMILY.ipv6 ? 'ipv6' : null;
  if (version === null || bytes[3] !== ADDRESS_BYTES[version]) return null;
  if (bytes.length !== HEADER_BYTES + ADDRESS_BYTES[version]) return null;
  const prefix = bytes.readUInt8(1);
  const whole = ADDRESS_BYTES[version] * 8;
  if (prefix > whole) return null;
  const address = bytes.subarray(HEADER_BYTES);
  const text = version === 'ipv4' ? [...address].join('.') : formatIpv6(address);
  return prefix === whole && bytes[2] !== 1 ? text : `${text}/${prefix}`;
}

export function encodeInet(text: string, isCidr: boolean): Buffer | null {
  const match = /^([0-9a-fA-F:.]+)(?:\/([0-9]{1,3}))?$/.exec(text);
  const address = match?.[1] === undefined ? null : (parseIpv4(match[1]) ?? parseIpv6(match[1]));
  if (address === null) return null;
  const whole = address.length * 8;
  const prefix = match?.[2] === undefined ? whole : Number(match[2]);
  if (prefix > whole || (isCidr && hasHostBits(address, prefix))) return null;
  const family = address.length === ADDRESS_BYTES.ipv4 ? FAMILY.ipv4 : FAMILY.ipv6;
  return Buffer.concat([Buffer.from([family, prefix, isCidr ? 1 : 0, address.length]), address]);
}

function hasHostBits(address: Buffer, prefix: number): boolean {
  return [...address].some((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return (byte & (0xff >> kept)) !== 0 && kept < 8;
  });
}

function parseIpv4(text: string): Buffer | null {
  if (!/^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(text)) return null;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part <= 255) ? Buffer.from(parts) : null;
}

function parseIpv6(text: string): Buffer | null {
  const tail = /^(.*:)([0-9.]+)$/.exec(text);
  const embedded = tail?.[2]?.includes('.') === true ? parseIpv4(tail[2]) : undefined;
  if (embedded === null) return null;
  const plain =
    embedded === undefined
      ? text
      : `${tail?.[1] ?? ''}${embedded.toString('hex', 0, 2)}:${embedded.toString('hex', 2, 4)}`;
  const halves = plain.split('::');
  if (halves.length > 2) return null;
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...rest];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** As inet_net_ntop writes it: the longest run of two or more zero groups left out, mapped IPv4 as IPv4. */
function formatIpv6(address: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2));
  const zeros = longestZeros(groups);
  const dotted = zeros.start === 0 && (zeros.length === 6 || (zeros.length === 5 && groups[5] === 0xffff));
  const words = groups.slice(0, dotted ? 6 : 8).map((group) => group.toString(16));
  if (dotted) words.push([...address.subarray(12)].join('.'));
  if (zeros.length < 2) return words.join(':');
  return `${words.slice(0, zeros.start).join(':')}::${words.slice(zeros.start + zeros.length).join(':')}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}
