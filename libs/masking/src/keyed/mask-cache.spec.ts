import { describe, expect, it } from '@jest/globals';
import { MaskCache, maskCache } from './mask-cache.ts';

describe('MaskCache', () => {
  it('computes a repeated value once', () => {
    const cache = new MaskCache();
    let computed = 0;
    const compute = (): string => {
      computed += 1;
      return 'masked';
    };
    for (let i = 0; i < 5; i += 1) expect(cache.get('a', compute)).toBe('masked');
    expect(computed).toBe(1);
  });

  it('forgets what was not asked for during two generations', () => {
    const cache = new MaskCache();
    cache.get('first', () => 'before');
    for (let i = 0; i < 3 * 4096; i += 1) cache.get(String(i), () => 'x');
    expect(cache.get('first', () => 'after')).toBe('after');
  });

  it('keeps what is asked for again while others come and go', () => {
    const cache = new MaskCache();
    for (let i = 0; i < 3 * 4096; i += 1) {
      cache.get(String(i), () => 'x');
      if (i % 1000 === 0) expect(cache.get('hot', () => (i === 0 ? 'kept' : 'lost'))).toBe('kept');
    }
  });

  it('does not hold on to long values', () => {
    const cache = new MaskCache();
    const long = 'x'.repeat(300);
    cache.get(long, () => 'before');
    expect(cache.get(long, () => 'after')).toBe('after');
  });

  it('is one for each key and purpose', () => {
    const [one, two] = [new Uint8Array(1), new Uint8Array(1)];
    expect(maskCache(one, 'hash.text')).toBe(maskCache(one, 'hash.text'));
    expect(maskCache(one, 'hash.text')).not.toBe(maskCache(two, 'hash.text'));
    expect(maskCache(one, 'hash.text')).not.toBe(maskCache(one, 'fake.text'));
  });
});
