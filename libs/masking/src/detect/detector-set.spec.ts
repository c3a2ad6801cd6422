import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createDetectorSet, DETECTOR_NAMES, type DetectorName } from '../index.ts';

const encoder = new TextEncoder();

/** What `name` finds in `text`, as text. */
function found(name: DetectorName, text: string): string[] {
  return createDetectorSet([name])
    .find(text)
    .map(({ start, end }) => text.slice(start, end));
}

const FINDS: readonly (readonly [DetectorName, string, string])[] = [
  ['email', 'ann@example.com', 'ann@example.com'],
  ['email', 'Write to <Ann.Lee+shop@mail.example.co.uk>, please.', 'Ann.Lee+shop@mail.example.co.uk'],
  ['email', '{"e":"ann@example.com","n":1}', 'ann@example.com'],
  ['email', '{"e":"line\\nann@example.com"}', 'ann@example.com'],
  ['email', 'q=ann%40example.com&x=1', 'ann%40example.com'],
  ['email', '{"e":"ann\\u0040example.com"}', 'ann\\u0040example.com'],
  ['email', "('o'brien@example.com')", "o'brien@example.com"],
  ['email', 'rené@müller.example', 'rené@müller.example'],
  ['email', 'ann@example.com.', 'ann@example.com'],
  ['email', `${'x'.repeat(100)}@example.com`, `${'x'.repeat(100)}@example.com`],
  ['email', 'ann@example.com.17', 'ann@example.com'],
  ['card', '4111111111111111', '4111111111111111'],
  ['card', '4111 1111-1111 1111', '4111 1111-1111 1111'],
  ['card', 'card:4111.1111.1111.1111 exp 12/27', '4111.1111.1111.1111'],
  ['card', '4111\u00a01111\u20111111\u20091111', '4111\u00a01111\u20111111\u20091111'],
  ['card', '378282246310005', '378282246310005'],
  ['card', '3782 822463 10005', '3782 822463 10005'],
  ['card', '30569309025904', '30569309025904'],
  ['card', '5555-5555-5555-4444', '5555-5555-5555-4444'],
  ['card', '2223003122003222', '2223003122003222'],
  ['card', '6011111111111117', '6011111111111117'],
  ['card', '3530111333300000', '3530111333300000'],
  ['card', '6200000000000005', '6200000000000005'],
  ['card', '4222222222222', '4222222222222'],
  ['card', '12 4111 1111 1111 1111 12', '4111 1111 1111 1111'],
  ['card', '{"card":4111111111111111}', '4111111111111111'],
  ['card', '4111111111111111.00', '4111111111111111'],
  ['iban', 'DE89370400440532013000', 'DE89370400440532013000'],
  ['iban', 'IBAN: DE89 3704 0044 0532 0130 00, thanks', 'DE89 3704 0044 0532 0130 00'],
  ['iban', 'gb82west12345698765432', 'gb82west12345698765432'],
  ['iban', 'FR14-2004-1010-0505-0001-3M02-606', 'FR14-2004-1010-0505-0001-3M02-606'],
  ['iban', 'NO9386011117947', 'NO9386011117947'],
  ['phone', '+49 30 901820', '+49 30 901820'],
  ['phone', 'call +1 (202) 555-0143 now', '+1 (202) 555-0143'],
  ['phone', 'tel=%2B4915112345678', '%2B4915112345678'],
  ['phone', '(202) 555-0143', '(202) 555-0143'],
  ['phone', '202-555-0143', '202-555-0143'],
  ['phone', '1-202-555-0143', '1-202-555-0143'],
  ['phone', '202.555.0143', '202.555.0143'],
  ['ssn', '123-45-6789', '123-45-6789'],
  ['ssn', 'SSN 123 45 6789.', '123 45 6789'],
  ['ssn', '123\u201345\u20136789', '123\u201345\u20136789'],
  ['ipv4', 'from 203.0.113.9.', '203.0.113.9'],
  ['ipv4', '203.0.113.9:5432', '203.0.113.9'],
  ['ipv6', '2001:db8::8a2e:370:7334', '2001:db8::8a2e:370:7334'],
  ['ipv6', '[2001:0db8:0000:0000:0000:ff00:0042:8329]:443', '2001:0db8:0000:0000:0000:ff00:0042:8329'],
  ['ipv6', '::ffff:203.0.113.9', '::ffff:203.0.113.9'],
  ['jwt', 'token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
  ['jwt', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'],
  [
    'private-key',
    'a -----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY----- b',
    '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----',
  ],
  ['private-key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl'],
  ['api-key', 'AWS=AKIAIOSFODNN7EXAMPLE;', 'AKIAIOSFODNN7EXAMPLE'],
  ['api-key', `ghp_${'a1'.repeat(18)}`, `ghp_${'a1'.repeat(18)}`],
];

/** What looks like something to hide and is not. Only grows. */
const NOTHING: readonly (readonly [DetectorName, string])[] = [
  ['email', 'git@localhost'],
  ['email', 'left-pad@1.3.0'],
  ['email', '@example.com'],
  ['email', 'ann@'],
  ['email', 'ann@.com'],
  ['email', 'Meet @ 10.30 at the café'],
  ['card', '4111111111111112'],
  ['card', '1700000000000'],
  ['card', '1700000000000000'],
  ['card', '20241231235959'],
  ['card', '2024-12-31 23:59:59.123456'],
  ['card', '550e8400-e29b-41d4-a716-446655440000'],
  ['card', '55055050-1234-4123-8123-446655440000'],
  ['card', 'da4111111111111111'],
  ['card', '0.4111111111111111'],
  ['card', '9999999999999995'],
  ['card', '41111111111111111111111111111111'],
  ['card', '4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1'],
  ['card', '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'],
  ['card', 'ORD-2024-0000123456789'],
  ['iban', 'DE89370400440532013001'],
  ['iban', 'XX89370400440532013000'],
  ['iban', 'DE8937040044053201300'],
  ['iban', 'MODE89370400440532013000'],
  ['phone', '+00:00'],
  ['phone', '2024-12-31 23:59:59+02'],
  ['phone', '1e+10000000'],
  ['phone', '123-456-7890'],
  ['phone', '202-555-0143-77'],
  ['phone', '2024-555-0143'],
  ['phone', '1234567890'],
  ['ssn', '000-12-3456'],
  ['ssn', '666-12-3456'],
  ['ssn', '912-12-3456'],
  ['ssn', '123-00-6789'],
  ['ssn', '123-45-0000'],
  ['ssn', '123456789'],
  ['ssn', '2024-123-45-6789'],
  ['ssn', 'A123-45-6789'],
  ['ssn', '123-45-67890'],
  ['ipv4', '1.2.3'],
  ['ipv4', '1.3.6.1.4.1.311'],
  ['ipv4', '10.0.19045.3803'],
  ['ipv4', 'v1.2.3.4'],
  ['ipv4', '256.1.1.1'],
  ['ipv6', '12:34:56'],
  ['ipv6', '2024-01-02T03:04:05.678'],
  ['ipv6', 'aa:bb:cc:dd:ee:ff'],
  ['ipv6', 'SELECT x::date, y::text'],
  ['ipv6', 'std::dec'],
  ['ipv6', '::'],
  ['jwt', 'eyJhbGciOiJIUzI1NiJ9'],
  ['jwt', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0'],
  ['private-key', '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----'],
  ['private-key', '-----BEGIN CERTIFICATE-----'],
  ['api-key', 'AKIA'],
  ['api-key', 'SG.1.2'],
];

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
