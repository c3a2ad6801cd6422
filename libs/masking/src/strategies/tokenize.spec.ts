import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tokenizeText } from './tokenize.ts';

const key = new Uint8Array(32).fill(9);

function classes(text: string): string {
  return text.replace(/[0-9]/g, '0').replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A');
}

describe('tokenizeText', () => {
  it('keeps the length and the class of every ASCII character', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]*[A-Za-z0-9][ -~]*$/), (text) => {
        expect(classes(tokenizeText(text, key))).toBe(classes(text));
      }),
    );
  });

  it('gives no two four-digit numbers one token, but for the few it may not leave as they are', () => {
    const tokens = new Set<string>();
    for (let i = 0; i < 10_000; i += 1) tokens.add(tokenizeText(String(i).padStart(4, '0'), key));
    expect(tokens.size).toBeGreaterThan(9_990);
  });

  it('never leaves a value as it is, not even one letter', () => {
    for (const letter of 'abcdefghijklmnopqrstuvwxyz0123456789')
      expect(tokenizeText(letter, key)).not.toBe(letter);
  });

  it('writes letters of other scripts as ASCII and other characters as asterisks', () => {
    expect(tokenizeText('Ärger 木 7٣ 👍', key)).toMatch(/^[A-Z][a-z]{4} [a-z] [0-9]{2} \*$/);
  });

  it('redacts what has neither letters nor digits', () => {
    expect(tokenizeText('--', key)).toBe('[redacted]');
    expect(tokenizeText('', key)).toBe('[redacted]');
  });

  it('takes time in proportion to the length of a long text', () => {
    const start = performance.now();
    expect(tokenizeText('x'.repeat(200_000), key)).toHaveLength(200_000);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
