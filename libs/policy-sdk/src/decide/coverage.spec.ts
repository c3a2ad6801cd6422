import { describe, expect, it } from '@jest/globals';
import { Outcome, type Decision } from '@sallyport/contracts/access';
import type { Rule } from '@sallyport/contracts/policy';
import { allow, compile, decide, deny, effect, hold, statement, table, NOW } from '../fixtures/view.ts';
import type { Effect, EffectObject } from '../model.ts';

function decisionOn(rules: readonly Rule[], ...effects: Effect[]): Decision {
  return decide(rules, effects).decision;
}

function outcomeOn(rules: readonly Rule[], ...effects: Effect[]): Outcome {
  return decisionOn(rules, ...effects).outcome;
}

const read = (...objects: EffectObject[]): Effect => effect('sql.read', objects);

describe('coverage', () => {
  it('covers an object by its name', () => {
    const rules = [allow('a', ['sql.read'], ['public.orders'])];
    expect(outcomeOn(rules, read(table('public.orders', ['id', 'total'])))).toBe(Outcome.ALLOW);
    expect(outcomeOn(rules, read(table('public.orders')))).toBe(Outcome.ALLOW);
    expect(outcomeOn(rules, read(table('public.orders2')))).toBe(Outcome.DENY);
    expect(outcomeOn(rules, read(table('PUBLIC.ORDERS')))).toBe(Outcome.DENY);
  });

  it('covers an object part by part only if every part is covered, by any rules together', () => {
    const id = allow('id', ['sql.read'], ['public.orders.id']);
    const total = allow('total', ['sql.read'], ['*.orders.total']);
    expect(outcomeOn([id], read(table('public.orders', ['id'])))).toBe(Outcome.ALLOW);
    expect(outcomeOn([id, total], read(table('public.orders', ['id', 'total'])))).toBe(Outcome.ALLOW);
    expect(decisionOn([id], read(table('public.orders', ['id', 'total'])))).toMatchObject({
      outcome: Outcome.DENY,
      uncovered: [{ action: 'sql.read', object: 'public.orders.total' }],
    });
  });

  it('does not take "no parts listed" for "every part is covered"', () => {
    const rules = [allow('columns', ['sql.read'], ['public.orders.*'])];
    expect(outcomeOn(rules, read(table('public.orders', ['id'])))).toBe(Outcome.ALLOW);
    expect(outcomeOn(rules, read(table('public.orders', [])))).toBe(Outcome.DENY);
    expect(outcomeOn(rules, read(table('public.orders')))).toBe(Outcome.DENY);
  });

  it('needs every object of every effect to be covered', () => {
    const rules = [allow('a', ['sql.read'], ['public.*']), allow('b', ['sql.insert'], ['public.log'])];
    expect(outcomeOn(rules, read(table('public.a')), effect('sql.insert', [table('public.log')]))).toBe(
      Outcome.ALLOW,
    );
    expect(outcomeOn(rules, read(table('public.a'), table('secret.b')))).toBe(Outcome.DENY);
    expect(outcomeOn(rules, read(table('public.a')), effect('sql.insert', [table('public.a')]))).toBe(
      Outcome.DENY,
    );
    expect(outcomeOn(rules, read(table('public.a')), effect('sql.delete', [table('public.log')]))).toBe(
      Outcome.DENY,
    );
  });

  it('covers an effect without objects only by a rule about every object', () => {
    expect(outcomeOn([allow('a', ['sql.*'])], effect('sql.transaction'))).toBe(Outcome.ALLOW);
    expect(outcomeOn([allow('a', ['sql.*'], ['*'])], effect('sql.transaction'))).toBe(Outcome.ALLOW);
    expect(outcomeOn([allow('a', ['sql.*'], ['public.*'])], effect('sql.transaction'))).toBe(Outcome.DENY);
    expect(outcomeOn([allow('a', ['sql.*'], ['*.*'])], effect('sql.transaction'))).toBe(Outcome.DENY);
  });

  it('covers what could not be listed only by a rule about every object', () => {
    const any: EffectObject = { kind: 'any', name: '*' };
    expect(outcomeOn([allow('a', ['sql.io'])], effect('sql.io', [any]))).toBe(Outcome.ALLOW);
    expect(outcomeOn([allow('a', ['sql.io'], ['p*', '*.x', '\\*'])], effect('sql.io', [any]))).toBe(
      Outcome.DENY,
    );
    expect(
      outcomeOn([allow('a', ['sql.io'], ['*.*'])], effect('sql.io', [{ kind: 'any', name: 'a.b' }])),
    ).toBe(Outcome.DENY);
  });

  it.each(['*', 'sql.*'])('never lets %s cover what could not be told', (pattern) => {
    for (const rule of [allow('a', [pattern]), hold('h', [pattern])]) {
      expect(decisionOn([rule], effect('sql.unknown'))).toMatchObject({
        outcome: Outcome.DENY,
        code: 'statement_not_understood',
        uncovered: [{ action: 'sql.unknown', object: '' }],
      });
    }
    expect(outcomeOn([allow('a', ['sql.unknown'])], effect('sql.unknown'))).toBe(Outcome.ALLOW);
    expect(outcomeOn([hold('h', ['sql.unknown'])], effect('sql.unknown'))).toBe(Outcome.HOLD);
    // A wide hold does not cover it, but it still asks for approval of what another rule covers.
    expect(outcomeOn([allow('a', ['sql.unknown']), hold('h', [pattern])], effect('sql.unknown'))).toBe(
      Outcome.HOLD,
    );
  });

  it('denies a statement without effects: whoever classified it found nothing', () => {
    expect(decisionOn([allow('all', ['*'])])).toMatchObject({
      outcome: Outcome.DENY,
      code: 'statement_not_understood',
    });
  });

  it('lets a hold cover, and holds where one part is allowed and the other held', () => {
    const rules = [allow('a', ['sql.read'], ['public.t.a']), hold('b', ['sql.read'], ['public.t.b'])];
    expect(outcomeOn(rules, read(table('public.t', ['a'])))).toBe(Outcome.ALLOW);
    expect(outcomeOn(rules, read(table('public.t', ['b'])))).toBe(Outcome.HOLD);
    expect(outcomeOn(rules, read(table('public.t', ['a', 'b'])))).toBe(Outcome.HOLD);
    expect(outcomeOn(rules, read(table('public.t', ['a', 'b', 'c'])))).toBe(Outcome.DENY);
  });

  it('denies what a hold meets only in part when nothing covers the rest', () => {
    expect(outcomeOn([hold('h', ['sql.read'], ['public.t.a'])], read(table('public.t')))).toBe(Outcome.DENY);
  });

  it('lists at most 32 uncovered things and says that there are more', () => {
    const many = Array.from({ length: 50 }, (_, i) => table(`public.t${i}`));
    const decision = decisionOn([allow('a', ['sql.insert'])], read(...many));
    expect(decision.uncovered).toHaveLength(32);
    expect(decision.message).toContain('sql.read on public.t2 and more than 29 others.');
  });

  it('keeps names that a caller made up from breaking its messages', () => {
    const decision = decisionOn(
      [allow('a', ['sql.insert'])],
      read(table(`x\r\nFATAL: 00000 ${'y'.repeat(500)}`)),
    );
    expect(decision.message).toMatch(/^No rule allows sql\.read on x FATAL: 00000 y{80,}\.{4}$/);
    expect(decision.message.length).toBeLessThan(300);
  });

  it('narrows by the scope of the token, and never widens', () => {
    const view = compile(
      [allow('a', ['sql.*', 'sql.unknown']), deny('d', ['sql.*'], ['payroll.*'])],
      ['sql.read', 'sql.transaction'],
    );
    const ask = (...effects: Effect[]): Decision => view.decide(statement(effects), NOW).decision;
    expect(ask(read(table('public.a'))).outcome).toBe(Outcome.ALLOW);
    expect(ask(read(table('public.a')), effect('sql.delete', [table('public.a')]))).toMatchObject({
      outcome: Outcome.DENY,
      code: 'outside_token_scope',
      uncovered: [{ action: 'sql.delete', object: 'public.a' }],
      message: 'The token does not cover sql.delete on public.a.',
    });
    expect(ask(effect('sql.read.predicate', [table('public.a')])).code).toBe('outside_token_scope');
    expect(ask(effect('sql.unknown')).code).toBe('outside_token_scope');
    expect(ask(read(table('payroll.a'))).code).toBe('denied_by_rule');
    const wide = compile([allow('a', ['sql.read'])], ['*']);
    expect(wide.decide(statement([effect('sql.delete')]), NOW).decision.code).toBe('no_rule_covers');
  });
});
