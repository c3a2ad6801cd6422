import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Outcome } from '@sallyport/contracts/access';
import type { Rule } from '@sallyport/contracts/policy';
import { compileCondition } from '../condition/condition.ts';
import { CONTEXT_TYPES, MAX_EXPRESSION_LENGTH, ROOT_TYPES } from '../condition/environment.ts';
import { MAX_STEPS, ROOT_NAMES } from '../condition/frame.ts';
import { FUNCTIONS, METHODS } from '../condition/functions.ts';
import { MACROS } from '../condition/syntax.ts';
import { allow, decide, effect, table } from '../fixtures/view.ts';
import type { Effect } from '../model.ts';
import { parsePolicies } from './parse-policies.ts';
import { DETECTOR_NAMES, MASK_STRATEGIES } from './vocabulary.ts';

const reference = readFileSync(new URL('../../../../docs/reference/policy.md', import.meta.url), 'utf8');
const examples = [...reference.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);

describe('docs/reference/policy.md', () => {
  it('has examples, and every one is a policy without problems', () => {
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) expect(parsePolicies(example).problems).toEqual([]);
    expect(examples.flatMap((example) => parsePolicies(example).policies.map(({ name }) => name))).toEqual([
      'agents-on-production',
      'support-on-shop',
      'tickets',
    ]);
  });

  it('lists the whole context of conditions', () => {
    expect(Object.keys(ROOT_TYPES)).toEqual([...ROOT_NAMES]);
    for (const [root, type] of Object.entries(ROOT_TYPES)) {
      const fields: object = type in CONTEXT_TYPES ? CONTEXT_TYPES[type as keyof typeof CONTEXT_TYPES] : {};
      const rows = reference.split('\n').filter((line) => line.startsWith(`| \`${root}`));
      expect(rows.length).toBeGreaterThan(0);
      for (const field of Object.keys(fields)) {
        expect(rows.some((row) => row.includes(`.${field}\``))).toBe(true);
      }
    }
  });

  it('lists every function, strategy and detector, and the limits', () => {
    const functions = [...Object.keys(FUNCTIONS), ...Object.keys(METHODS)].map(
      (key) => key.split('/')[0] ?? '',
    );
    const words = new Set(reference.split(/[^\w-]+/));
    for (const word of [
      ...functions,
      ...MACROS,
      ...MASK_STRATEGIES,
      ...DETECTOR_NAMES,
      'matches',
      'inNetwork',
      'has',
    ]) {
      expect([word, words.has(word)]).toEqual([word, true]);
    }
    expect(reference).toContain(`at most ${MAX_EXPRESSION_LENGTH.toLocaleString('en')} characters`);
    expect(reference).toContain(`${MAX_STEPS.toLocaleString('en')} steps`);
  });

  it('is right about effects without objects: an allow with objects does not cover them', () => {
    const said = reference.replaceAll(/\s+/g, ' ');
    expect(said).toContain('does not cover effects without objects');
    expect(said).toContain('neither `SELECT 1` nor `COMMIT`');
    expect(said).toContain('`when: effect.objects.size() == 0`');
    const outcomeOf = (rules: readonly Rule[], asked: Effect) => decide(rules, [asked]).decision.outcome;
    const orders = effect('sql.read', [table('public.orders')]);
    const [selectOne, commit] = [effect('sql.read'), effect('sql.transaction')];
    const named = allow('named', ['sql.*'], ['public.*']);
    expect([orders, selectOne, commit].map((asked) => outcomeOf([named], asked))).toEqual([
      Outcome.ALLOW,
      Outcome.DENY,
      Outcome.DENY,
    ]);
    const bare = allow('bare', ['sql.read'], [], { when: 'effect.objects.size() == 0' });
    const own = [named, bare, allow('transactions', ['sql.transaction'])];
    expect([orders, selectOne, commit].map((asked) => outcomeOf(own, asked))).toEqual([
      Outcome.ALLOW,
      Outcome.ALLOW,
      Outcome.ALLOW,
    ]);
    expect(outcomeOf(own, effect('sql.read', [table('payroll.salaries')]))).toBe(Outcome.DENY);
  });

  it('shows conditions that compile', () => {
    for (const expression of [
      'session.clientAddress.inNetwork("10.0.0.0/8")',
      'time.now.getHours("Europe/Berlin") == 1',
      'has(fields.ticket) && fields.ticket.matches("^OPS-[0-9]+$")',
    ]) {
      expect(compileCondition(expression, 'effect').problem).toBeUndefined();
      expect(reference).toContain(expression.replace(' == 1', ''));
    }
  });
});
