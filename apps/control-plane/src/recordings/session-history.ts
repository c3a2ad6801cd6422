import { create, fromBinary } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  SessionSchema,
  SessionState,
  type ListSessionsRequest,
  type Session,
} from '@sallyport/contracts/admin';
import { IndexEntrySchema, type IndexEntry } from '@sallyport/contracts/dataplane';
import { SealState } from '@sallyport/contracts/event';
import type { Database, Prisma } from '../database/database.ts';
import { SESSION_STATES, toSessionRecord, type SessionRow } from '../sessions/session-record.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_ENTRIES = 20_000;
const MAX_WORDS = 10;

/** Sessions, newest first; of one principal only if one is named. Words must all be in the text of one statement. */
export async function listSessions(
  { prisma }: Database,
  request: ListSessionsRequest,
  onlyPrincipalId: string | undefined,
): Promise<readonly Session[]> {
  const words = request.search
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS);
  const where: Prisma.SessionWhereInput[] = [{ state: { not: SESSION_STATES.abandoned } }];
  if (onlyPrincipalId !== undefined) where.push({ principalId: onlyPrincipalId });
  if (request.principal !== '')
    where.push({ OR: [{ principalId: request.principal }, { principalName: request.principal }] });
  if (request.targetName !== '') where.push({ targetName: request.targetName });
  if (words.length > 0) {
    const contains = words.map((word) => ({ text: { contains: word, mode: 'insensitive' as const } }));
    where.push({ entries: { some: { AND: contains } } });
  }
  const take = Math.min(request.limit === 0 ? DEFAULT_LIMIT : request.limit, MAX_LIMIT);
  const rows = await prisma.session.findMany({ where: { AND: where }, orderBy: { openedAt: 'desc' }, take });
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
  const rows = await prisma.indexEntry.findMany({
    where: { sessionId },
    orderBy: { sequence: 'asc' },
    take: MAX_ENTRIES,
  });
  return rows.map(({ entry }) => fromBinary(IndexEntrySchema, entry));
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
