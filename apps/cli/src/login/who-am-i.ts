import { WhoAmIResponseSchema } from '@sallyport/contracts/admin';
import type { Invocation } from '../invocation.ts';
import { formatRemaining, formatTimestamp } from '../output/describe-time.ts';
import { messageJson } from '../output/message-json.ts';
import { describePrincipal } from '../output/principal.ts';

export async function whoAmI(invocation: Invocation): Promise<void> {
  const { output, world } = invocation;
  const api = await invocation.connect();
  const response = await api.call(api.tokens.whoAmI({}));
  const { principal, token, permissions } = response;
  await output.answer(
    () => messageJson(WhoAmIResponseSchema, response),
    () => {
      const lines: readonly (readonly [string, string])[] = [
        ['principal', describePrincipal(principal)],
        ['id', principal?.id ?? ''],
        ['groups', principal?.groups.join(', ') ?? ''],
        ['issuer', principal?.issuer ?? ''],
        ['control plane', api.url],
        ['token', token?.tokenId ?? ''],
        [
          'expires',
          `${formatTimestamp(token?.expiresAt)}, in ${formatRemaining(token?.expiresAt, world.now())}`,
        ],
        ['targets', anyOr(token?.targets)],
        ['actions', anyOr(token?.actions)],
        ['permissions', permissions.join(', ')],
      ];
      for (const [name, value] of lines)
        if (value !== '') output.line({ text: name.padEnd(14), style: 'dim' }, value);
    },
  );
}

function anyOr(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? 'all that policy opens' : names.join(', ');
}
