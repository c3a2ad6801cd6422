import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { printable, printableJson } from './printable.ts';
import { printableYaml } from './printable-yaml.ts';
import { parse } from 'yaml';

/** What a terminal acts on, or what makes text read otherwise than it is stored. */
const DANGEROUS =
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u206f\u061c\ufeff]/;

const ATTACKS = [
  '\u001b[2J\u001b[H', // clear the screen
  '\u001b]0;title\u0007', // set the title
  '\u001b]52;c;cm0gLXJmIH4=\u0007', // write to the clipboard
  '\u001bP+q544e\u001b\\', // ask the terminal to type its answer
  '\u009b31m', // CSI as one byte
  'harmless\rDROP TABLE orders', // overwrite what was printed
  'a\u0008\u0008\u0008rm', // backspace
  'txt.\u202egpj', // right-to-left override
  '\u2066hidden\u2069',
  '\u0000',
  '\u{e0041}\u{e0042}', // tags, invisible
];

describe('printable', () => {
  it.each(ATTACKS)('leaves nothing of %j that a terminal acts on', (attack) => {
    expect(printable(attack)).not.toMatch(DANGEROUS);
  });

  it('makes any text safe, on one line', () => {
    const noisy = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...ATTACKS)));
    fc.assert(
      fc.property(noisy, (pieces) => {
        expect(printable(pieces.join(''))).not.toMatch(DANGEROUS);
      }),
    );
  });

  it('shows what it took out', () => {
    expect(printable('\u001b[31mred\n')).toBe('\\x1b[31mred\\n');
    expect(printable('a\u202eb')).toBe('a\\u{202e}b');
  });

  it('leaves letters of every script, accents and emoji alone', () => {
    const text = 'Zoë 日本語 العربية 👩‍👩‍👧 e\u0301 — “quotes”';
    expect(printable(text)).toBe(text);
  });
});

describe('printableJson', () => {
  it('keeps the value and leaves nothing dangerous', () => {
    const noisy = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...ATTACKS));
    fc.assert(
      fc.property(noisy, (text) => {
        const json = printableJson(JSON.stringify({ [text]: text }));
        expect(json).not.toMatch(DANGEROUS);
        expect(JSON.parse(json)).toEqual({ [text]: text });
      }),
    );
  });
});

describe('printableYaml', () => {
  it.each(ATTACKS)('keeps %j as a value and leaves nothing dangerous', (attack) => {
    const yaml = printableYaml({ note: attack, list: [attack] });
    expect(yaml.replaceAll('\n', '')).not.toMatch(DANGEROUS);
    expect(parse(yaml)).toEqual({ note: attack, list: [attack] });
  });

  it('does not quote what needs no quotes', () => {
    expect(printableYaml({ name: 'shop', rows: 2 })).toBe('name: shop\nrows: 2');
  });
});
