import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toJson } from '@bufbuild/protobuf';
import { DecisionSchema, Durability, Outcome, type Decision } from '@sallyport/contracts/access';
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
import type { Effect } from '../model.ts';
import { compileView } from './compile-view.ts';

const ACTIONS = ['sql.read', 'sql.read.predicate', 'sql.delete', 'sql.unknown', 'ssh.exec'];
const action = fc.constantFrom(...ACTIONS);
const actionPattern = fc.constantFrom(...ACTIONS, 'sql.*', 'sql.read.*', '*');
const objectPattern = fc.constantFrom('public.*', 'public.a', 'public.a.x', '*.a.y', '*.x', 'payroll.*', '*');
const when = fc.constantFrom(
  '',
  '',
  'principal.kind == "agent"',
  'principal.claims.none == "x"',
  'effect.objects.exists(o, o.name == "public.a")',
  'statement.text.contains("1")',
  'fields.none == 1',
);
const patterns = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(each, { minLength: 1, maxLength: 2 });
const objects = fc.array(objectPattern, { maxLength: 2 });

let serial = 0;
const fresh = (): string => `r${(serial++).toString().padStart(9, '0')}`;
const allowRule = fc
  .tuple(patterns(actionPattern), objects, when, fc.constantFrom(Durability.UNSPECIFIED, Durability.ACKED))
  .map(([a, o, w, durability]) => allow(fresh(), a, o, { when: w, durability }));
const denyRule = fc
  .tuple(patterns(actionPattern), objects, when)
  .map(([a, o, w]) => deny(fresh(), a, o, { when: w }));
const holdRule = fc
  .tuple(patterns(actionPattern), objects, when)
  .map(([a, o, w]) => hold(fresh(), a, o, { when: w }));
const otherRule = fc.boolean().map((isMask) => (isMask ? mask(fresh(), ['*.x']) : limit(fresh(), 5n)));
const rule: fc.Arbitrary<Rule> = fc.oneof(
  { arbitrary: allowRule, weight: 4 },
  { arbitrary: denyRule, weight: 1 },
  { arbitrary: holdRule, weight: 1 },
  { arbitrary: otherRule, weight: 1 },
);
const rules = fc.array(rule, { maxLength: 6 });

const object = fc
  .tuple(
    fc.constantFrom('public.a', 'public.b', 'payroll.a', 'x'),
    fc.constantFrom(undefined, [], ['x'], ['x', 'y']),
  )
  .map(([name, parts]) => table(name, parts));
const effects: fc.Arbitrary<Effect[]> = fc.array(
  fc.tuple(action, fc.array(object, { maxLength: 2 })).map(([a, o]) => effect(a, o)),
  { minLength: 1, maxLength: 3 },
);

function decisionOf(
  policies: readonly ViewPolicy[],
  asked: readonly Effect[],
  scope: readonly string[] = [],
): Decision {
  return compileView(viewOf(policies, scope), context).decide(statement(asked), NOW).decision;
}
const decide = (all: readonly Rule[], asked: readonly Effect[]): Decision =>
  decisionOf([policy('p', all)], asked);

/** From what lets most through to what lets least. */
const STRICTNESS: readonly Outcome[] = [Outcome.ALLOW, Outcome.HOLD, Outcome.DENY];
const strictness = ({ outcome }: Decision): number => STRICTNESS.indexOf(outcome);
const RUNS = { numRuns: 150 };

describe('decisions', () => {
  it('do not depend on the order of rules, nor on the order of policies', () => {
    const shuffled = rules.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.integer({ min: 0, max: 6 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, effects, ([all, mixed, cut], asked) => {
        const one = decisionOf([policy('a', all.slice(0, cut)), policy('b', all.slice(cut))], asked);
        const first = new Set(all.slice(0, cut));
        const other = decisionOf(
          [
            policy(
              'b',
              mixed.filter((each) => !first.has(each)),
            ),
            policy(
              'a',
              mixed.filter((each) => first.has(each)),
            ),
          ],
          asked,
        );
        expect(toJson(DecisionSchema, other)).toEqual(toJson(DecisionSchema, one));
      }),
      RUNS,
    );
  });

  it('never get laxer by a deny', () => {
    fc.assert(
      fc.property(rules, denyRule, effects, (all, extra, asked) => {
        expect(strictness(decide([...all, extra], asked))).toBeGreaterThanOrEqual(
          strictness(decide(all, asked)),
        );
      }),
      RUNS,
    );
  });

  it('never get from deny by a rule, or from hold, to allow by an allow', () => {
    fc.assert(
      fc.property(rules, allowRule, effects, (all, extra, asked) => {
        const before = decide(all, asked);
        const after = decide([...all, extra], asked);
        if (before.code === 'denied_by_rule') expect(after.code).toBe('denied_by_rule');
        if (before.outcome === Outcome.HOLD) expect(after.outcome).toBe(Outcome.HOLD);
      }),
      RUNS,
    );
  });

  it('never get from allow or hold to deny by an allow or a hold', () => {
    fc.assert(
      fc.property(rules, fc.oneof(allowRule, holdRule), effects, (all, extra, asked) => {
        const before = decide(all, asked);
        const after = decide([...all, extra], asked);
        if (before.outcome !== Outcome.DENY) expect(after.outcome).not.toBe(Outcome.DENY);
      }),
      RUNS,
    );
  });

  it('never turn a hold or deny by a rule into allow by a hold, and keep its approvers', () => {
    fc.assert(
      fc.property(rules, holdRule, effects, (all, extra, asked) => {
        const before = decide(all, asked);
        const after = decide([...all, extra], asked);
        if (before.outcome === Outcome.HOLD) {
          const groups = after.hold?.approverGroups.map((group) => group.rule) ?? [];
          for (const { rule: name } of before.hold?.approverGroups ?? []) expect(groups).toContain(name);
        }
        if (before.code === 'denied_by_rule') expect(after.code).toBe('denied_by_rule');
      }),
      RUNS,
    );
  });

  it('never get laxer, and never less durable, by one more effect', () => {
    fc.assert(
      fc.property(rules, effects, effects, (all, asked, more) => {
        const before = decide(all, asked);
        const after = decide(all, [...asked, ...more]);
        expect(strictness(after)).toBeGreaterThanOrEqual(strictness(before));
        if (after.outcome !== Outcome.DENY) {
          expect(after.obligations?.durability).toBeGreaterThanOrEqual(before.obligations?.durability ?? 9);
        }
      }),
      RUNS,
    );
  });

  it('never get laxer by a narrower token', () => {
    fc.assert(
      fc.property(rules, effects, patterns(actionPattern), (all, asked, scope) => {
        const narrow = decisionOf([policy('p', all)], asked, scope);
        expect(strictness(narrow)).toBeGreaterThanOrEqual(strictness(decide(all, asked)));
      }),
      RUNS,
    );
  });

  it('are the same with a policy in shadow mode, but for what it would have done', () => {
    fc.assert(
      fc.property(rules, rules, effects, (all, candidate, asked) => {
        const shadowed = decisionOf([policy('p', all), policy('s', candidate, PolicyMode.SHADOW)], asked);
        expect(toJson(DecisionSchema, { ...shadowed, shadow: [] })).toEqual(
          toJson(DecisionSchema, decide(all, asked)),
        );
      }),
      RUNS,
    );
  });

  it('are the same again, and the same from another copy of the view', () => {
    fc.assert(
      fc.property(rules, effects, effects, (all, asked, between) => {
        const view = compileView(viewOf([policy('p', all)]), context);
        const first = toJson(DecisionSchema, view.decide(statement(asked), NOW).decision);
        view.decide(statement(between), NOW);
        expect(toJson(DecisionSchema, view.decide(statement(asked), NOW).decision)).toEqual(first);
        expect(toJson(DecisionSchema, decide(all, asked))).toEqual(first);
      }),
      RUNS,
    );
  });

  it('say something: what a deny or hold is made by, what a deny by default leaves uncovered', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(rules, effects, (all, asked) => {
        const { outcome, code, rules: made, uncovered, message } = decide(all, asked);
        seen.add(`${outcome} ${code}`);
        if (outcome === Outcome.ALLOW) expect(made.length).toBeGreaterThan(0);
        else expect(message).not.toBe('');
        if (code === 'denied_by_rule' || outcome === Outcome.HOLD) expect(made.length).toBeGreaterThan(0);
        if (code === 'no_rule_covers') expect(uncovered.length).toBeGreaterThan(0);
      }),
      { numRuns: 800 },
    );
    // The generators reach every rung of the ladder.
    expect([...seen].sort()).toEqual([
      '1 ',
      '2 denied_by_rule',
      '2 no_rule_covers',
      '2 statement_not_understood',
      '3 hold_pending',
    ]);
  });
});
