import { BlockList, isIP } from 'node:net';

/** The IP address of a client's "host:port", "[host]:port" or bare address; "" where there is none. IPv4 in IPv6 comes out as IPv4. */
export function clientIp(clientAddress: string): string {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(clientAddress)?.[1] ?? withoutPort(clientAddress);
  const ip = bare.split('%')[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  const address = mapped ?? ip;
  return isIP(address) === 0 ? '' : address;
}

function withoutPort(text: string): string {
  return isIP(text) === 6 ? text : text.replace(/:\d+$/, '');
}

/**
 * Whether the address is one of the addresses or networks ("192.0.2.7", "2001:db8::/32").
 * An entry that cannot be read matches nothing.
 */
export function isInNetworks(ip: string, networks: readonly string[]): boolean {
  const family = isIP(ip);
  if (family === 0) return false;
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return list.check(ip, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether it is an address, or a network in CIDR form. */
export function isNetwork(text: string): boolean {
  return addNetwork(new BlockList(), text);
}

function addNetwork(list: BlockList, text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) {
    list.addAddress(address, type);
    return true;
  }
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) return false;
  list.addSubnet(address, Number(bits), type);
  return true;
}
