import { describe, expect, it } from '@jest/globals';
import { fixtureEnvironment } from '../../../test/fixture-catalog.ts';
import { inspectSql } from '../inspect-sql.ts';

/** Every place of the language that can hold SQL, with a call of purge() (which deletes orders) in it. */
const PLACES: readonly (readonly [string, string, string?])[] = [
  ['a statement', 'DELETE FROM orders;'],
  ['PERFORM', 'PERFORM purge();'],
  ['an assignment', 'x := purge();'],
  ['an assignment with =', 'x = purge();'],
  ['an assignment to an element', 'a[1] := purge();'],
  ['the subscript of an assignment', 'a[(SELECT 1 FROM purge())] := 1;'],
  ['an assignment to a field', 'r.f := purge();'],
  ['a default of a variable', 'NULL;', 'd int := purge();'],
  ['a cursor of a variable', 'OPEN c;', 'c CURSOR FOR SELECT purge();'],
  ['an argument of a cursor', 'OPEN c(purge());', 'c CURSOR (k int) FOR SELECT k;'],
  ['a named argument of a cursor', 'OPEN c(k := purge());', 'c CURSOR (k int) FOR SELECT k;'],
  [
    'a loop over a cursor with arguments',
    'FOR q IN c(purge()) LOOP NULL; END LOOP;',
    'c CURSOR (k int) FOR SELECT k;',
  ],
  ['OPEN ... FOR', 'OPEN rc FOR SELECT purge();'],
  ['IF', 'IF purge() IS NULL THEN NULL; END IF;'],
  ['THEN', 'IF true THEN PERFORM purge(); END IF;'],
  ['ELSIF', 'IF true THEN NULL; ELSIF purge() IS NULL THEN NULL; END IF;'],
  ['the branch of ELSIF', 'IF true THEN NULL; ELSIF true THEN PERFORM purge(); END IF;'],
  ['ELSE', 'IF true THEN NULL; ELSE PERFORM purge(); END IF;'],
  ['CASE', 'CASE purge() WHEN 1 THEN NULL; ELSE NULL; END CASE;'],
  ['WHEN', 'CASE WHEN purge() IS NULL THEN NULL; ELSE NULL; END CASE;'],
  ['the branch of WHEN', 'CASE WHEN true THEN PERFORM purge(); ELSE NULL; END CASE;'],
  ['the ELSE of CASE', 'CASE WHEN true THEN NULL; ELSE PERFORM purge(); END CASE;'],
  ['LOOP', 'LOOP PERFORM purge(); EXIT; END LOOP;'],
  ['EXIT WHEN', 'LOOP EXIT WHEN purge() IS NULL; END LOOP;'],
  ['CONTINUE WHEN', 'LOOP CONTINUE WHEN purge() IS NULL; END LOOP;'],
  ['WHILE', 'WHILE purge() IS NULL LOOP NULL; END LOOP;'],
  ['the body of WHILE', 'WHILE false LOOP PERFORM purge(); END LOOP;'],
  ['the lower bound of FOR', 'FOR i IN (SELECT 1 FROM purge())..2 LOOP NULL; END LOOP;'],
  ['the upper bound of FOR', 'FOR i IN 1..(SELECT 1 FROM purge()) LOOP NULL; END LOOP;'],
  ['the step of FOR', 'FOR i IN 1..2 BY (SELECT 1 FROM purge()) LOOP NULL; END LOOP;'],
  ['the body of FOR', 'FOR i IN 1..2 LOOP PERFORM purge(); END LOOP;'],
  ['the query of FOR', 'FOR r IN SELECT purge() LOOP NULL; END LOOP;'],
  ['the body of a query loop', 'FOR r IN SELECT 1 LOOP PERFORM purge(); END LOOP;'],
  ['a FOR over a write', 'FOR r IN DELETE FROM orders RETURNING id LOOP NULL; END LOOP;'],
  ['FOREACH', 'FOREACH x IN ARRAY ARRAY[purge()] LOOP NULL; END LOOP;'],
  ['the body of FOREACH', 'FOREACH x IN ARRAY ARRAY[1] LOOP PERFORM purge(); END LOOP;'],
  ['RAISE', "RAISE NOTICE '%', purge();"],
  ['an option of RAISE', "RAISE NOTICE 'x' USING HINT = purge();"],
  ['ASSERT', 'ASSERT purge() IS NULL;'],
  ['the message of ASSERT', 'ASSERT false, purge()::text;'],
  ['SELECT INTO', 'SELECT purge() INTO x;'],
  ['INSERT RETURNING INTO', 'DELETE FROM orders RETURNING id INTO x;'],
  ['a nested block', 'BEGIN PERFORM purge(); END;'],
  ['a nested declaration', 'DECLARE y int := purge(); BEGIN NULL; END;'],
  ['an exception handler', 'BEGIN NULL; EXCEPTION WHEN others THEN PERFORM purge(); END;'],
  ['CALL', 'CALL archive(purge());'],
  ['FETCH', 'FETCH RELATIVE (SELECT 1 FROM purge()) FROM rc INTO x;'],
  ['MOVE', 'MOVE FORWARD (SELECT 1 FROM purge()) IN rc;'],
  ['the text of EXECUTE', "EXECUTE 'SELECT ' || purge();"],
  ['USING of EXECUTE', "EXECUTE 'SELECT $1' USING purge();"],
  ['EXECUTE in FOR', "FOR r IN EXECUTE 'SELECT 1' USING purge() LOOP NULL; END LOOP;"],
  ['the body of FOR ... EXECUTE', "FOR r IN EXECUTE 'SELECT 1' LOOP PERFORM purge(); END LOOP;"],
  ['OPEN ... FOR EXECUTE', "OPEN rc FOR EXECUTE 'SELECT $1' USING purge();"],
  ['a CTE', 'WITH d AS (DELETE FROM orders RETURNING 1) SELECT 1 INTO x FROM d;'],
];

const RETURNS: readonly (readonly [string, string, string])[] = [
  ['RETURN', 'int', 'RETURN (SELECT 1 FROM purge());'],
  ['RETURN NEXT', 'SETOF int', 'RETURN NEXT (SELECT 1 FROM purge()); RETURN;'],
  ['RETURN QUERY', 'SETOF int', 'RETURN QUERY SELECT 1 FROM purge();'],
  ['RETURN QUERY EXECUTE', 'SETOF int', "RETURN QUERY EXECUTE 'SELECT 1' USING purge();"],
  ['RETURN of an expression', 'int', 'RETURN purge();'],
];

function effectsOf(
  sql: string,
  changes = {},
): { actions: string[]; opaque: boolean; unresolved: readonly string[] } {
  const inspection = inspectSql(sql, fixtureEnvironment(changes));
  if (!inspection.ok) throw new Error(inspection.message);
  const statements = inspection.statements;
  return {
    actions: statements.flatMap(({ effects }) => effects.map(({ action }) => action)),
    opaque: statements.some(({ opaque }) => opaque),
    unresolved: statements.flatMap(({ unresolved }) => unresolved),
  };
}

const DECLARED = 'DECLARE x int; a int[]; r record; rc refcursor;';

describe('PL/pgSQL bodies', () => {
  it.each(PLACES)('are seen through: %s', (_, body, declared = '') => {
    const { actions, opaque, unresolved } = effectsOf(
      `DO $do$ ${DECLARED} ${declared} BEGIN ${body} END $do$`,
    );
    expect(actions).toContain('sql.delete');
    expect(unresolved).toEqual([]);
    const isDynamic = body.includes('EXECUTE');
    expect(opaque).toBe(isDynamic);
  });

  it.each(RETURNS)('are seen through: %s', (_, type, body) => {
    const definition = `CREATE FUNCTION public.same(t text) RETURNS ${type} LANGUAGE plpgsql AS $f$ BEGIN ${body} END $f$`;
    const catalog = fixtureEnvironment().catalog;
    const user = { ...requireFunction('same'), language: 'plpgsql', definition };
    const { actions, unresolved } = effectsOf('SELECT same(email) FROM customers', {
      catalog: {
        ...catalog,
        functions: (schema: string, name: string) =>
          name === 'same' && schema === 'public' ? [user] : catalog.functions(schema, name),
      },
    });
    expect(actions).toContain('sql.delete');
    expect(unresolved).toEqual([]);
  });

  it('take variables for variables, not for columns that are missing', () => {
    const body =
      'DECLARE total int; r orders; BEGIN SELECT o.id INTO total FROM orders o WHERE o.id = total AND status = r.status; END';
    expect(effectsOf(`DO $$ <<outer>> ${body} $$`)).toMatchObject({ unresolved: [], opaque: false });
  });

  it('are opaque where they cannot be read: dynamic SQL, other languages, broken code', () => {
    expect(effectsOf("DO $$ BEGIN EXECUTE 'x'; END $$").opaque).toBe(true);
    expect(effectsOf('DO LANGUAGE plperl $$ 1 $$').opaque).toBe(true);
    expect(effectsOf('DO $$ BEGIN IF END $$').opaque).toBe(true);
  });

  it('with a quote that would end the one it is put into are read whole', () => {
    expect(
      effectsOf('DO $x$ BEGIN PERFORM $body$ $bodyx$ $body$; PERFORM purge(); END $x$').actions,
    ).toContain('sql.delete');
  });
});

function requireFunction(
  name: string,
): NonNullable<ReturnType<ReturnType<typeof fixtureEnvironment>['catalog']['functionByOid']>> {
  const [user] = fixtureEnvironment().catalog.functions('public', name);
  if (user === undefined) throw new Error(`no function ${name}`);
  return user;
}
