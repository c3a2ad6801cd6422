import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fixtureEnvironment } from '../../../test/fixture-catalog.ts';
import { inspectSql } from '../inspect-sql.ts';
import { isLargeSql, LARGE_SQL_BYTES, MAX_SQL_BYTES, MAX_STATEMENTS, parseSql } from './parse-sql.ts';

function reasonOf(sql: string, maxBytes?: number): string {
  const inspection = inspectSql(sql, fixtureEnvironment(maxBytes === undefined ? {} : { maxBytes }));
  return inspection.ok ? 'ok' : inspection.reason;
}

describe('parsing', () => {
  it('gives each statement its bytes: the text cut there is the statement', () => {
    const sql = "  SELECT 'é€😀' ; \n-- ü\nDELETE FROM orders;;SELECT $$;$$ -- end";
    const parsed = parseSql(sql);
    if (!parsed.ok) throw new Error(parsed.message);
    const bytes = Buffer.from(sql);
    expect(parsed.statements.map(({ text }) => text)).toEqual([
      "SELECT 'é€😀'",
      'DELETE FROM orders',
      'SELECT $$;$$ -- end',
    ]);
    for (const { text, startByte, endByte } of parsed.statements) {
      expect(bytes.toString('utf8', startByte, endByte)).toBe(text);
    }
  });

  it('gives bytes that hold for any text of several statements', () => {
    const piece = fc.constantFrom(
      'SELECT 1',
      "SELECT 'é;'",
      ' ',
      ';',
      '\n',
      '-- ;\n',
      '/* ; */',
      'BEGIN',
      'SELECT "ü;"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const sql = pieces.join(' ');
        const parsed = parseSql(sql);
        if (!parsed.ok) return;
        const bytes = Buffer.from(sql);
        for (const { text, startByte, endByte } of parsed.statements) {
          expect(bytes.toString('utf8', startByte, endByte)).toBe(text);
        }
      }),
    );
  });

  it.each([
    ['', 0],
    ['   \n\t ', 0],
    [';;;', 0],
    ['-- nothing', 0],
    ['/* nothing /* at all */ */', 0],
    ['/* x */ ; -- y\n;', 0],
    ['SELECT 1; -- the end', 1],
  ])('finds in %p %p statements', (sql, count) => {
    const inspection = inspectSql(sql, fixtureEnvironment());
    expect(inspection.ok && inspection.statements.length).toBe(count);
  });

  it('says where a text is wrong', () => {
    expect(parseSql('SELECT * FORM orders')).toEqual({
      ok: false,
      reason: 'syntax',
      message: 'syntax error at or near "FORM"',
      position: 10,
    });
  });

  it.each([
    ['contains-nul', 'SELECT 1\0; DROP TABLE orders'],
    ['not-utf8', 'SELECT \ud800'],
    ['syntax', 'SELEC 1'],
    ['syntax', "SELECT 'x"],
    ['syntax', 'SELECT $a$ x'],
    ['syntax', '/* never closed'],
    ['syntax', 'SELECT 1; DROP TABLE'],
  ])('refuses as %s: %p', (reason, sql) => {
    expect(reasonOf(sql)).toBe(reason);
  });

  it('refuses a text that is too long as a whole, also where its bytes are more than its characters', () => {
    expect(reasonOf(`${' '.repeat(MAX_SQL_BYTES)} DELETE FROM orders`)).toBe('too-large');
    expect(reasonOf(`/*${'x'.repeat(90)}*/ SELECT 1`, 100)).toBe('too-large');
    expect(reasonOf(`SELECT '${'é'.repeat(50)}'`, 100)).toBe('too-large');
    expect(reasonOf(`SELECT '${'e'.repeat(50)}'`, 100)).toBe('ok');
  });

  it('refuses a text of too many statements as a whole', () => {
    expect(reasonOf('SELECT 1;'.repeat(MAX_STATEMENTS))).toBe('ok');
    expect(reasonOf(`${'SELECT 1;'.repeat(MAX_STATEMENTS)} DROP TABLE orders`)).toBe('too-complex');
  });

  it('calls a text large that is long, or has many statements', () => {
    expect(isLargeSql('SELECT 1')).toBe(false);
    expect(isLargeSql(';'.repeat(150))).toBe(false);
    expect(isLargeSql('SELECT 1;'.repeat(250))).toBe(true);
    expect(isLargeSql(' '.repeat(LARGE_SQL_BYTES))).toBe(true);
  });

  it.each([
    ['parentheses', `SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)}`],
    ['subqueries', `SELECT * FROM ${'(SELECT * FROM '.repeat(1_500)}orders${') x'.repeat(1_500)}`],
    ['scalar subqueries', `SELECT ${'(SELECT '.repeat(1_500)}1${')'.repeat(1_500)}`],
    ['an expression to the left', `SELECT 1${' || 1'.repeat(20_000)}`],
    ['CASE', `SELECT ${'CASE WHEN true THEN '.repeat(2_000)}1${' END'.repeat(2_000)}`],
    ['set operations', `SELECT 1${' UNION SELECT 1'.repeat(8_000)}`],
    ['comments that open', `${'/*'.repeat(50_000)}${'*/'.repeat(50_000)} SELECT 1`],
    ['plus signs', `SELECT ${'+'.repeat(5_000)}1`],
    ['columns', `SELECT ${'o.*, '.repeat(400)} 1 FROM orders o`],
  ])('ends cleanly on very deep or wide %s, and goes on', (_, sql) => {
    expect(['too-complex', 'syntax']).toContain(reasonOf(sql));
    expect(reasonOf('SELECT 1')).toBe('ok');
  });

  it('takes banners and long lists', () => {
    const banner = `/*${'*'.repeat(300)}*/\n-- ${'-'.repeat(300)}\n/* ${'='.repeat(300)} */`;
    expect(
      reasonOf(`${banner} SELECT 1 WHERE 1 IN (${Array.from({ length: 5_000 }, (_, i) => i).join()})`),
    ).toBe('ok');
    expect(
      reasonOf(`SELECT 1 FROM orders WHERE ${Array.from({ length: 2_000 }, () => 'id = 1').join(' OR ')}`),
    ).toBe('ok');
  });

  it('refuses a backslash where the session reads it as an escape', () => {
    const env = fixtureEnvironment({ standardConformingStrings: false });
    expect(inspectSql("SELECT '\\'; DROP TABLE orders; --'", env)).toMatchObject({
      ok: false,
      reason: 'backslash-without-standard-strings',
    });
    expect(inspectSql("SELECT 'a''b'", env)).toMatchObject({ ok: true });
  });
});
