import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@bufbuild/protobuf';
import { NOW, context, effect, statement, table } from '../fixtures/view.ts';
import { compileCondition, type ConditionScope } from './condition.ts';
import { StatementRoots, sessionRoots } from './context.ts';
import { Failure } from './value.ts';

const FIELDS: JsonObject = {
  ticket: 'OPS-7',
  count: 3,
  ratio: 0.5,
  flag: true,
  nothing: null,
  list: ['a', 'b'],
  nested: { deep: { key: 'value' } },
  'x-header': 'v',
};

const asked = statement([effect('sql.read', [table('public.customers', ['id', 'email'])])], {
  text: 'SELECT id, email FROM customers',
  fields: FIELDS,
  parameters: ['7', null],
  effectiveRole: 'app',
});

/** What an expression answers; a Failure as its message. */
function answer(expression: string, fields: JsonObject = FIELDS): boolean | string {
  const { condition, problem } = compileCondition(expression, 'effect');
  if (condition === undefined) throw new Error(`${expression}: ${problem.message}`);
  const roots = new StatementRoots(sessionRoots(context), { ...asked, fields }, NOW);
  roots.focus(asked.effects[0]);
  const result = condition.evaluate(roots);
  return result instanceof Failure ? result.message : result;
}

function problemOf(expression: string, scope: ConditionScope = 'effect'): string | undefined {
  return compileCondition(expression, scope).problem?.message;
}

describe('conditions', () => {
  it.each([
    // principal
    'principal.id == "p-1" && principal.name == "reporter" && principal.kind == "agent"',
    'principal.issuer == "https://issuer.example" && principal.subject == "sub-1"',
    '"agents" in principal.groups && !("dba" in principal.groups)',
    'principal.claims.team == "billing" && principal.claims.level > 2 && principal.claims.on_call',
    '"writer" in principal.claims.roles',
    'has(principal.claims.team) && !has(principal.claims.other)',
    'principal.delegationDepth == 1 && principal.delegates[0].name == "alice"',
    'principal.delegates.all(d, d.kind == "user")',
    // target and session
    'target.name == "shop" && target.protocol == "postgres" && target.labels.env == "production"',
    '"region" in target.labels && target.labels["region"].startsWith("e")',
    'session.id == "s-1" && session.clientName == "psql"',
    'session.clientAddress.inNetwork("10.0.0.0/8") && !session.clientAddress.inNetwork("192.168.0.0/16")',
    'time.now - session.openedAt < duration("31m")',
    // statement, effect and fields
    'statement.kind == "sql.simple" && statement.text.contains("FROM customers")',
    'statement.effectiveRole == "app" && statement.parameters.size() == 2',
    'statement.parameters[0] == "7" && statement.parameters[1] == null',
    'statement.effects.exists(e, e.action == "sql.read" && e.readOnly)',
    'effect.action == "sql.read" && effect.objects[0].name == "public.customers"',
    'effect.objects.all(o, o.parts.all(p, p in ["id", "email"]))',
    'fields.ticket.matches("^OPS-[0-9]+$") && fields.count == 3 && fields.ratio < 1.0 && fields.flag',
    'fields.nested.deep.key == "value" && fields["x-header"] == "v" && fields.nothing == null',
    // time
    'time.now > timestamp("2026-11-23T00:00:00Z") && time.now.getFullYear() == 2026',
    'time.now.getMonth() == 10 && time.now.getDate() == 23 && time.now.getDayOfMonth() == 22',
    'time.now.getDayOfWeek() == 1 && time.now.getHours() == 10 && time.now.getMinutes() == 30',
    'time.now.getHours("Europe/Berlin") == 11 && time.now.getHours("Asia/Kolkata") == 16',
    'time.now.getDate("Pacific/Kiritimati") == 24 && time.now.getSeconds() == 0',
    '(time.now - session.openedAt).getMinutes() == 30',
    // the language
    '1 + 2 * 3 == 7 && 7 / 2 == 3 && 7 % 2 == 1 && -(2) < 0 && 1.5 * 2.0 == 3.0',
    'size("añ😀") == 3 && "abc".size() == 3 && size([1, 2]) == 2 && size(fields.nested) == 1',
    '"A".lowerAscii() == "a" && "a".upperAscii() == "A" && " a ".trim() == "a"',
    '"a" < "b" && ["a"] + ["b"] == ["a", "b"] && "a" + "b" == "ab"',
    'int("42") == 42 && double("1.5") == 1.5 && string(7) == "7" && int(2.9) == 2',
    '(true ? "a" : "b") == "a"',
    '[1, 2, 3].exists_one(x, x == 2) && [1, 2, 3].filter(x, x > 1).size() == 2',
    '[1, 2].map(x, x * 2) == [2, 4]',
    '[[1], [2]].all(x, x.all(y, y > 0)) && [1].all(x, [2].exists(x, x == 2) && x == 1)',
    // one side that settles the answer settles it
    'fields.missing == "x" || true',
    '!(fields.missing == "x" && false)',
    '[1, 2].exists(x, fields.missing == x || x == 2)',
  ])('%s', (expression) => {
    expect(answer(expression)).toBe(true);
  });

  it.each([
    ['fields.missing == "x"', 'no such key: missing'],
    ['fields.ticket.more == "x"', 'string has no key more'],
    ['has(fields.missing.more)', 'no such key: missing'],
    ['fields.list[7] == "a"', 'a list index is out of range'],
    ['fields.count == "3"', '"==" cannot take double and string'],
    ['fields.flag == 1', '"==" cannot take bool and int'],
    ['fields.count.startsWith("3")', 'startsWith() cannot take double, string'],
    ['fields.ticket > 3', '">" cannot take string and int'],
    ['1 / (principal.delegationDepth - 1) == 1', 'division by zero'],
    ['9223372036854775807 + 1 == 0', 'an int is out of its range'],
    ['int(fields.ticket) == 1', 'int() needs decimal digits'],
    ['fields.ticket.inNetwork("10.0.0.0/8")', 'inNetwork() was given no address'],
    ['fields.ticket && true', 'a side of && or || is not a bool'],
    ['[1, 2].all(x, fields.missing == x)', 'no such key: missing'],
    [
      '(time.now + duration("99999999d") + duration("99999999d")).getHours() == 1',
      'a timestamp is out of its range',
    ],
    ['timestamp(9000000000000) > time.now', 'timestamp() is out of its range'],
    ['timestamp(fields.ticket) < time.now', 'timestamp() needs a time like 2026-11-23T15:04:05Z'],
  ])('%s has no answer: %s', (expression, message) => {
    expect(answer(expression)).toBe(message);
  });

  it('has no answer, and throws nothing, where the clock is no time', () => {
    for (const expression of ['time.now.getHours("Europe/Berlin") == 1', 'time.now.getHours() == 1']) {
      const { condition } = compileCondition(expression, 'effect');
      const roots = new StatementRoots(sessionRoots(context), asked, new Date(NaN));
      expect(condition?.evaluate(roots)).toBeInstanceOf(Failure);
    }
  });

  it('reads own keys only, never those of the prototype', () => {
    for (const key of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(answer(`fields["${key}"] == "x"`)).toBe('no such key');
      expect(answer(`has(fields.${key})`)).toBe(false);
      expect(answer(`"${key}" in fields`)).toBe(false);
      expect(answer(`"${key}" in target.labels`)).toBe(false);
    }
  });

  it.each([
    ['principal.nme == "x"', 'No such key: nme'],
    ['principle.name == "x"', 'Unknown variable: principle'],
    ['principal.name == 1', 'no such overload: string == int'],
    ['principal.name', 'a condition is a bool, and this is string; compare it with something'],
    ['fields.flag', 'a condition is a bool, and this is dyn; compare it with something'],
    ['principal.groups.all(g, g)', "all(var, predicate) predicate must return bool, got 'string'"],
    ['1 +', 'Unexpected token: EOF'],
    ['"unterminated', 'Unterminated string'],
    ['principal.name.matches("(")', /not a regular expression of RE2/],
    ['principal.name.matches("(?=x)")', /not a regular expression of RE2/],
    ['principal.name.matches("(a)\\\\1")', /not a regular expression of RE2/],
    ['principal.name.matches(fields.pattern)', /takes a literal text/],
    ['principal.name.matches("((a{30}){30}){30}")', /not a regular expression of RE2/],
    ['principal.name.matches("(a?){500}a{500}")', /too big/],
    [`principal.name.matches("${'a'.repeat(300)}")`, /at most 256 characters/],
    ['session.clientAddress.inNetwork("10.0.0.0/33")', /literal block of addresses/],
    ['session.clientAddress.inNetwork(fields.net)', /literal block of addresses/],
    ['time.now.getHours("Mars/Olympus") == 1', /a time zone is a literal name/],
    ['time.now.getHours(fields.zone) == 1', /a time zone is a literal name/],
    ['[1].all(principal, principal == 1)', /names a part of the context/],
    ['{"a": 1}.a == 1', /Exceeded maxMapEntries|map literals are not available/],
    ['b"x" == b"x"', /bytes and unsigned literals are not available/],
    ['1u == 1u', /bytes and unsigned literals are not available/],
    [`"${'a'.repeat(3000)}" == "b"`, 'an expression has at most 2048 characters'],
    [`${'('.repeat(200)}true${')'.repeat(200)}`, /Exceeded maxDepth/],
    [`[${'1,'.repeat(200)}1] == [1]`, /Exceeded maxListElements/],
    [`${'!'.repeat(400)}true`, /nests deeper/],
    [Array(900).fill('1').join('+'), /Exceeded maxAstNodes/],
  ])('refuses %s', (expression, message) => {
    const found = problemOf(expression);
    if (typeof message === 'string') expect(found).toBe(message);
    else expect(found).toMatch(message);
  });

  it.each([
    '"a,b".split(",").size() == 2',
    '["a"].join() == "a"',
    'cel.bind(x, "a", x == "a")',
    'bytes("a") == bytes("b")',
    'type(1) == int',
    'dyn(1) == 1',
    '[1].map(x, x > 0, x).size() == 1',
    '"a".substring(0) == "a"',
    '"{}".json() == "a"',
  ])('makes nothing available that is not needed: %s', (expression) => {
    expect(problemOf(expression)).toMatch(/not available/);
  });

  it('knows effect only where a rule is asked for each effect', () => {
    expect(problemOf('effect.action == "x"', 'effect')).toBeUndefined();
    expect(problemOf('effect.action == "x"', 'statement')).toBe('Unknown variable: effect');
  });

  it('says where in the expression the problem is', () => {
    expect(compileCondition('true && principal.nme == "x"', 'effect').problem?.offset).toBe(18);
    expect(compileCondition('true && "a".split(",") == ["a"]', 'effect').problem?.offset).toBe(8);
  });
});
