import { describe, expect, it } from '@jest/globals';
import { Outcome } from '@sallyport/contracts/access';
import { allow, decide, deny, effect, hold, table } from '../fixtures/view.ts';

const reads = allow('reads', ['sql.read']);
const payroll = deny('payroll', ['sql.*'], ['payroll.*'], { message: 'payroll is closed to agents' });
const changes = hold('changes', ['sql.delete'], [], { timeoutMs: 120_000 });

describe('decide', () => {
  it('allows what an allow covers and names the rule', () => {
    const { decision } = decide([reads], [effect('sql.read', [table('public.orders', ['id'])])]);
    expect(decision).toMatchObject({ outcome: Outcome.ALLOW, code: '', policyRevision: 'r1' });
    expect(decision.rules).toMatchObject([
      { policy: 'p', rule: 'reads', outcome: Outcome.ALLOW, object: 'public.orders' },
    ]);
  });

  it('denies what a deny meets, whatever else allows or holds it', () => {
    const { decision } = decide(
      [reads, payroll, hold('all', ['sql.*'])],
      [effect('sql.read', [table('payroll.salaries', ['amount'])])],
    );
    expect(decision).toMatchObject({ outcome: Outcome.DENY, code: 'denied_by_rule' });
    expect(decision.message).toBe(
      'sql.read on payroll.salaries is denied by rule "payroll" of policy "p". payroll is closed to agents.',
    );
  });

  it('holds what a hold meets', () => {
    const { decision } = decide([reads, changes], [effect('sql.delete', [table('public.orders')])]);
    expect(decision).toMatchObject({ outcome: Outcome.HOLD, code: 'hold_pending' });
    expect(decision.message).toBe(
      'sql.delete on public.orders waits for approval by 1 of group dba within 2m (rule "changes" of policy "p").',
    );
  });

  it('denies what no rule covers and says what that is', () => {
    const { decision } = decide(
      [reads],
      [effect('sql.read', [table('public.orders')]), effect('sql.delete', [table('public.orders')])],
    );
    expect(decision).toMatchObject({
      outcome: Outcome.DENY,
      code: 'no_rule_covers',
      uncovered: [{ action: 'sql.delete', object: 'public.orders' }],
      rules: [],
    });
    expect(decision.message).toBe('No rule allows sql.delete on public.orders.');
  });
});
