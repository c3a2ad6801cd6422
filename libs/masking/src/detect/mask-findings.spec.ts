import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createDetectorSet,
  MASK_STRATEGIES,
  VALUE_KINDS,
  type MaskStrategy,
  type ValueKind,
} from '../index.ts';

const set = createDetectorSet(['email', 'card', 'ipv4']);
const key = new Uint8Array(32).fill(3);
const partial = { strategy: 'partial' } as const;

describe('mask', () => {
  it('hides each finding where it stands and leaves the rest of a text', () => {
    const { text, findings } = set.mask('Ann <ann@example.com> paid with 4111 1111 1111 1111.', partial);
    expect(text).toBe('Ann <a***@e***.com> paid with **** **** **** 1111.');
    expect(findings.map(({ detector }) => detector)).toEqual(['email', 'card']);
  });

  it('gives a text without findings back as it is', () => {
    const result = set.mask('nothing to see', partial);
    expect(result).toEqual({ text: 'nothing to see', findings: [] });
  });

  it.each<[ValueKind, string, string | null]>([
    ['integer', '4111111111111111', '1111'],
    ['decimal', '4111111111111111', '1111'],
    ['inet', '203.0.113.9', '0.0.0.0'],
    ['bytes', `\\x${Buffer.from('to ann@example.com').toString('hex')}`, '\\x'],
    ['other', '(1,ann@example.com)', null],
    ['array', '{ann@example.com,plain}', '{a***@e***.com,plain}'],
    ['array', '{4111111111111111,42}', '{1111,42}'],
    ['array', '{203.0.113.9}', '{0.0.0.0}'],
    ['json', '{"a":"ann@example.com", "n":4111111111111111}', '{"a":"a***@e***.com", "n":1111}'],
    ['json', '{"ann@example.com": 1}', '{"a***@e***.com": 1}'],
    ['json', '{"a": "x\\nann\\u0040example.com" }', '{"a": "x\\na***@e***.com" }'],
    ['json', '["\\u0034111111111111111"]', '["************1111"]'],
    ['json', '{"broken": "ann@example.com', '"[redacted]"'],
  ])('keeps a value of kind %s one: %j', (kind, value, expected) => {
    expect(set.mask(value, partial, kind).text).toBe(expected);
  });

  it('makes a JSON value null, and leaves a key one, when masking to NULL', () => {
    const masked = set.mask('{"ann@example.com" : "bob@example.com"}', { strategy: 'null' }, 'json');
    expect(masked.text).toBe('{"[redacted]" : null}');
  });

  it('makes a whole text NULL when masking to NULL', () => {
    expect(set.mask('write to ann@example.com', { strategy: 'null' }).text).toBeNull();
  });

  const secret = fc.constantFrom('ann@example.com', '4111111111111111', 'ann.lee@mail.example.org');
  const json = fc
    .json()
    .chain((rest) => secret.map((value) => `{"rest":${rest},"list":[${JSON.stringify(value)}]}`));

  it('leaves JSON that parses and holds no secret, whatever the strategy', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(...MASK_STRATEGIES), (document, strategy) => {
        const { text } = set.mask(document, { strategy, key }, 'json');
        expect(() => JSON.parse(text ?? '') as unknown).not.toThrow();
        expect(text).not.toMatch(/ann@example|4111111111111111|ann\.lee@/);
      }),
    );
  });

  it('lets no finding through in any kind', () => {
    const value = fc
      .tuple(fc.stringMatching(/^[ ,;:<>="]*$/), secret)
      .map(([before, found]) => before + found);
    fc.assert(
      fc.property(
        value,
        fc.constantFrom(...VALUE_KINDS),
        fc.constantFrom<MaskStrategy>(...MASK_STRATEGIES),
        (text, kind, strategy) => {
          const masked = set.mask(text, { strategy, key }, kind).text ?? '';
          expect(masked).not.toMatch(/ann@example|4111111111111111|ann\.lee@/);
        },
      ),
    );
  });
});
