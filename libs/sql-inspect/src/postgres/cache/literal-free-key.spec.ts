import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scanSync } from '../parser/load-parser.ts';
import { isExactKey, literalFreeKey, MAX_KEY_CHARS } from './literal-free-key.ts';

/** Tokens as the server's lexer sees them, the values of plain literals and comments left out. */
function tokensOf(sql: string): string {
  try {
    return scanSync(sql)
      .tokens.filter(({ tokenName }) => !tokenName.endsWith('COMMENT'))
      .map(({ tokenName, tokenType, text }) => (isValue(tokenName) ? tokenName : `${tokenType}:${text}`))
      .join(' ');
  } catch {
    return 'error';
  }
}

function isValue(tokenName: string): boolean {
  return tokenName === 'SCONST' || tokenName === 'ICONST' || tokenName === 'FCONST';
}

describe('literalFreeKey', () => {
  it.each([
    ["SELECT 1 WHERE a = 'x'", "SELECT 27 WHERE a = 'it''s'"],
    ['SELECT 1.5', 'SELECT 2.25e10'],
    ['SELECT .5 + 1.', 'SELECT .75 + 3.'],
    ['SELECT -1', 'SELECT -2'],
    ['SELECT a[1], $1, b1 FROM t2', 'SELECT a[2], $1, b1 FROM t2'],
    ['SELECT 1::int', 'SELECT 999999999::int'],
    ['SELECT 1 /* a */', "SELECT 1 /* it's /* nested */ */"],
    ["SELECT 1 -- it's\nFROM t", 'SELECT 1 -- "x\nFROM t'],
    ["INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT INTO t VALUES (3, ''), (4, '--')"],
  ])('is one for %p and %p', (a, b) => {
    expect(literalFreeKey(a)).toBe(literalFreeKey(b));
    expect(isExactKey(literalFreeKey(a) ?? '')).toBe(false);
  });

  it.each([
    ['SELECT 1', 'SELECT 1 2'],
    ['SELECT 1', 'SELECT 1.0'],
    ['SELECT 1', 'SELECT 9999999999'],
    ['SELECT 2147483647', 'SELECT 2147483648'],
    ["SELECT 'a'", 'SELECT 1'],
    ["SELECT 'a'", "SELECT 'a' 'b'"],
    ["SELECT 'a'\n'b'", "SELECT 'a' /*x*/\n'b'"],
    ["SELECT E'a'", "SELECT E'b'"],
    ["SELECT 'a\\'", "SELECT 'b\\'"],
    ["SELECT U&'a'", "SELECT U&'b'"],
    ["SELECT X'1F'", "SELECT X'2F'"],
    ["SELECT N'a'", "SELECT N'b'"],
    ['SELECT $$a$$', 'SELECT $$b$$'],
    ['SELECT $1', 'SELECT $2'],
    ['SELECT a1', 'SELECT a2'],
    ['SELECT a.b1', 'SELECT a.b2'],
    ['SELECT "1"', 'SELECT "2"'],
    ["SELECT \"it's\", 1, 'x'", "SELECT \"it''s\", 1, 'x'"],
    ['SELECT U&"d!0061t" UESCAPE \'!\'', 'SELECT U&"d!0061t" UESCAPE \'?\''],
    ['SELECT 1 AS a', 'SELECT 1 AS b'],
    ['SELECT 0x1F', 'SELECT 0x2F'],
    ['SELECT 1_000', 'SELECT 2_000'],
    ['SELECT 1 - -1', 'SELECT 1 --1'],
    ['SELECT 1 /*', 'SELECT 1 /* x'],
    ['SELECT 1/**/+1', 'SELECT 1+1'],
    ['SELECT é1', 'SELECT é2'],
  ])('tells %p from %p', (a, b) => {
    expect(literalFreeKey(a)).not.toBe(literalFreeKey(b));
  });

  it('is null beyond its length, and never longer than the text and its mark', () => {
    expect(literalFreeKey('x'.repeat(MAX_KEY_CHARS + 1))).toBeNull();
    fc.assert(
      fc.property(
        fc.string({ maxLength: 100 }),
        (sql) => (literalFreeKey(sql) ?? '').length <= sql.length + 1,
      ),
    );
  });

  it('does not take a text that holds the marks themselves for a stripped one', () => {
    for (const mark of ['\x01', '\x02', '\x03', '\x04']) {
      expect(literalFreeKey(`SELECT ${mark} FROM t WHERE a = 1`)).toBe(`=SELECT ${mark} FROM t WHERE a = 1`);
    }
  });

  it('gives one key only to texts of the same tokens: every text of up to four tricky characters', () => {
    const alphabet = ["'", '"', '$', '\\', '-', '/', '*', '.', ' ', '1', 'e', '+', '\n', 'U', '&', 'é'];
    const known = new Map<string, string>();
    const visit = (prefix: string, left: number): void => {
      for (const char of alphabet) {
        const sql = prefix + char;
        if (left > 1) visit(sql, left - 1);
        const key = literalFreeKey(sql) ?? '';
        if (isExactKey(key)) continue;
        const tokens = tokensOf(sql);
        const before = known.get(key);
        if (before === undefined) known.set(key, tokens);
        else expect([sql, key, tokens]).toEqual([sql, key, before]);
      }
    };
    visit('', 4);
    expect(known.size).toBeGreaterThan(500);
  });

  it('gives one key only to texts of the same tokens: long random ones', () => {
    const piece = fc.constantFrom(
      "'a'",
      "'b''c'",
      "'--'",
      "'/*'",
      "''",
      '1',
      '22',
      '123456789',
      '1234567890',
      '1.5',
      '.5',
      '2.',
      '1e5',
      '1e',
      '1.e+3',
      '0x1F',
      '1_0',
      '$1',
      '$a$',
      'E',
      'e',
      'U&',
      'X',
      '"a"',
      '"',
      "'",
      ' ',
      '\n',
      '--c\n',
      "-- '\n",
      '/*c*/',
      "/*'*/",
      '/*/**/*/',
      '/*',
      '*/',
      '-',
      '+',
      '/',
      '*',
      '.',
      '..',
      ',',
      '(',
      ')',
      'a',
      'b1',
      'é',
      '_',
      '\\',
      ';',
      '::',
      '[',
      ']',
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const known = new Map<string, [string, string]>();
    let shared = 0;
    fc.assert(
      fc.property(text, (sql) => {
        const key = literalFreeKey(sql) ?? '';
        if (isExactKey(key)) return;
        const tokens = tokensOf(sql);
        const before = known.get(key);
        known.set(key, [sql, tokens]);
        if (before === undefined) return;
        if (before[0] !== sql) shared++;
        expect([sql, tokens]).toEqual([sql, before[1]]);
      }),
      { numRuns: 20_000 },
    );
    expect(shared).toBeGreaterThan(100);
  });

  it('gives one key only to texts of the same tokens: one text and its literals changed', () => {
    const literal = fc.oneof(
      fc.string({ maxLength: 5 }).map((value) => `'${value.replaceAll("'", "''")}'`),
      fc.nat().map(String),
      fc.constantFrom('1.5', '.25', '3.', '1e3', '2.5E-7', '9999999999999'),
    );
    const words = fc.array(
      fc.constantFrom(
        'SELECT',
        'a',
        'FROM',
        '(',
        ')',
        ',',
        '=',
        '-',
        '<',
        '::int',
        'b1',
        '"c"',
        '/*x*/',
        '--x\n',
        ' ',
      ),
      { minLength: 1, maxLength: 10 },
    );
    let shared = 0;
    fc.assert(
      fc.property(
        words,
        fc.array(literal, { minLength: 10, maxLength: 10 }),
        fc.array(literal, { minLength: 10, maxLength: 10 }),
        (parts, first, second) => {
          const a = parts.map((part, index) => `${part} ${first[index] ?? ''}`).join(' ');
          const b = parts.map((part, index) => `${part} ${second[index] ?? ''}`).join(' ');
          if (literalFreeKey(a) !== literalFreeKey(b)) return;
          shared++;
          expect(tokensOf(a)).toBe(tokensOf(b));
        },
      ),
      { numRuns: 3_000 },
    );
    expect(shared).toBeGreaterThan(10);
  });
});
