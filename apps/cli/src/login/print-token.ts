import { parseDuration } from '../duration.ts';
import type { Invocation } from '../invocation.ts';
import { narrowedToken, tokenToUse } from './session-token.ts';

/** Prints a token and nothing else, so that `$(sallyport token)` works. */
export async function printToken(invocation: Invocation): Promise<void> {
  const { output, world } = invocation;
  const targets = invocation.list('target');
  const actions = invocation.list('action');
  const ttl = invocation.text('ttl');
  const settings = await invocation.settings();
  const isNarrowed = targets.length > 0 || actions.length > 0 || ttl !== undefined;
  if (!isNarrowed || settings.token.kind === 'none') {
    const token = await tokenToUse(world, settings);
    await output.answer(
      () => ({ token }),
      () => output.verbatim(token),
    );
    return;
  }
  const lifetimeSeconds = ttl === undefined ? undefined : parseDuration(ttl, '--ttl');
  const { token, expiresAt } = await narrowedToken(world, settings, { targets, actions, lifetimeSeconds });
  await output.answer(
    () => ({ token, expiresAt: expiresAt.toISOString() }),
    () => output.verbatim(token),
  );
}
