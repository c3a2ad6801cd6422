import { LimitScope } from '@sallyport/contracts/access';
import { describe, expect, it } from '@jest/globals';
import { decidedStatement, decision } from '../fixtures/statements.ts';
import { SessionLimits } from './session-limits.ts';

const limited = (scope: LimitScope, rows: bigint, bytes = 0n) =>
  decidedStatement(
    {},
    decision({ obligations: { limits: [{ policy: 'p', rule: 'budget', scope, rows, bytes }] } }),
  );

describe('SessionLimits', () => {
  it('meters nothing where no limit applies', () => {
    expect(new SessionLimits().meter(decidedStatement())).toBeNull();
  });

  it('counts a statement by itself, and a session over its statements', () => {
    const limits = new SessionLimits();
    const perStatement = limited(LimitScope.STATEMENT, 3n);
    expect(limits.meter(perStatement)?.count(3, 10)).toBeNull();
    expect(limits.meter(perStatement)?.count(4, 10)?.code).toBe('limit_reached');
    const perSession = limited(LimitScope.SESSION, 10n);
    const meter = limits.meter(perSession);
    expect(meter?.rowsLeft).toBe(3);
    expect(meter?.count(3, 0)).toBeNull();
    expect(meter?.rowsLeft).toBe(0);
    expect(limits.meter(perSession)?.exhausted()?.facts.rule).toBe('budget');
  });

  it('counts bytes too', () => {
    const meter = new SessionLimits().meter(limited(LimitScope.STATEMENT, 0n, 100n));
    expect(meter?.rowsLeft).toBe(Number.POSITIVE_INFINITY);
    expect(meter?.count(1, 100)).toBeNull();
    expect(meter?.count(1, 1)?.publicMessage).toContain('100 bytes');
  });
});
