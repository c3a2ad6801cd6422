import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bypassRows } from '../../../test/bypass-fixture.ts';
import { fixtureCatalog, fixtureEnvironment } from '../../../test/fixture-catalog.ts';
import { QueryGenerator } from '../../../test/generate-query.ts';
import { inspectSql } from '../inspect-sql.ts';
import { scanSync } from '../parser/load-parser.ts';
import { literalFreeKey } from './literal-free-key.ts';
import { SqlInspector } from './sql-inspector.ts';

const LINEAGE = readFileSync(new URL('../../../fixtures/lineage.sql', import.meta.url), 'utf8')
  .split(/\n\n+/)
  .slice(1);
const TEXTS = [...bypassRows().map(({ sql }) => sql), ...LINEAGE];

/** The text with the values of its plain literals replaced, each by the next of a list. */
function withOtherLiterals(sql: string, strings: readonly string[], numbers: readonly number[]): string {
  let tokens;
  try {
    tokens = scanSync(sql).tokens;
  } catch {
    return sql;
  }
  const bytes = Buffer.from(sql);
  let out = '';
  let done = 0;
  tokens.forEach((token, index) => {
    const other = otherLiteral(
      token,
      strings[index % strings.length] ?? '',
      numbers[index % numbers.length] ?? 0,
    );
    if (other === undefined) return;
    out += bytes.toString('utf8', done, token.start) + other;
    done = token.end;
  });
  return out + bytes.toString('utf8', done);
}

function otherLiteral(
  token: { tokenName: string; text: string },
  string: string,
  number: number,
): string | undefined {
  if (token.tokenName === 'SCONST' && token.text.startsWith("'")) return `'${string.replaceAll("'", "''")}'`;
  if (token.tokenName === 'ICONST' && /^\d+$/.test(token.text)) return String(number);
  return undefined;
}

const STRINGS = fc.array(
  fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      'role',
      'payroll',
      'search_path',
      'counter',
      'DELETE FROM orders',
      'password=x',
      'public.customers',
      ';',
    ),
  ),
  { minLength: 4, maxLength: 6 },
);
const NUMBERS = fc.array(fc.nat({ max: 999_999_999 }), { minLength: 3, maxLength: 5 });

describe('SqlInspector', () => {
  it('answers as inspectSql does, whatever the literals of a text seen before were', () => {
    const env = fixtureEnvironment();
    let remembered = 0;
    fc.assert(
      fc.property(fc.constantFrom(...TEXTS), STRINGS, NUMBERS, (text, strings, numbers) => {
        const inspector = new SqlInspector();
        const other = withOtherLiterals(text, strings, numbers);
        inspector.inspect(text, env);
        const fresh = inspectSql(other, env);
        const kept = inspector.inspect(other, env);
        if (literalFreeKey(text) === literalFreeKey(other) && text !== other) remembered++;
        // Where the server's grammar refuses a value (FLOAT(99)) the kept answer is for a statement that will not run.
        if (fresh.ok || !kept.ok) expect([other, kept]).toEqual([other, fresh]);
      }),
      { numRuns: 1_000 },
    );
    expect(remembered).toBeGreaterThan(150);
  });

  it('answers as inspectSql does for generated queries', () => {
    const env = fixtureEnvironment();
    const inspector = new SqlInspector();
    fc.assert(
      fc.property(fc.integer(), STRINGS, NUMBERS, (seed, strings, numbers) => {
        const text = new QueryGenerator(seed).query();
        const other = withOtherLiterals(text, strings, numbers);
        inspector.inspect(text, env);
        expect(inspector.inspect(other, env)).toEqual(inspectSql(other, env));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["  SELECT 'a';  ", "\n SELECT 'bcd' ;"],
    ["SELECT 'é' FROM orders", "SELECT 'éé' FROM orders"],
    ["SELECT 'a' /* x */ ;", "SELECT 'b' /* yyy */ ;"],
    ["SELECT 'a'; -- done;", "SELECT 'b'; -- done"],
    ['SELECT 1 -- a;', 'SELECT 2 -- b'],
    ["SELECT * FROM users WHERE password = 'a'", "SELECT * FROM users WHERE password = 'b'"],
  ])('gives the words and places of the text at hand: %p, then %p', (first, second) => {
    const env = fixtureEnvironment();
    const inspector = new SqlInspector();
    inspector.inspect(first, env);
    expect(inspector.inspect(second, env)).toEqual(inspectSql(second, env));
  });

  it('parses a statement of another literal no second time', () => {
    const env = fixtureEnvironment();
    const inspector = new SqlInspector();
    const first = inspector.inspect('SELECT id FROM orders WHERE id = 1', env);
    const second = inspector.inspect('SELECT id FROM orders WHERE id = 2', env);
    expect(first.ok && second.ok && first.statements[0]?.effects === second.statements[0]?.effects).toBe(
      true,
    );
  });

  it('does not mix up search paths, roles or catalogs', () => {
    const inspector = new SqlInspector();
    const sql = 'SELECT * FROM salaries';
    const effects = (env: ReturnType<typeof fixtureEnvironment>): unknown => {
      const inspection = inspector.inspect(sql, env);
      return inspection.ok ? inspection.statements[0]?.unresolved : 'refused';
    };
    expect(effects(fixtureEnvironment())).toEqual(['salaries']);
    expect(effects(fixtureEnvironment({ searchPath: ['payroll'] }))).toEqual([]);
    expect(effects(fixtureEnvironment())).toEqual(['salaries']);
    expect(effects(fixtureEnvironment({ currentUser: 'payroll', searchPath: ['$user'] }))).toEqual([]);
    const empty = { ...fixtureCatalog(), relation: () => undefined };
    expect(effects(fixtureEnvironment({ catalog: empty, searchPath: ['payroll'] }))).toEqual(['salaries']);
  });

  it('asks the session each time for what only the session knows', () => {
    const inspector = new SqlInspector();
    let sql = 'SELECT 1';
    const env = fixtureEnvironment({ prepared: () => sql, cursors: () => undefined });
    const effects = (): unknown => {
      const inspection = inspector.inspect('EXECUTE p', env);
      return inspection.ok && inspection.statements[0]?.effects.map(({ action }) => action);
    };
    expect(effects()).toEqual(['sql.read']);
    sql = 'DELETE FROM scratch';
    expect(effects()).toEqual(['sql.delete']);
  });

  it.each([
    'EXECUTE p',
    'EXPLAIN EXECUTE p',
    'CREATE TABLE t AS EXECUTE p',
    'FETCH c',
    "SELECT cursor_to_xml(E'c', 1, true, true, '')",
    "SELECT query_to_xml(E'FETCH c', true, true, '')",
  ])('does not keep %s', (sql) => {
    const inspection = inspectSql(sql, fixtureEnvironment());
    expect(inspection.ok && inspection.statements[0]?.sessionSensitive).toBe(true);
  });

  it('does not take what a COMMIT means in one session for what it means in another', () => {
    const inspector = new SqlInspector();
    const sql = 'COMMIT; SELECT a FROM scratch';
    for (const changedInTransaction of [true, false, true]) {
      const env = fixtureEnvironment({ changedInTransaction });
      expect(inspector.inspect(sql, env)).toEqual(inspectSql(sql, env));
    }
  });

  it('does not keep answers that are out of proportion', () => {
    const env = fixtureEnvironment();
    const inspector = new SqlInspector();
    const sql = `SELECT ${Array.from({ length: 60 }, () => 'c.*').join()} FROM customers c`;
    const [first, second] = [inspector.inspect(sql, env), inspector.inspect(sql, env)];
    expect(second).toEqual(first);
    expect(first.ok && second.ok && first.statements[0] === second.statements[0]).toBe(false);
  });

  it('keeps a bounded number of answers', () => {
    const env = fixtureEnvironment();
    const inspector = new SqlInspector({ maxEntries: 2 });
    const first = inspector.inspect('SELECT 1 AS a', env);
    for (const name of ['b', 'c']) inspector.inspect(`SELECT 1 AS ${name}`, env);
    const again = inspector.inspect('SELECT 1 AS a', env);
    expect(again).toEqual(first);
    expect(again.ok && first.ok && again.statements[0]?.effects === first.statements[0]?.effects).toBe(false);
  });
});
