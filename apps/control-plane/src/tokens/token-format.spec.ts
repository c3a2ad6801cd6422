import { describe, expect, it } from '@jest/globals';
import { hashToken, isTokenShaped, newToken } from './token-format.ts';

describe('a token', () => {
  it('has a prefix, 256 random bits and a checksum, in letters and digits', () => {
    const tokens = Array.from({ length: 200 }, () => newToken('spt'));
    expect(new Set(tokens).size).toBe(200);
    for (const token of tokens) {
      expect(token).toMatch(/^spt_[0-9A-Za-z]{49}$/);
      expect(isTokenShaped('spt', token)).toBe(true);
    }
  });

  it('is told from one with any character changed, of another kind, cut short or lengthened', () => {
    const token = newToken('spt');
    for (let index = 4; index < token.length; index += 1) {
      const other = token[index] === 'A' ? 'B' : 'A';
      expect(isTokenShaped('spt', token.slice(0, index) + other + token.slice(index + 1))).toBe(false);
    }
    for (const wrong of [
      '',
      'spt_',
      token.slice(0, -1),
      `${token}A`,
      ` ${token}`,
      token.replace('spt', 'spj'),
    ])
      expect(isTokenShaped('spt', wrong)).toBe(false);
    expect(isTokenShaped('spj', token)).toBe(false);
  });

  it('is kept as a hash only', () => {
    expect(hashToken('spt_x')).toHaveLength(32);
    expect(Buffer.from(hashToken('spt_x')).toString('hex')).toBe(
      'f987f3f687874631b91948b0a3f44dcb052971a7214aea2ade185d2063477260',
    );
  });
});
