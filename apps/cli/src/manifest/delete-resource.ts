import type { Invocation } from '../invocation.ts';
import { canonicalKind } from './get-resources.ts';

export async function deleteResource(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const kind = canonicalKind(invocation.argument(0));
  const name = invocation.argument(1);
  const api = await invocation.connect();
  await api.call(api.resources.deleteResource({ kind, name }));
  await output.answer(
    () => ({ kind, name, deleted: true }),
    () => output.line(`Deleted ${kind}/${name}.`),
  );
}
