import { describe, expect, it } from '@jest/globals';
import { createDetectorSet, DETECTOR_NAMES } from '../index.ts';

const SIZE = 1 << 18;
/** Twice the text may take twice the time; the rest is noise of a busy machine. A quadratic scan takes four times as long and fails the absolute bound. */
const MOST_RATIO = 3.5;
const NOISE_MS = 60;
const MOST_MS_PER_MEGABYTE = 3_000;

/** Near misses that make a careless scanner or a backtracking pattern look at the same text again and again. */
const NEAR_MISSES = [
  '@',
  'a@',
  'a.',
  'a@a.',
  'a@1.',
  'a%40',
  '\\u0040',
  '4',
  '4 ',
  '4-1',
  '4111 ',
  '4111-1111-1111-1112 ',
  '+1',
  '+1 ',
  '+123456 ',
  '+1234567 ',
  '(',
  '(202) ',
  '202-555-',
  '123-45-',
  '1.',
  '1.1.1.',
  ':',
  'a:',
  '1::',
  'eyJ',
  'eyJ.',
  'eyJa.eyJ',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY',
  'AKIA',
  'AKIA.',
  'sk-ant-',
  'DE89',
  'DE89 3704 0044 0532 0130 01 ',
  'DE89-',
  '\\',
  '"',
  '\\"',
  '{"a":',
] as const;

const all = createDetectorSet(DETECTOR_NAMES, [{ name: 'custom', pattern: '(x+x+)+y' }]);
const builtin = createDetectorSet(DETECTOR_NAMES);

/** Of the processor, which a busy machine does not change as it changes the clock on the wall. */
function milliseconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function best(run: () => void): number {
  return Math.min(milliseconds(run), milliseconds(run));
}

/** Whether twice as much takes about twice as long; asked again before a "no" is believed. */
function isLinear(half: string, whole: string): boolean {
  for (let tries = 0; tries < 4; tries += 1) {
    const halfMs = best(() => void builtin.find(half));
    const wholeMs = best(() => void builtin.find(whole));
    const mostMs = (MOST_MS_PER_MEGABYTE * whole.length) / (1 << 20);
    if (wholeMs < MOST_RATIO * halfMs + NOISE_MS && wholeMs < mostMs) return true;
  }
  return false;
}

describe('time', () => {
  it.each(NEAR_MISSES)('grows with the length of the text only: %j over and over', (piece) => {
    const half = piece.repeat(Math.ceil(SIZE / 2 / piece.length));
    const whole = half + half;
    expect(isLinear(half, whole)).toBe(true);
  });

  it.each(['"', '\\"', '{"a@', '"4111111111111111",', '1 '])(
    'is linear in a JSON document too: %j',
    (piece) => {
      const document = piece.repeat(Math.ceil(SIZE / piece.length));
      const ms = milliseconds(() => void builtin.mask(document, { strategy: 'partial' }, 'json'));
      expect(ms).toBeLessThan(MOST_MS_PER_MEGABYTE);
    },
  );

  it('does not explode on a pattern that backtracks elsewhere', () => {
    const text = 'x'.repeat(20_000);
    expect(milliseconds(() => void all.find(text))).toBeLessThan(2_000);
  });

  it('looks at raw traffic once', () => {
    const bytes = new Uint8Array(8 << 20).fill(0x20);
    expect(milliseconds(() => void builtin.mightContain(bytes))).toBeLessThan(1_000);
  });
});
