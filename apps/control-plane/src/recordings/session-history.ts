import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  SessionSchema,
  SessionState,
  type ListSessionsRequest,
  type Session,
} from '@sallyport/contracts/admin';
import type { IndexEntry } from '@sallyport/contracts/dataplane';
import { SealState } from '@sallyport/contracts/event';
import type { Database } from '../database/database.ts';
import { findSessions } from './find-sessions.ts';
import { decodeEntries } from './index-stretch.ts';
import { SESSION_STATES, toSessionRecord, type SessionRow } from '../sessions/session-record.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_ENTRIES = 20_000;
const MAX_WORDS = 10;
const STRETCHES_AT_ONCE = 50;

/** Sessions, newest first; of one principal only if one is named. Words must all be in the text of one statement. */
export async function listSessions(
  database: Database,
  request: ListSessionsRequest,
  onlyPrincipalId: string | undefined,
): Promise<readonly Session[]> {
  const words = request.search.split(/\s+/).filter((word) => word !== '');
  const ids = await findSessions(database, {
    onlyPrincipalId,
    principal: request.principal,
    targetName: request.targetName,
    words: words.slice(0, MAX_WORDS),
    limit: Math.min(request.limit === 0 ? DEFAULT_LIMIT : request.limit, MAX_LIMIT),
  });
  const rows = await database.prisma.session.findMany({
    where: { id: { in: [...ids] } },
    orderBy: { openedAt: 'desc' },
  });
  return rows.map(toSession);
}

/** A session, of that principal only if one is named; null if there is none. */
export async function getSession(
  { prisma }: Database,
  id: string,
  onlyPrincipalId: string | undefined,
): Promise<Session | null> {
  const row = await prisma.session.findUnique({ where: { id } });
  if (row === null || row.state === SESSION_STATES.abandoned) return null;
  return onlyPrincipalId === undefined || row.principalId === onlyPrincipalId ? toSession(row) : null;
}

/** The session's indexed events, in order. */
export async function readEntries({ prisma }: Database, sessionId: string): Promise<readonly IndexEntry[]> {
  const entries: IndexEntry[] = [];
  for (let after = 0n; entries.length < MAX_ENTRIES;) {
    const rows = await prisma.indexStretch.findMany({
      where: { sessionId, firstSequence: { gt: after } },
      orderBy: { firstSequence: 'asc' },
      select: { firstSequence: true, entries: true },
      take: STRETCHES_AT_ONCE,
    });
    for (const row of rows)
      if (entries.length < MAX_ENTRIES) entries.push(...decodeEntries(sessionId, row.entries));
    after = rows.at(-1)?.firstSequence ?? after;
    if (rows.length < STRETCHES_AT_ONCE) break;
  }
  return entries.sort(bySequence).slice(0, MAX_ENTRIES);
}

function bySequence(one: IndexEntry, other: IndexEntry): number {
  return Number(one.sequence - other.sequence);
}

function toSession(row: SessionRow): Session {
  const { principal, target } = toSessionRecord(row);
  return create(SessionSchema, {
    sessionId: row.id,
    principal,
    target,
    state:
      row.state === SESSION_STATES.open
        ? SessionState.OPEN
        : row.state === SESSION_STATES.lost
          ? SessionState.LOST
          : SessionState.CLOSED,
    openedAt: timestampFromDate(row.openedAt),
    ...(row.closedAt === null ? {} : { closedAt: timestampFromDate(row.closedAt) }),
    closeReason: row.closeReason,
    proxyId: row.proxyId,
    clientAddress: row.clientAddress,
    clientName: row.clientName,
    sealState:
      [SealState.UNSPECIFIED, SealState.WHOLE, SealState.BROKEN].find((state) => state === row.sealState) ??
      SealState.UNSPECIFIED,
    lastSequence: row.lastSequence,
    statements: row.statements,
    denied: row.denied,
    held: row.held,
  });
}
