import { isIP } from 'node:net';

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
