import { describe, expect, it } from '@jest/globals';
import { fixtureCatalog, fixtureEnvironment } from '../../../test/fixture-catalog.ts';
import type { CatalogRelation, SqlCatalog } from '../../model/catalog.ts';
import { inspectSql } from '../inspect-sql.ts';

/** The shop's catalog with one view more, defined as the server would print it. */
function catalogWith(condition: string, over: Partial<SqlCatalog> = {}): SqlCatalog {
  const catalog = fixtureCatalog();
  const like = catalog.relation('public', 'fixed_filter');
  if (like === undefined) throw new Error('the fixture has no such view');
  const view: CatalogRelation = {
    ...like,
    oid: 999_999,
    name: 'v',
    viewDefinition: ` SELECT id, name FROM public.customers c WHERE ${condition};`,
  };
  return {
    ...catalog,
    relation: (schema, name) => (schema === 'public' && name === 'v' ? view : catalog.relation(schema, name)),
    ...over,
  };
}

function predicatesOf(catalog: SqlCatalog): readonly string[] | 'unknown' {
  const inspection = inspectSql('SELECT * FROM v', fixtureEnvironment({ catalog }));
  if (!inspection.ok) throw new Error(inspection.message);
  expect(inspection.statements[0]?.unresolved).toEqual([]);
  return inspection.statements[0]?.predicateColumns ?? 'unknown';
}

describe('a condition of a view’s own', () => {
  it.each([
    'email IS NOT NULL',
    'c.profile IS NULL',
    "((email ~~ '%@example.com'::text) OR (email = ANY (ARRAY['a'::text, 'b'::text])))",
    "(NOT (lower(email) = 'x'::text))",
    "(COALESCE(email, ''::text) <> ''::text)",
    '((char_length(email) % 2) = 0)',
    "(email IS DISTINCT FROM 'x'::text)",
    'true',
  ])('is nobody’s question when it is a fixed test: %s', (condition) => {
    expect(predicatesOf(catalogWith(condition))).toEqual([]);
  });

  it.each([
    '(email = note)',
    "(email = current_setting('app.who'::text))",
    '(email = CURRENT_USER)',
    '(email = (SELECT max(s.a) FROM public.scratch s))',
    '(EXISTS (SELECT 1 FROM public.scratch s WHERE (s.a = c.email)))',
    "(public.same(email) = 'x'::text)",
    "(email OPERATOR(public.=) 'x'::text)",
    "((email)::public.mood = 'sad'::public.mood)",
    "(to_tsvector(email) @@ to_tsquery('x'::text))",
    "((email || note) = 'x'::text)",
    "((c.*)::text = 'x'::text)",
    '(random() < (length(email))::double precision)',
    "(set_config('app.x'::text, email, false) IS NOT NULL)",
  ])('is asked by whoever reads through it when it could be varied: %s', (condition) => {
    const predicates = predicatesOf(catalogWith(condition));
    expect(predicates === 'unknown' || predicates.includes('public.customers.email')).toBe(true);
  });

  it('is a question where time zone or date style decide what it means', () => {
    for (const condition of [
      "((created_at)::date = '2026-01-01'::date)",
      "(created_at > '2026-01-01 00:00:00'::timestamp without time zone)",
      "((created_at)::text ~~ '2026%'::text)",
    ]) {
      expect(predicatesOf(catalogWith(condition))).toContain('public.customers.created_at');
    }
  });

  it('keeps the parts of it that can be varied, and only those', () => {
    const condition = "((email IS NOT NULL) AND ((ssn = note) AND (card ~~ '4%'::text)))";
    expect(predicatesOf(catalogWith(condition))).toEqual(['public.customers.note', 'public.customers.ssn']);
  });

  it('is never fixed where somebody’s own casts could run between plain types', () => {
    const casts: SqlCatalog['casts'] = [
      { sourceType: 'text', targetType: 'int4', function: { oid: 1, builtin: 'length' }, isImplicit: true },
    ];
    expect(predicatesOf(catalogWith('email IS NOT NULL', { casts }))).toEqual(['public.customers.email']);
  });
});
