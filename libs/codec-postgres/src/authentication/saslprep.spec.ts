import { describe, expect, it } from '@jest/globals';
import { saslPrep } from './saslprep.ts';

describe('SASLprep', () => {
  // RFC 4013, section 3; a password that is rejected there is used as it is here.
  it.each([
    ['I\u00adX', 'IX', 'soft hyphen mapped to nothing'],
    ['user', 'user', 'no change'],
    ['USER', 'USER', 'case is kept'],
    ['\u00aa', 'a', 'NFKC'],
    ['\u2168', 'IX', 'NFKC'],
    ['\u0007', '\u0007', 'prohibited'],
    ['\u0627\u0031', '\u0627\u0031', 'bidirectional check'],
    ['a\u00a0b', 'a b', 'other spaces are spaces'],
    ['\u0007\u2168', '\u0007\u2168', 'prohibited, so nothing is normalized'],
    ['\u0627\u2168', '\u0627\u2168', 'mixed directions, so nothing is normalized'],
    ['\u{1F642}\u2168', '\u{1F642}\u2168', 'unassigned in Unicode 3.2, so nothing is normalized'],
    ['\u00ad', '\u00ad', 'nothing would be left'],
  ])('turns %j into %j: %s', (password, prepared) => {
    expect(saslPrep(password)).toBe(prepared);
  });
});
