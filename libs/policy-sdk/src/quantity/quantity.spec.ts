import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';
import { parseSize } from './size.ts';

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    '',
    '2',
    'm',
    '2 m',
    '-2m',
    '2M',
    '2m ',
    '1h-30m',
    '.5h',
    '1e3s',
    '9'.repeat(30) + 'h',
    '1s'.repeat(40),
  ])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('are written so that they are read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});

describe('sizes', () => {
  it.each([
    ['64Mi', 67_108_864n],
    ['10k', 10_000n],
    ['1500', 1500n],
    ['1Gi', 1_073_741_824n],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '64MB', '64 Mi', '-1', '1.5Gi', 'Mi', '0x10', '9'.repeat(15) + 'Ti'])(
    '"%s" is none',
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );
});
