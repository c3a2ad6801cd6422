import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import type { Session, SessionHistoryService } from '@sallyport/contracts/admin';
import type { Logger } from '@sallyport/service-kit';
import { countChange } from '../changes/change-topics.ts';
import type { Database } from '../database/database.ts';
import { readRecording } from '../recordings/read-recording.ts';
import { getSession, listSessions, readEntries } from '../recordings/session-history.ts';
import { SESSION_STATES } from '../sessions/session-record.ts';
import { callerOf } from './caller.ts';
import { notFound } from './connect-error.ts';

export interface SessionHistoryServiceOptions {
  readonly database: Database;
  readonly recordingPublicKey: Uint8Array;
  /** Undefined: recordings are not within this control plane's reach. */
  readonly recordingsDirectory: string | undefined;
  readonly logger: Logger;
  readonly nudge: () => void;
}

/** Sessions and recordings: one's own, or everybody's with "sessions.read". */
export function createSessionHistoryService(
  options: SessionHistoryServiceOptions,
): ServiceImpl<typeof SessionHistoryService> {
  const { database, logger, nudge } = options;
  return {
    listSessions: async (request, context) => ({
      sessions: [...(await listSessions(database, request, visibleTo(context)))],
    }),
    getSession: async ({ sessionId }, context) => {
      const session = await requireSession(database, sessionId, context);
      return { session, entries: [...(await readEntries(database, sessionId))] };
    },
    readRecording: async function* ({ sessionId }, context) {
      await requireSession(database, sessionId, context);
      if (options.recordingsDirectory === undefined)
        throw new ConnectError(
          'Recordings cannot be read through this control plane.',
          Code.FailedPrecondition,
        );
      const chunks = await readRecording(options.recordingsDirectory, sessionId);
      if (chunks === undefined) throw notFound(`Nothing of the recording of ${sessionId} has arrived.`);
      logger.info('recording read', { sessionId, actor: callerOf(context).principal.id });
      for await (const data of chunks) yield { data };
    },
    getRecordingKey: () => ({ publicKey: options.recordingPublicKey }),
    endSession: async ({ sessionId }, context) => {
      const ended = await database.prisma.$transaction(async (queries) => {
        const { count } = await queries.session.updateMany({
          where: { id: sessionId, state: SESSION_STATES.open },
          data: { endRequested: 'session_ended_by_admin' },
        });
        if (count > 0) await countChange(queries, 'access');
        return count > 0;
      });
      if (!ended) throw notFound(`There is no open session ${sessionId}.`);
      logger.warn('session ended by an administrator', { sessionId, actor: callerOf(context).principal.id });
      nudge();
      return {};
    },
  };
}

/** Whose sessions the caller sees; undefined: everybody's. */
function visibleTo(context: HandlerContext): string | undefined {
  const { principal, permissions } = callerOf(context);
  return permissions.has('sessions.read') ? undefined : principal.id;
}

async function requireSession(
  database: Database,
  sessionId: string,
  context: HandlerContext,
): Promise<Session> {
  const session = await getSession(database, sessionId, visibleTo(context));
  if (session === null) throw notFound(`There is no session ${sessionId} that you may see.`);
  return session;
}
