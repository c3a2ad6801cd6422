import { describe, expect, it } from '@jest/globals';
import { clientIp } from './client-address.ts';

describe('clientIp', () => {
  it.each([
    ['192.0.2.7:50022', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.7'],
    ['[2001:db8::1]:22', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[fe80::1%eth0]:22', 'fe80::1'],
    ['[::ffff:192.0.2.7]:22', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['', ''],
    ['localhost:22', ''],
    ['192.0.2.7:22:22', ''],
    ['192.0.2.007:22', ''],
  ])('of "%s" is "%s"', (text, ip) => {
    expect(clientIp(text)).toBe(ip);
  });
});
