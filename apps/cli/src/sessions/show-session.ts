import { GetSessionResponseSchema, type GetSessionResponse } from '@sallyport/contracts/admin';
import { Outcome, OutcomeSchema } from '@sallyport/contracts/access';
import { StatementOutcomeSchema } from '@sallyport/contracts/event';
import type { IndexedFinish } from '@sallyport/contracts/dataplane';
import { CliError } from '../cli-error.ts';
import { oneLine } from '../holds/describe-hold.ts';
import type { Invocation } from '../invocation.ts';
import { formatDate, formatDuration, formatTimestamp } from '../output/describe-time.ts';
import { enumWords, messageJson } from '../output/message-json.ts';
import { describePrincipal } from '../output/principal.ts';
import type { Cell, Table } from '../output/table.ts';
import { describeState } from './list-sessions.ts';

export async function showSession(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const api = await invocation.connect();
  const response = await api.call(api.sessions.getSession({ sessionId: invocation.argument(0) }));
  await output.answer(
    () => messageJson(GetSessionResponseSchema, response),
    () => printSession(invocation, response),
  );
}

function printSession({ output }: Invocation, response: GetSessionResponse): void {
  const { session } = response;
  if (session === undefined) throw new CliError('notFound', 'There is no such session.');
  const fields: readonly (readonly [string, string])[] = [
    ['session', session.sessionId],
    ['by', describePrincipal(session.principal)],
    ['target', `${session.target?.name ?? ''} (${session.target?.protocol ?? ''})`],
    ['state', describeState(session).text],
    ['opened', formatTimestamp(session.openedAt)],
    ['closed', `${formatTimestamp(session.closedAt)} ${session.closeReason}`.trim()],
    ['client', `${session.clientName} ${session.clientAddress}`.trim()],
    ['proxy', session.proxyId],
    ['events', String(session.lastSequence)],
  ];
  for (const [name, value] of fields)
    if (value !== '') output.line({ text: name.padEnd(10), style: 'dim' }, value);
  output.line('');
  output.table(statementTable(response));
}

function statementTable({ entries }: GetSessionResponse): Table {
  const finishes = new Map<string, IndexedFinish>();
  for (const { entry } of entries)
    if (entry.case === 'finish') finishes.set(entry.value.statementId, entry.value);
  return {
    columns: [
      { name: '#', align: 'right' },
      'at',
      'decision',
      'ended',
      'status',
      { name: 'took', align: 'right' },
      'statement',
    ],
    rows: entries.flatMap(({ sequence, timeUnixUs, entry }) => {
      if (entry.case !== 'statement') return [];
      const { statementId, outcome, text } = entry.value;
      const finish = finishes.get(statementId);
      return [
        [
          String(sequence),
          formatDate(new Date(Number(timeUnixUs) / 1000)),
          outcomeCell(outcome),
          finish === undefined ? '' : enumWords(StatementOutcomeSchema, finish.outcome),
          finish?.status ?? '',
          finish === undefined ? '' : formatDuration(Number(finish.durationUs) / 1000),
          oneLine(text),
        ],
      ];
    }),
    empty: 'No statements are indexed.',
  };
}

function outcomeCell(outcome: Outcome): Cell {
  const text = enumWords(OutcomeSchema, outcome);
  if (outcome === Outcome.ALLOW) return { text, style: 'green' };
  return { text, style: outcome === Outcome.HOLD ? 'yellow' : 'red' };
}
