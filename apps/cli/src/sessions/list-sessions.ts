import { ListSessionsResponseSchema, SessionState, type Session } from '@sallyport/contracts/admin';
import { SealState } from '@sallyport/contracts/event';
import type { Invocation } from '../invocation.ts';
import { formatTimestamp } from '../output/describe-time.ts';
import { messageJson } from '../output/message-json.ts';
import type { Cell } from '../output/table.ts';

export async function listSessions(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const request = {
    principal: invocation.text('principal') ?? '',
    targetName: invocation.text('target') ?? '',
    search: invocation.text('search') ?? '',
    limit: invocation.count('limit') ?? 0,
  };
  const api = await invocation.connect();
  const response = await api.call(api.sessions.listSessions(request));
  await output.answer(
    () => messageJson(ListSessionsResponseSchema, response),
    () =>
      output.table({
        columns: [
          'id',
          'opened',
          'by',
          'target',
          'state',
          { name: 'statements', align: 'right' },
          { name: 'denied', align: 'right' },
          { name: 'held', align: 'right' },
          'client',
        ],
        rows: response.sessions.map((session) => [
          session.sessionId,
          formatTimestamp(session.openedAt),
          session.principal?.name ?? '',
          session.target?.name ?? '',
          describeState(session),
          String(session.statements),
          String(session.denied),
          String(session.held),
          session.clientName,
        ]),
        empty: 'No sessions.',
      }),
  );
}

/** "open", "closed", "sealed"; "broken" for one whose proxy was lost and whose recording was sealed so. */
export function describeState({ state, sealState }: Session): Cell {
  if (sealState === SealState.WHOLE) return { text: 'sealed' };
  if (sealState === SealState.BROKEN) return { text: 'broken', style: 'red' };
  switch (state) {
    case SessionState.OPEN:
      return { text: 'open', style: 'green' };
    case SessionState.CLOSED:
      return { text: 'closed' };
    case SessionState.LOST:
      return { text: 'lost', style: 'red' };
    case SessionState.UNSPECIFIED:
      return { text: 'unknown' };
  }
  // A state that is newer than this program.
  return { text: `state ${state}` };
}
