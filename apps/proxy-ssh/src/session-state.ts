import type { AuthorizedTarget, SessionEnd } from '@sallyport/proxy-kit';

/*
 *  accepting -> authenticating -> authorizing -> running -> ended
 *      |              |                |                     ^
 *      +--------------+----------------+---------------------+
 *
 * The connection to the target is made while the session runs already: what
 * the caller asks for waits for it (`stages/authorize/upstream-promise.ts`).
 */

/** Where a session is. What a state does not have cannot be used in it. */
export type SessionState =
  | { readonly kind: 'accepting' }
  | { readonly kind: 'authenticating' }
  | { readonly kind: 'authorizing' }
  /** Known to the control plane and, with its first event, to the record. */
  | { readonly kind: 'running'; readonly target: AuthorizedTarget }
  | { readonly kind: 'ended'; readonly reason: SessionEnd };

/** From which state which may follow. Total: a state without a line does not compile. */
export const NEXT_STATES = {
  accepting: ['authenticating', 'ended'],
  authenticating: ['authorizing', 'ended'],
  authorizing: ['running', 'ended'],
  running: ['ended'],
  ended: [],
} as const satisfies Record<SessionState['kind'], readonly SessionState['kind'][]>;

/** @throws Error when a session is to go where it cannot: a defect */
export function advance(from: SessionState, to: SessionState): SessionState {
  const allowed: readonly SessionState['kind'][] = NEXT_STATES[from.kind];
  if (!allowed.includes(to.kind)) throw new Error(`a session cannot go from ${from.kind} to ${to.kind}`);
  return to;
}
