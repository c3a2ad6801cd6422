import { ListLocksResponseSchema } from '@sallyport/contracts/admin';
import type { Invocation } from '../invocation.ts';
import { formatTimestamp } from '../output/describe-time.ts';
import { messageJson } from '../output/message-json.ts';
import { describeLock } from './describe-lock.ts';

export async function listLocks(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const api = await invocation.connect();
  const response = await api.call(api.access.listLocks({}));
  await output.answer(
    () => messageJson(ListLocksResponseSchema, response),
    () =>
      output.table({
        columns: ['id', 'locks', 'until', 'by', 'reason'],
        rows: response.locks.map((lock) => [
          lock.lockId,
          describeLock(lock),
          lock.expiresAt === undefined ? 'unlocked' : formatTimestamp(lock.expiresAt),
          lock.createdBy,
          lock.reason,
        ]),
        empty: 'No lock is in force.',
      }),
  );
}
