import { describe, expect, it } from '@jest/globals';
import { compileCondition } from './condition.ts';
import type { Reads } from './reads.ts';

function readsOf(expression: string): Reads {
  const { condition, problem } = compileCondition(expression, 'effect');
  if (condition === undefined) throw new Error(problem.message);
  return condition.reads;
}

const SESSION: Reads = { effect: false, sessionOnly: true, sameForSameEffects: true };
const EFFECTS: Reads = { effect: false, sessionOnly: false, sameForSameEffects: true };
const EACH_EFFECT: Reads = { effect: true, sessionOnly: false, sameForSameEffects: true };
const ANEW: Reads = { effect: false, sessionOnly: false, sameForSameEffects: false };

describe('what a condition reads', () => {
  it.each<[string, Reads]>([
    ['true', SESSION],
    ['principal.delegationDepth > 0 && target.name == "x" && session.clientName == ""', SESSION],
    ['principal.groups.exists(g, g == "x")', SESSION],
    ['statement.kind == "sql.simple"', EFFECTS],
    ['statement.effects.exists(e, e.action == "sql.read")', EFFECTS],
    ['effect.readOnly', EACH_EFFECT],
    ['statement.text == ""', ANEW],
    ['statement.effectiveRole == ""', ANEW],
    ['statement.parameters.size() == 0', ANEW],
    ['fields.a == 1', ANEW],
    ['time.now.getHours() < 8', ANEW],
    // Hidden in an index, an argument, a macro's body, a ternary, a list.
    ['principal.claims[statement.text] == 1', ANEW],
    ['principal.name.startsWith(fields.a)', ANEW],
    ['principal.groups.all(g, g == fields.a)', ANEW],
    ['(true ? principal.name : statement.text) == ""', ANEW],
    ['principal.name in ["a", statement.text]', ANEW],
    ['has(fields.a)', ANEW],
    ['statement.effects.exists(e, e.action == statement.text)', ANEW],
    ['statement["text"] == ""', ANEW],
    ['[statement].exists(s, s.text == "")', ANEW],
    ['!(-size(statement.text) < 0)', ANEW],
  ])('%s', (expression, expected) => {
    expect(readsOf(expression)).toEqual(expected);
  });
});
