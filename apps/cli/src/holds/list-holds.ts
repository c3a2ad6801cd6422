import { HoldSchema, ListHoldsResponseSchema, type Hold } from '@sallyport/contracts/admin';
import { HoldStatus } from '@sallyport/contracts/dataplane';
import type { AdminApi } from '../client.ts';
import { parseDuration } from '../duration.ts';
import type { ExitName } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { formatRemaining } from '../output/describe-time.ts';
import { messageJson } from '../output/message-json.ts';
import type { Table } from '../output/table.ts';
import { describeStatus, oneLine } from './describe-hold.ts';

export async function listHolds(invocation: Invocation): Promise<ExitName> {
  const { output, world } = invocation;
  const includeSettled = invocation.flag('all');
  const intervalMs = parseDuration(invocation.text('interval') ?? '2s', '--interval') * 1000;
  const api = await invocation.connect();
  if (invocation.flag('watch')) return watchHolds(invocation, api, includeSettled, intervalMs);
  const response = await api.call(api.reviews.listHolds({ includeSettled }));
  await output.answer(
    () => messageJson(ListHoldsResponseSchema, response),
    () => output.table(holdTable(response.holds, world.now())),
  );
  return 'ok';
}

function holdTable(holds: readonly Hold[], now: Date): Table {
  return {
    columns: ['id', 'status', 'by', 'target', 'waits', 'yours', 'statement'],
    rows: holds.map(({ state, principal, target, statement, reviewable }) => [
      state?.holdId ?? '',
      describeStatus(state?.status ?? HoldStatus.UNSPECIFIED),
      principal?.name ?? '',
      target?.name ?? '',
      state?.status === HoldStatus.WAITING ? formatRemaining(state.expiresAt, now) : '',
      reviewable ? 'yes' : 'no',
      oneLine(statement?.text ?? ''),
    ]),
    empty: 'Nothing waits for a review.',
  };
}

/** Shows each hold once for each state that it is seen in, until interrupted. */
async function watchHolds(
  invocation: Invocation,
  api: AdminApi,
  includeSettled: boolean,
  intervalMs: number,
): Promise<ExitName> {
  const { output, world } = invocation;
  const seen = new Map<string, HoldStatus>();
  let first = true;
  while (!world.interrupted.aborted) {
    // Settled ones are asked for too, so that the end of a hold that was shown is shown as well.
    const { holds } = await api.call(api.reviews.listHolds({ includeSettled: true }));
    for (const hold of holds) {
      const id = hold.state?.holdId ?? '';
      const status = hold.state?.status ?? HoldStatus.UNSPECIFIED;
      const isOld = first && !includeSettled && status !== HoldStatus.WAITING;
      if (seen.get(id) !== status && !isOld)
        await output.item(
          () => messageJson(HoldSchema, hold),
          () => printChange(invocation, hold),
        );
      seen.set(id, status);
    }
    first = false;
    await world.sleep(intervalMs, world.interrupted).catch(() => undefined);
  }
  return 'interrupted';
}

function printChange({ output, world }: Invocation, { state, principal, target, statement }: Hold): void {
  const status = describeStatus(state?.status ?? HoldStatus.UNSPECIFIED);
  const time = world.now().toISOString().slice(11, 19);
  const by = (state?.reviewers ?? []).map(({ name }) => name).join(', ');
  output.line(
    { text: time, style: 'dim' },
    `  ${state?.holdId ?? ''}  `,
    status,
    by === '' ? '' : ` by ${by}`,
    `  ${principal?.name ?? ''} on ${target?.name ?? ''}: ${oneLine(statement?.text ?? '')}`,
  );
}
