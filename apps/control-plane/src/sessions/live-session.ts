import type { PolicyView } from '@sallyport/contracts/policy';
import { AccessError } from '@sallyport/errors';
import type { Database } from '../database/database.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import { judgeSession, readSessionFacts } from './judge-session.ts';
import { SESSION_STATES, toSessionRecord, type SessionRecord } from './session-record.ts';

export interface LiveSession {
  readonly session: SessionRecord;
  /** The newest. */
  readonly view: PolicyView;
}

/**
 * The proxy's own open session, judged as of now. Throws the AccessError that ends it;
 * for one that is not there, not open, or another proxy's, the same.
 */
export async function requireLiveSession(
  database: Database,
  resources: ResourceStore,
  proxyId: string,
  sessionId: string,
  now: Date,
): Promise<LiveSession> {
  const row = await database.prisma.session.findUnique({ where: { id: sessionId } });
  if (row === null || row.proxyId !== proxyId || row.state !== SESSION_STATES.open) {
    throw new AccessError('session_ended_by_admin', 'The session is not open.');
  }
  const session = toSessionRecord(row);
  const facts = await readSessionFacts(database.prisma, await resources.current(), [session], now);
  const judgement = judgeSession(session, facts);
  if (judgement.kind === 'end') throw new AccessError(judgement.code, judgement.message);
  return { session, view: judgement.view };
}
