import type { EndSession, OpenSessionResponse, ViewChanged } from '@sallyport/contracts/dataplane';
import { ACCESS_ERROR_CODES, AccessError } from '@sallyport/errors';
import { LiveSession } from './opened-session.ts';

type SessionOrder =
  | { readonly kind: 'view'; readonly order: ViewChanged }
  | { readonly kind: 'end'; readonly order: EndSession };

/**
 * The sessions of this process. An order may overtake the answer that it is about; so
 * while sessions are being opened, orders for unknown ones are kept until it is known
 * whose they are.
 */
export class SessionRegistry {
  readonly #sessions = new Map<string, LiveSession>();
  readonly #early: SessionOrder[] = [];
  readonly #maxStalenessMs: number;
  #opening = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(maxStalenessMs: number) {
    this.#maxStalenessMs = maxStalenessMs;
  }

  get openIds(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  /** Opens a session by the call, made at `askedAtMs`. */
  async open(askedAtMs: number, call: () => Promise<OpenSessionResponse>): Promise<LiveSession> {
    this.#opening += 1;
    try {
      const isCurrent = (asOfMs: number, nowMs: number) =>
        nowMs - Math.max(asOfMs, this.#lookedAtMs) < this.#maxStalenessMs;
      const session = new LiveSession(await call(), askedAtMs, isCurrent);
      this.#sessions.set(session.id, session);
      for (const early of this.#early) if (early.order.sessionId === session.id) this.#carryOut(early);
      return session;
    } finally {
      this.#opening -= 1;
      if (this.#opening === 0) this.#early.length = 0;
    }
  }

  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  changeView(order: ViewChanged): void {
    this.#receive({ kind: 'view', order });
  }

  endSession(order: EndSession): void {
    this.#receive({ kind: 'end', order });
  }

  /** All views are current as of this local time. */
  lookedAt(lookedAtMs: number): void {
    this.#lookedAtMs = Math.max(this.#lookedAtMs, lookedAtMs);
  }

  /** Ends sessions whose token has expired, also while no order can come. */
  endExpired(nowMs: number): void {
    for (const session of this.#sessions.values()) {
      if (session.expiresAt.getTime() <= nowMs)
        session.end(new AccessError('token_expired', 'The token has expired.'));
    }
  }

  endAll(reason: AccessError): void {
    for (const session of this.#sessions.values()) session.end(reason);
  }

  #receive(order: SessionOrder): void {
    if (this.#sessions.has(order.order.sessionId)) this.#carryOut(order);
    else if (this.#opening > 0) this.#early.push(order);
  }

  #carryOut(order: SessionOrder): void {
    const session = this.#sessions.get(order.order.sessionId);
    if (order.kind === 'end') session?.end(endReason(order.order));
    else if (order.order.view !== undefined) session?.changeView(order.order.view);
  }
}

/** A code that this version does not know ends the session all the same. */
function endReason({ code, message }: EndSession): AccessError {
  const known = ACCESS_ERROR_CODES.find((candidate) => candidate === code);
  return new AccessError(
    known ?? 'session_ended_by_admin',
    message === '' ? 'The control plane ended the session.' : message,
  );
}
