import { ListResourcesResponseSchema, ResourceSchema } from '@sallyport/contracts/admin';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { formatTimestamp } from '../output/describe-time.ts';
import { messageJson } from '../output/message-json.ts';

export async function getResources(invocation: Invocation): Promise<void> {
  const { output } = invocation;
  const kind = canonicalKind(invocation.argument(0));
  const name = invocation.optionalArgument(1);
  const api = await invocation.connect();
  if (name !== undefined) {
    const { resource } = await api.call(api.resources.getResource({ kind, name }));
    if (resource === undefined) throw new CliError('notFound', `There is no ${kind} ${name}.`);
    // The manifest is YAML already: for people and for --output yaml it goes out as it is.
    if (output.format === 'json')
      await output.answer(
        () => messageJson(ResourceSchema, resource),
        () => undefined,
      );
    else output.verbatim(resource.manifest);
    return;
  }
  const response = await api.call(api.resources.listResources({ kind }));
  await output.answer(
    () => messageJson(ListResourcesResponseSchema, response),
    () =>
      output.table({
        columns: ['kind', 'name', { name: 'version', align: 'right' }, 'changed', 'by'],
        rows: response.resources.map((resource) => [
          resource.kind,
          resource.name,
          String(resource.version),
          formatTimestamp(resource.updatedAt),
          resource.updatedBy,
        ]),
        empty: kind === '' ? 'There are no objects.' : `There is no ${kind}.`,
      }),
  );
}

/** "policies", "policy" and "Policy" are one kind; "all" is every kind, which the API writes as none. */
export function canonicalKind(text: string): string {
  const word = text.toLowerCase();
  if (word === 'all') return '';
  const singular = word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/s$/, '');
  return singular
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
