import { LimitScope, type LimitObligation } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';
import type { DecidedStatement } from '../decide/decided-statement.ts';

interface SessionUse {
  rows: number;
  bytes: number;
}

/**
 * What one session has received so far, for limits that count over a whole
 * session. One instance a session.
 */
export class SessionLimits {
  readonly #used: SessionUse = { rows: 0, bytes: 0 };

  /** A counter for one statement's answer; null where no limit applies to it. */
  meter(decided: DecidedStatement): StatementMeter | null {
    const limits = decided.decision.obligations?.limits ?? [];
    return limits.length === 0 ? null : new StatementMeter(decided.request.id, limits, this.#used);
  }
}

/** Counts one statement's answer against its limits. */
export class StatementMeter {
  readonly #requestId: string;
  readonly #limits: readonly LimitObligation[];
  readonly #session: SessionUse;
  #rows = 0;
  #bytes = 0;

  constructor(requestId: string, limits: readonly LimitObligation[], session: SessionUse) {
    this.#requestId = requestId;
    this.#limits = limits;
    this.#session = session;
  }

  /** Why the statement cannot even start: a session's budget is used up. Null: it can. */
  exhausted(): AccessError | null {
    for (const limit of this.#limits) {
      if (limit.scope !== LimitScope.SESSION) continue;
      if (limit.rows > 0n && BigInt(this.#session.rows) >= limit.rows) return this.#reached(limit, 'rows');
      if (limit.bytes > 0n && BigInt(this.#session.bytes) >= limit.bytes)
        return this.#reached(limit, 'bytes');
    }
    return null;
  }

  /** Rows that may still be sent; what comes after them must not be. */
  get rowsLeft(): number {
    let left = Number.POSITIVE_INFINITY;
    for (const limit of this.#limits) {
      if (limit.rows === 0n) continue;
      const used = limit.scope === LimitScope.SESSION ? this.#session.rows : this.#rows;
      left = Math.min(left, Number(limit.rows) - used);
    }
    return Math.max(0, left);
  }

  /** Counts what is about to be sent. An error: it must not be. */
  count(rows: number, bytes: number): AccessError | null {
    this.#rows += rows;
    this.#bytes += bytes;
    this.#session.rows += rows;
    this.#session.bytes += bytes;
    for (const limit of this.#limits) {
      const used =
        limit.scope === LimitScope.SESSION ? this.#session : { rows: this.#rows, bytes: this.#bytes };
      if (limit.rows > 0n && BigInt(used.rows) > limit.rows) return this.#reached(limit, 'rows');
      if (limit.bytes > 0n && BigInt(used.bytes) > limit.bytes) return this.#reached(limit, 'bytes');
    }
    return null;
  }

  #reached(limit: LimitObligation, what: 'rows' | 'bytes'): AccessError {
    const scope = limit.scope === LimitScope.SESSION ? 'session' : 'statement';
    const most = what === 'rows' ? limit.rows : limit.bytes;
    return new AccessError(
      'limit_reached',
      `Rule "${limit.rule}" allows ${String(most)} ${what} a ${scope}.`,
      {
        requestId: this.#requestId,
        policy: limit.policy,
        rule: limit.rule,
      },
    );
  }
}
