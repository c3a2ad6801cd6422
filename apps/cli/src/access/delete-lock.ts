import type { Invocation } from '../invocation.ts';

export async function deleteLock(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const lockId = invocation.argument(0);
  const api = await invocation.connect();
  await api.call(api.access.deleteLock({ lockId }));
  await output.answer(
    () => ({ lockId, deleted: true }),
    () => output.line(`Lifted ${lockId}.`),
  );
}
