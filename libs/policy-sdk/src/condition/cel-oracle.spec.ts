import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NOW, context, effect, statement, table } from '../fixtures/view.ts';
import { compileCondition } from './condition.ts';
import { StatementRoots, sessionRoots } from './context.ts';
import { CONTEXT_TYPES, ROOT_TYPES } from './environment.ts';
import { Failure } from './value.ts';

/**
 * cel-js evaluating by itself: the oracle for everything but cost and regular
 * expressions. (It cannot index a list of messages, `effect.objects[0]`; that
 * is left out here.)
 */
const oracle = new Environment();
for (const [name, fields] of Object.entries(CONTEXT_TYPES)) oracle.registerType(name, { fields });
for (const [name, type] of Object.entries(ROOT_TYPES)) oracle.registerVariable(name, type);

const asked = statement([effect('sql.read', [table('public.t', ['a', 'b'])])], {
  fields: { s: 'abc', n: 2, l: ['a', 'b'], m: { k: 'v' }, t: true },
});
const roots = new StatementRoots(sessionRoots(context), asked, NOW);
roots.focus(asked.effects[0]);
const values = Object.fromEntries(
  Object.keys(ROOT_TYPES).map((root) => [root, roots.read(root as keyof typeof ROOT_TYPES)]),
);

const int = fc.constantFrom('0', '1', '2', '3', 'principal.delegationDepth', 'size(principal.groups)');
const double = fc.constantFrom('0.5', '2.0', '1e3', 'double(2)');
const text = fc.constantFrom(
  '"a"',
  '"abc"',
  '""',
  'principal.name',
  'target.labels.env',
  'fields.s',
  'fields.m.k',
  'effect.action',
  'fields.missing',
  'fields.l[1]',
  'principal.groups[0]',
);
const list = fc.constantFrom(
  'principal.groups',
  '["a", "b"]',
  '["b", "agents"]',
  '(principal.groups + ["x"])',
);
const binary = (op: fc.Arbitrary<string>, side: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(side, op, side).map(([a, o, b]) => `(${a} ${o} ${b})`);

const number = fc.letrec<{ int: string }>((tie) => ({
  int: fc.oneof({ maxDepth: 2 }, int, binary(fc.constantFrom('+', '-', '*', '/', '%'), tie('int'))),
})).int;
const order = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');

const { bool } = fc.letrec<{ bool: string }>((tie) => ({
  bool: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(
      'true',
      'false',
      'fields.t == true',
      'has(fields.s)',
      'has(fields.no)',
      '"k" in fields.m',
      '"z" in fields.m',
    ),
    binary(order, number),
    binary(order, double),
    binary(order, text),
    fc.tuple(number, order, double).map(([a, o, b]) => `${a} ${o === '==' || o === '!=' ? '<' : o} ${b}`),
    fc.tuple(text, list).map(([t, l]) => `${t} in ${l}`),
    fc
      .tuple(text, fc.constantFrom('startsWith', 'endsWith', 'contains'), text)
      .map(([a, f, b]) => `${a}.${f}(${b})`),
    fc
      .tuple(list, fc.constantFrom('all', 'exists', 'exists_one'), text)
      .map(([l, f, t]) => `${l}.${f}(x, x == ${t})`),
    fc.tuple(list, tie('bool')).map(([l, b]) => `${l}.filter(x, x != "a" && ${b}).size() > 0`),
    fc.tuple(list, text).map(([l, t]) => `${l}.map(x, x + ${t}) == ${l}`),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map(([a, o, b]) => `(${a} ${o} ${b})`),
    fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    tie('bool').map((b) => `!(${b})`),
  ),
}));

function ours(expression: string): boolean | 'no answer' {
  const { condition, problem } = compileCondition(expression, 'effect');
  if (condition === undefined) throw new Error(`${expression}: ${problem.message}`);
  const result = condition.evaluate(roots);
  return result instanceof Failure ? 'no answer' : result;
}

function theirs(expression: string): unknown {
  try {
    return oracle.evaluate(expression, values);
  } catch {
    return 'no answer';
  }
}

describe('evaluation', () => {
  it('agrees with cel-js, also on what has no answer', () => {
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(bool, (expression) => {
        const answer = ours(expression);
        seen.add(answer);
        expect({ expression, answer }).toEqual({ expression, answer: theirs(expression) });
      }),
      { numRuns: 2000 },
    );
    expect(seen).toEqual(new Set([true, false, 'no answer']));
  });
});
