import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FINDS, NOTHING } from '../fixtures/detector-cases.ts';
import { createDetectorSet, DETECTOR_NAMES, type DetectorName } from '../index.ts';

const encoder = new TextEncoder();

/** What `name` finds in `text`, as text. */
function found(name: DetectorName, text: string): string[] {
  return createDetectorSet([name])
    .find(text)
    .map(({ start, end }) => text.slice(start, end));
}

describe('find', () => {
  it.each(FINDS)('%s finds in %j', (name, text, expected) => {
    expect(found(name, text)).toEqual([expected]);
  });

  it.each(NOTHING)('%s finds nothing in %j', (name, text) => {
    expect(found(name, text)).toEqual([]);
  });

  it('makes one finding of those that overlap, under the name of the longer', () => {
    const set = createDetectorSet(['ipv4', 'email', 'phone']);
    expect(set.find('+1 202 555 0143')).toEqual([{ detector: 'phone', start: 0, end: 15 }]);
    expect(set.find('ann@x.com@y.org')).toEqual([{ detector: 'email', start: 0, end: 15 }]);
  });

  it('names findings from left to right', () => {
    const text = 'card 4111111111111111 of ann@example.com';
    const names = createDetectorSet(['email', 'card'])
      .find(text)
      .map(({ detector }) => detector);
    expect(names).toEqual(['card', 'email']);
  });
});

describe('mightContain', () => {
  it.each(FINDS)('%s lets nothing slip by: %j', (name, text) => {
    const set = createDetectorSet([name]);
    expect(set.mightContain(encoder.encode(text))).toBe(true);
  });

  const piece = fc.oneof(
    fc.constantFrom(...FINDS.map(([, text]) => text)),
    fc.constantFrom(...NOTHING.map(([, text]) => text)),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('@', '.', '-', ' ', '::', '+', '4111', 'DE89', 'eyJ', '%40', '\u2013'),
  );

  it('is true of whatever find finds something in, also inside binary frames', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DETECTOR_NAMES),
        fc.array(piece, { maxLength: 6 }),
        fc.uint8Array({ maxLength: 5 }),
        (name, pieces, frame) => {
          const text = pieces.join('');
          const set = createDetectorSet([name]);
          if (set.find(text).length === 0) return;
          expect(set.mightContain(encoder.encode(text))).toBe(true);
          expect(set.mightContain(Buffer.concat([frame, encoder.encode(text), frame]))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is false of ordinary traffic', () => {
    const set = createDetectorSet(['email', 'card', 'iban', 'ssn', 'jwt', 'private-key', 'api-key']);
    const rows = Array.from(
      { length: 100 },
      (_, i) => `\0\0\0\x05${String(10_000 + i)}\0\0\0\x06shipped\0\0\0\x0512.50`,
    );
    expect(set.mightContain(encoder.encode(rows.join('')))).toBe(false);
  });

  it('is false of everything when nothing is to be found', () => {
    expect(createDetectorSet([]).mightContain(encoder.encode('ann@example.com \\u0040'))).toBe(false);
  });
});

describe('createDetectorSet', () => {
  it('refuses a name that it does not know: unknown means no', () => {
    expect(() => createDetectorSet(['email', 'emial'])).toThrow('masking_not_possible');
  });

  it("runs an administrator's patterns with the others", () => {
    const set = createDetectorSet(['email'], [{ name: 'employee', pattern: 'EMP-[0-9]{6}' }]);
    const text = 'EMP-123456 is ann@example.com';
    expect(set.find(text)).toEqual([
      { detector: 'employee', start: 0, end: 10 },
      { detector: 'email', start: 14, end: 29 },
    ]);
    expect(set.mightContain(encoder.encode('EMP-123456'))).toBe(true);
  });

  it.each(['(', 'a(?=b)', '(a)\\1', 'x*'])('refuses the pattern %j', (pattern) => {
    expect(() => createDetectorSet([], [{ name: 'bad', pattern }])).toThrow('masking_not_possible');
  });

  it('finds a match of a pattern across the edge of a chunk', () => {
    const set = createDetectorSet([], [{ name: 'employee', pattern: 'EMP-[0-9]{6}' }]);
    const text = `${' '.repeat(16_380)}EMP-123456`;
    expect(set.find(text)).toEqual([{ detector: 'employee', start: 16_380, end: 16_390 }]);
  });
});
