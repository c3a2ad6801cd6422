import { describe, expect, it } from '@jest/globals';
import { CancelRegistry } from './cancel-registry.ts';
import { isLoopback } from './loopback.ts';

describe('CancelRegistry', () => {
  it('cancels for the right key only, and not after it is forgotten', () => {
    const registry = new CancelRegistry();
    let canceled = 0;
    const key = registry.register('long', () => canceled++);
    expect(key.secretKey).toHaveLength(32);
    expect(registry.cancel(key.processId, Buffer.alloc(32))).toBe(false);
    expect(registry.cancel(key.processId, key.secretKey.subarray(0, 4))).toBe(false);
    expect(registry.cancel(key.processId + 1, key.secretKey)).toBe(false);
    expect(registry.cancel(key.processId, Buffer.from(key.secretKey))).toBe(true);
    registry.forget(key);
    expect(registry.cancel(key.processId, key.secretKey)).toBe(false);
    expect(canceled).toBe(1);
  });

  it('never gives two sessions one process id', () => {
    const registry = new CancelRegistry();
    const ids = Array.from({ length: 2000 }, () => registry.register('short', () => undefined).processId);
    expect(new Set(ids).size).toBe(2000);
  });
});

describe('loopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['', false],
    ['fe80::1', false],
  ])('of %s is %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
