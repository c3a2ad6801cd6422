import { describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { Outcome, type Decision } from '@sallyport/contracts/access';
import { PolicyMode, PolicyViewSchema, RuleSchema, type Rule } from '@sallyport/contracts/policy';
import { AccessError } from '@sallyport/errors';
import {
  NOW,
  allow,
  compile,
  context,
  decide,
  deny,
  effect,
  hold,
  limit,
  mask,
  policy,
  table,
  viewOf,
} from '../fixtures/view.ts';
import { compileView } from './compile-view.ts';

const asked = [effect('sql.read', [table('public.orders', ['id'])])];
const reads = allow('reads', ['sql.read']);

/** A condition without an answer: asked for each statement, and settled once for the session. */
const UNANSWERED = ['fields.ticket == "OPS-1"', 'principal.claims.ticket == "OPS-1"'];

function decision(...rules: Rule[]): Decision {
  return decide(rules, asked).decision;
}

describe.each(UNANSWERED)('a condition without an answer (%s)', (when) => {
  it('lets no allow count', () => {
    expect(decision(allow('a', ['sql.read'], [], { when }))).toMatchObject({
      outcome: Outcome.DENY,
      code: 'no_rule_covers',
    });
  });

  it('lets a deny count, and says so', () => {
    const refused = decision(reads, deny('d', ['sql.read'], [], { when }));
    expect(refused).toMatchObject({ outcome: Outcome.DENY, code: 'denied_by_rule' });
    expect(refused.message).toContain('Its condition could not be evaluated: no such key: ticket.');
    expect(refused.rules[0]?.message).toBe('Its condition could not be evaluated: no such key: ticket.');
  });

  it('lets a hold count', () => {
    expect(decision(reads, hold('h', ['sql.read'], [], { when })).outcome).toBe(Outcome.HOLD);
  });

  it('lets a mask and a limit count', () => {
    const { obligations } = decision(reads, mask('m', ['*.email'], { when }), limit('l', 10n, { when }));
    expect(obligations).toMatchObject({ masks: [{ rule: 'm' }], limits: [{ rule: 'l', rows: 10n }] });
  });
});

describe('compileView', () => {
  const broken: readonly (readonly [string, Rule])[] = [
    ['a condition that does not compile', deny('d', ['sql.*'], [], { when: 'principal.nme == 1' })],
    ['a condition that reads effect in a mask', mask('m', ['*.a'], { when: 'effect.readOnly' })],
    ['an action pattern that is none', deny('d', ['sql*'])],
    ['an empty object pattern', deny('d', ['sql.*'], [''])],
    ['a pattern without end', deny('d', ['sql.*'], ['*a'.repeat(200)])],
    ['a rule without actions', deny('d', [])],
    ['a rule without a verb', create(RuleSchema, { name: 'x' })],
    ['a strategy that is not known', mask('m', ['*.a'], { strategy: 'blur' })],
  ];

  it.each(broken)('refuses a view with %s, and does not leave the rule out', (_name, rule) => {
    const view = viewOf([policy('p', [reads, rule])]);
    expect(() => compileView(view, context)).toThrow(AccessError);
    expect(() => compileView(view, context)).toThrow(/^internal: /);
  });

  it('refuses a view with a mode that is not known', () => {
    const view = viewOf([policy('p', [deny('d', ['sql.*'])], PolicyMode.UNSPECIFIED)]);
    expect(() => compileView(view, context)).toThrow(/^internal: /);
  });

  it('refuses a token scope that is none', () => {
    expect(() => compile([reads], ['sql*'])).toThrow(/^internal: /);
  });

  it('refuses a view without a revision: approvals are bound to it', () => {
    expect(() => compileView(create(PolicyViewSchema, {}), context)).toThrow(/^policy_stale: /);
  });

  it('says nothing of the rule to the caller', () => {
    const attempt = (): unknown => compileView(viewOf([policy('p', [deny('d', ['sql*'])])]), context);
    expect(attempt).toThrow('internal: The policy for this session cannot be used.');
  });

  it('denies everything with a view without policies', () => {
    const { decision: refused } = compileView(viewOf([]), context).decide(
      { kind: '', text: '', effects: asked },
      NOW,
    );
    expect(refused).toMatchObject({ outcome: Outcome.DENY, code: 'no_rule_covers' });
  });
});
