import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { statementDigest, type DigestParts } from './statement-digest.ts';

const parts: DigestParts = {
  target: 'shop',
  effectiveRole: 'app',
  context: ['db', 'public'],
  text: 'DELETE',
  parameters: ['23t', '7'],
};
const hex = (over: Partial<DigestParts>) =>
  Buffer.from(statementDigest({ ...parts, ...over })).toString('hex');

describe('what an approval is bound to', () => {
  it('differs when any part of the statement does', () => {
    const all = [
      {},
      { target: 'shop2' },
      { effectiveRole: 'other' },
      { context: ['db', 'evil'] },
      { context: ['dbpublic'] },
      { text: 'DELETE ' },
      { parameters: ['23t', '8'] },
      { parameters: ['23t', null] },
      { parameters: ['23t', ''] },
      { parameters: ['23t'] },
      { parameters: ['23t7'] },
    ].map(hex);
    expect(new Set(all).size).toBe(all.length);
  });

  it('cannot be made the same by moving characters between parts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        fc.pre(b !== '');
        expect(hex({ target: a + b, effectiveRole: '' })).not.toBe(hex({ target: a, effectiveRole: b }));
      }),
    );
  });
});
