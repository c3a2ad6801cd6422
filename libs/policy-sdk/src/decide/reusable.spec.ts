import { describe, expect, it } from '@jest/globals';
import { PolicyMode, type Rule, type ViewPolicy } from '@sallyport/contracts/policy';
import {
  NOW,
  allow,
  context,
  deny,
  effect,
  hold,
  limit,
  mask,
  policy,
  statement,
  table,
  viewOf,
} from '../fixtures/view.ts';
import { compileView } from './compile-view.ts';

const reads = allow('reads', ['sql.read']);

function reusable(policies: readonly ViewPolicy[]): boolean {
  const view = compileView(viewOf(policies), context);
  return view.decide(statement([effect('sql.read', [table('public.t', ['a'])])]), NOW).reusable;
}

const withRule = (rule: Rule): boolean => reusable([policy('p', [reads, rule])]);

describe('a decision', () => {
  it('is reusable where conditions read only the session and the effects', () => {
    expect(withRule(deny('d', ['sql.read'], [], { when: 'principal.kind == "user"' }))).toBe(true);
    expect(withRule(deny('d', ['sql.read'], [], { when: 'effect.objects.size() > 9' }))).toBe(true);
    expect(withRule(mask('m', ['*.a'], { when: 'statement.kind == "x"' }))).toBe(true);
  });

  it.each([
    'statement.text == "x"',
    'fields.a == "x"',
    'time.now.getHours() > 30',
    'statement.effectiveRole == "x"',
    'statement.parameters.size() > 9',
  ])('is not reusable once any rule that it meets reads anything else: %s', (when) => {
    expect(withRule(deny('d', ['sql.read'], ['public.*'], { when }))).toBe(false);
    expect(withRule(hold('h', ['sql.*'], [], { when }))).toBe(false);
    expect(withRule(allow('a', ['sql.read'], [], { when }))).toBe(false);
    expect(withRule(mask('m', ['*.a'], { when }))).toBe(false);
    expect(withRule(limit('l', 1n, { when }))).toBe(false);
    expect(
      reusable([policy('p', [reads]), policy('s', [deny('d', ['*'], [], { when })], PolicyMode.SHADOW)]),
    ).toBe(false);
  });

  it('is reusable where such rules are about other actions and objects', () => {
    expect(withRule(deny('d', ['sql.delete'], [], { when: 'statement.text == "x"' }))).toBe(true);
    expect(withRule(deny('d', ['sql.read'], ['payroll.*'], { when: 'statement.text == "x"' }))).toBe(true);
  });
});
