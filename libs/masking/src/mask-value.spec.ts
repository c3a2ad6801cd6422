import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  MASK_STRATEGIES,
  maskValue,
  VALUE_KINDS,
  type ColumnMask,
  type MaskStrategy,
  type ValueKind,
} from './index.ts';

const key = new TextEncoder().encode('a key of thirty-two bytes, secret');
const otherKey = new TextEncoder().encode('another key of thirty-two bytes..');
const strategy = fc.constantFrom(...MASK_STRATEGIES);
const kind = fc.constantFrom(...VALUE_KINDS);
const keyed = fc.constantFrom<MaskStrategy>('hash', 'tokenize', 'fake');

/** What each kind's values look like, coarser than the server's input functions and good enough to catch text where a number belongs. */
const VALID: Readonly<Record<ValueKind, RegExp>> = {
  text: /^/,
  integer: /^-?[0-9]+$/,
  decimal: /^-?[0-9]+(\.[0-9]+)?$/,
  float: /^-?[0-9]+(\.[0-9]+)?$/,
  boolean: /^[tf]$/,
  date: /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/,
  time: /^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$/,
  timestamp: /^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]$/,
  timestamptz: /^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]\+00$/,
  interval: /^[0-9]{2}:[0-9]{2}:[0-9]{2}$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  json: /^"[^"\\]*"$/,
  bytes: /^\\x([0-9a-f]{2})*$/,
  inet: /^([0-9.]+|[0-9a-f:]+)(\/[0-9]+)?$/,
  array: /^\{\}$/,
  other: /^(?!)/,
};

const SAMPLES: Readonly<Record<ValueKind, fc.Arbitrary<string>>> = {
  text: fc.string({ unit: 'grapheme' }),
  integer: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  decimal: fc.tuple(fc.nat(), fc.nat()).map(([whole, part]) => `${String(whole)}.${String(part)}`),
  float: fc.double().map(String),
  boolean: fc.constantFrom('t', 'f'),
  date: fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
  time: fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(-13, -1)),
  timestamp: fc
    .date({ noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, -1).replace('T', ' ')),
  timestamptz: fc
    .date({ noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, -1).replace('T', ' ') + '+02'),
  interval: fc.constantFrom('3 days', '1 year 2 mons', '-04:05:06'),
  uuid: fc.uuid(),
  json: fc.json(),
  bytes: fc.uint8Array().map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`),
  inet: fc.oneof(fc.ipV4(), fc.ipV6()),
  array: fc.constantFrom('{1,2}', '{a@b.com}'),
  other: fc.string(),
};

const anyValue = kind.chain((name) => SAMPLES[name].map((text) => ({ name, text })));

describe('maskValue', () => {
  it.each<[string, ValueKind, MaskStrategy, string | null]>([
    ['ann@example.com', 'text', 'partial', 'a***@e***.com'],
    ['ann@mail.example.co.uk', 'text', 'partial', 'a***@m***.uk'],
    ['a@b.io', 'text', 'partial', '***@***.io'],
    ['4111 1111-1111 1111', 'text', 'partial', '**** ****-**** 1111'],
    ['123-45-6789', 'text', 'partial', '***-**-6789'],
    ['John Smith', 'text', 'partial', '******mith'],
    ['Zoë 👩‍👩‍👧‍👦🇩🇪é', 'text', 'partial', '****👩‍👩‍👧‍👦🇩🇪é'],
    ['abc', 'text', 'partial', '***'],
    ['abcd', 'text', 'partial', '****'],
    ['abcde', 'text', 'partial', '***de'],
    ['', 'text', 'partial', '[redacted]'],
    ['Johnathan', 'text', 'truncate', 'John...'],
    ['abc', 'text', 'truncate', '...'],
    ['anything', 'text', 'redact', '[redacted]'],
    ['anything', 'text', 'null', null],
    ['123456789', 'integer', 'partial', '6789'],
    ['100000042', 'integer', 'partial', '42'],
    ['-17', 'integer', 'partial', '0'],
    ['123456789', 'integer', 'truncate', '123400000'],
    ['1234.56', 'decimal', 'partial', '4.56'],
    ['NaN', 'float', 'partial', '0'],
    ['1e+20', 'float', 'tokenize', '0'],
    ['t', 'boolean', 'hash', 'f'],
    ['1987-03-04', 'date', 'truncate', '1987-01-01'],
    ['1987-03-04', 'date', 'partial', '1970-01-01'],
    ['44-03-15 BC', 'date', 'truncate', '1970-01-01'],
    ['2024-05-06 07:08:09.123', 'timestamp', 'truncate', '2024-01-01 00:00:00'],
    ['12:34:56', 'time', 'truncate', '12:00:00'],
    ['{"ssn":"123-45-6789"}', 'json', 'partial', '"[redacted]"'],
    ['203.0.113.9', 'inet', 'truncate', '203.0.0.0/16'],
    ['2001:db8::1', 'inet', 'redact', '::'],
    ['{4111111111111111}', 'array', 'partial', '{}'],
    ['(a,b)', 'other', 'redact', null],
  ])('makes %j of kind %s with %s into %j', (text, kindName, strategyName, expected) => {
    expect(maskValue(text, kindName, { strategy: strategyName })).toBe(expected);
  });

  it('gives text that is valid for its kind, or NULL, whatever the value and strategy', () => {
    fc.assert(
      fc.property(anyValue, strategy, fc.nat(20), fc.boolean(), ({ name, text }, how, keep, withKey) => {
        const masked = maskValue(text, name, { strategy: how, keep, ...(withKey ? { key } : {}) });
        if (masked !== null) expect(masked).toMatch(VALID[name]);
        else expect(how === 'null' || name === 'other').toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on text that is not of its kind', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), kind, strategy, (text, name, how) => {
        const masked = maskValue(text, name, { strategy: how, key });
        if (masked !== null) expect(masked).toMatch(VALID[name]);
      }),
      { numRuns: 500 },
    );
  });

  it('tells nothing of the value when it redacts', () => {
    fc.assert(
      fc.property(kind, fc.string(), fc.string(), (name, a, b) => {
        fc.pre(name !== 'inet' || a.includes(':') === b.includes(':'));
        expect(maskValue(a, name, { strategy: 'redact' })).toBe(maskValue(b, name, { strategy: 'redact' }));
      }),
    );
  });

  it('redacts rather than hash, tokenize or fake without a key', () => {
    fc.assert(
      fc.property(anyValue, keyed, ({ name, text }, how) => {
        expect(maskValue(text, name, { strategy: how })).toBe(maskValue(text, name, { strategy: 'redact' }));
      }),
    );
  });

  it('never shows the value itself', () => {
    const sensitive = fc.stringMatching(/^[A-Za-z0-9 .@-]*[A-Za-z0-9]$/);
    fc.assert(
      fc.property(sensitive, strategy, fc.integer({ min: 1, max: 30 }), (text, how, keep) => {
        expect(maskValue(text, 'text', { strategy: how, keep, key })).not.toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('shows at most half of a value, and only its last characters, when partial', () => {
    const plain = fc.stringMatching(/^[a-z]{1,40}$/);
    fc.assert(
      fc.property(plain, fc.integer({ min: 1, max: 50 }), (text, keep) => {
        const masked = maskValue(text, 'text', { strategy: 'partial', keep }) ?? '';
        const shown = masked.replaceAll('*', '');
        expect(masked).toHaveLength(text.length);
        expect(shown.length).toBeLessThanOrEqual(Math.min(keep, Math.floor(text.length / 2)));
        expect(text.endsWith(shown)).toBe(true);
        if (text.length <= keep) expect(shown).toBe('');
      }),
    );
  });

  it('is done with a text that it masked before', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{1,40}$/), (text) => {
        const mask: ColumnMask = { strategy: 'partial' };
        const once = maskValue(text, 'text', mask) ?? '';
        fc.pre(once !== '[redacted]');
        expect(maskValue(once, 'text', mask)).toBe(once);
      }),
    );
  });

  it('shows of an e-mail address one letter of each name that is long enough, and the top-level domain', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        const [local = '', domain = ''] = text.split('@');
        const name = domain.slice(0, domain.lastIndexOf('.'));
        const masked = maskValue(text, 'text', { strategy: 'partial', keep: 100 }) ?? '';
        const shown = (part: string): string => (part.length < 3 ? '***' : `${part.charAt(0)}***`);
        expect(masked).toBe(`${shown(local)}@${shown(name)}${domain.slice(name.length)}`);
      }),
    );
  });

  it('gives equal values equal results, and other keys others, when it hashes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z]{8,40}$/), keyed, (text, how) => {
        const mask = { strategy: how, key };
        expect(maskValue(text, 'text', mask)).toBe(maskValue(text, 'text', { ...mask, key: key.slice() }));
        if (how !== 'fake')
          expect(maskValue(text, 'text', mask)).not.toBe(maskValue(text, 'text', { ...mask, key: otherKey }));
      }),
    );
  });

  it.each([
    ['int2', -(2n ** 15n), 2n ** 15n - 1n],
    ['int4', -(2n ** 31n), 2n ** 31n - 1n],
    ['int8', -(2n ** 63n), 2n ** 63n - 1n],
  ])('stays inside %s', (_, min, max) => {
    const nearEdge = fc.oneof(
      fc.bigInt({ min, max }),
      fc.bigInt({ min: max - 100n, max }),
      fc.bigInt({ min, max: min + 100n }),
    );
    fc.assert(
      fc.property(nearEdge, strategy, (value, how) => {
        const masked = maskValue(String(value), 'integer', { strategy: how, key });
        if (masked === null) return;
        expect(BigInt(masked)).toBeGreaterThanOrEqual(min);
        expect(BigInt(masked)).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('gives no integer of more than one digit back as it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), strategy, (value, how) => {
        const text = String(value);
        fc.pre(how !== 'truncate' || !/0{1,}$/.test(text));
        expect(maskValue(text, 'integer', { strategy: how, key })).not.toBe(text);
      }),
    );
  });
});
