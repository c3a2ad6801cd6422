import { create } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import { CreateLockResponseSchema } from '@sallyport/contracts/admin';
import { CliError } from '../cli-error.ts';
import { parseDuration } from '../duration.ts';
import type { Invocation } from '../invocation.ts';
import { formatTimestamp } from '../output/describe-time.ts';
import { messageJson } from '../output/message-json.ts';
import { describeLock } from './describe-lock.ts';

export async function createLock(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const principalId = invocation.text('principal') ?? '';
  const group = invocation.text('group') ?? '';
  const targetName = invocation.text('target') ?? '';
  if (principalId === '' && group === '' && targetName === '') {
    throw new CliError('usage', 'A lock needs somebody or something to lock.', {
      next: 'Give --principal, --group or --target.',
    });
  }
  const duration = invocation.text('for');
  const seconds = duration === undefined ? undefined : parseDuration(duration, '--for');
  const api = await invocation.connect();
  const response = await api.call(
    api.access.createLock({
      principalId,
      group,
      targetName,
      reason: invocation.text('reason') ?? '',
      ...(seconds === undefined ? {} : { duration: create(DurationSchema, { seconds: BigInt(seconds) }) }),
    }),
  );
  const { lock } = response;
  await output.answer(
    () => messageJson(CreateLockResponseSchema, response),
    () => {
      if (lock === undefined) return;
      const until =
        lock.expiresAt === undefined ? 'until it is unlocked' : `until ${formatTimestamp(lock.expiresAt)}`;
      output.line(
        'Locked ',
        { text: describeLock(lock), style: 'bold' },
        `, ${until}. Lift it with: sallyport unlock ${lock.lockId}`,
      );
    },
  );
}
