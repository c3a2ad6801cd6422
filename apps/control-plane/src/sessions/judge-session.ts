import type { PolicyView } from '@sallyport/contracts/policy';
import type { AccessErrorCode } from '@sallyport/errors';
import type { Queries } from '../database/database.ts';
import { lockMatches, readLocks, type AccessLock } from '../locks/lock-store.ts';
import { viewOf } from '../policies/session-view.ts';
import type { ResourceSnapshot } from '../resources/resource-snapshot.ts';
import { toTokenRecord, type TokenRecord } from '../tokens/token-store.ts';
import type { SessionRecord } from './session-record.ts';

/** Whether a live session may go on, and with which rules. */
export type SessionJudgement =
  | { readonly kind: 'view'; readonly view: PolicyView }
  | { readonly kind: 'end'; readonly code: AccessErrorCode; readonly message: string };

/** All that sessions are judged by, as of one moment. */
export interface SessionFacts {
  readonly snapshot: ResourceSnapshot;
  readonly locks: readonly AccessLock[];
  readonly tokens: ReadonlyMap<string, TokenRecord>;
  readonly now: Date;
}

export async function readSessionFacts(
  queries: Queries,
  snapshot: ResourceSnapshot,
  sessions: readonly SessionRecord[],
  now: Date,
): Promise<SessionFacts> {
  const ids = [...new Set(sessions.map(({ tokenId }) => tokenId))];
  const [locks, rows] = await Promise.all([
    readLocks(queries, now),
    queries.accessToken.findMany({ where: { id: { in: ids } } }),
  ]);
  return { snapshot, locks, tokens: new Map(rows.map((row) => [row.id, toTokenRecord(row)])), now };
}

/** One check after the other; the first that fails ends the session. */
export function judgeSession(
  session: SessionRecord,
  { snapshot, locks, tokens, now }: SessionFacts,
): SessionJudgement {
  const token = tokens.get(session.tokenId);
  if (session.endRequested !== null)
    return end('session_ended_by_admin', 'An administrator ended the session.');
  if (token === undefined || token.revokedAt !== null) return end('token_revoked', 'The token was revoked.');
  if (token.expiresAt <= now) return end('token_expired', 'The token has expired.');
  if (locks.some((lock) => lockMatches(lock, session.principal, session.target.name)))
    return end('locked', 'Access is locked.');
  const definition = snapshot.targets.get(session.target.name);
  if (definition === undefined || definition.target.protocol !== session.target.protocol) {
    return end('target_not_available', 'The target is no longer there.');
  }
  const view = viewOf(snapshot, session.principal, definition.target, token);
  return view === undefined
    ? end('target_not_available', 'The target is no longer open to you.')
    : { kind: 'view', view };
}

function end(code: AccessErrorCode, message: string): SessionJudgement {
  return { kind: 'end', code, message };
}
