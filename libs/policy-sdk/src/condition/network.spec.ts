import { describe, expect, it } from '@jest/globals';
import { networkContains, parseNetwork } from './network.ts';

function inNetwork(address: string, block: string): boolean | undefined {
  const network = parseNetwork(block);
  if (network === undefined) throw new Error(`${block} is no network`);
  return networkContains(network, address);
}

describe('networks', () => {
  it.each<[string, string, boolean | undefined]>([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3:5432', '10.1.2.0/24', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['192.168.1.130', '192.168.1.128/25', true],
    ['192.168.1.127', '192.168.1.128/25', false],
    ['::1', '::1/128', true],
    ['[::1]:5432', '::1', true],
    ['2001:db8::42', '2001:db8::/32', true],
    ['2001:db9::42', '2001:db8::/32', false],
    ['fe80::1', '10.0.0.0/8', false],
    // Written as IPv6, it is the same address.
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::ffff:0a01:0203', '10.0.0.0/8', true],
    // What some read as octal, and what is no address.
    ['010.1.2.3', '10.0.0.0/8', undefined],
    ['10.1.2', '10.0.0.0/8', undefined],
    ['10.1.2.256', '10.0.0.0/8', undefined],
    ['', '10.0.0.0/8', undefined],
    ['1:2:3', '::/0', undefined],
    ['1::2::3', '::/0', undefined],
    ['fe80::1%eth0', 'fe80::/10', undefined],
  ])('%s in %s: %s', (address, block, expected) => {
    expect(inNetwork(address, block)).toBe(expected);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/8/8', 'x', '', '10.0.0.0/-1', '1:2:3:4:5:6:7:8:9'])(
    '%s is no network',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );
});
