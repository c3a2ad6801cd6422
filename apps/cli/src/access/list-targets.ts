import { ListTargetsResponseSchema } from '@sallyport/contracts/admin';
import type { Invocation } from '../invocation.ts';
import { messageJson } from '../output/message-json.ts';

export async function listTargets(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const api = await invocation.connect();
  const response = await api.call(api.access.listTargets({}));
  await output.answer(
    () => messageJson(ListTargetsResponseSchema, response),
    () => {
      const anyAccounts = response.targets.some(({ logins }) => logins.length > 0);
      output.table({
        columns: ['name', 'protocol', 'endpoint', ...(anyAccounts ? ['accounts'] : []), 'labels'],
        rows: response.targets.map(({ target, endpoint, logins }) => [
          target?.name ?? '',
          target?.protocol ?? '',
          endpoint,
          ...(anyAccounts ? [logins.join(' ')] : []),
          Object.entries(target?.labels ?? {})
            .map(([name, value]) => `${name}=${value}`)
            .join(' '),
        ]),
        empty: 'No policy opens a target to you.',
      });
    },
  );
}
