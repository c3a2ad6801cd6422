import type { Invocation } from '../invocation.ts';

export async function endSession(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const sessionId = invocation.argument(0);
  const api = await invocation.connect();
  await api.call(api.sessions.endSession({ sessionId }));
  await output.answer(
    () => ({ sessionId, ended: true }),
    () => output.line(`${sessionId} is being ended.`),
  );
}
