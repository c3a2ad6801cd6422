import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { UpstreamSchema, type Upstream } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { Queries } from '../database/database.ts';
import type { Vault } from '../secrets/vault.ts';
import { readTargetPassword } from './target-secret.ts';
import type { TargetDefinition } from './target.ts';

/** Where and as whom a proxy reaches the target, with the password in clear: for the proxy that opened a session only. */
export async function upstreamOf(
  queries: Queries,
  vault: Vault,
  definition: TargetDefinition,
): Promise<Upstream> {
  const { target, host, port, tls, username, parameters } = definition;
  let credential: MessageInitShape<typeof UpstreamSchema>['credential'];
  if (username !== undefined) {
    const password = await readTargetPassword(queries, vault, target.name);
    // Deleted between the look-up and now.
    if (password === undefined)
      throw new AccessError('target_not_available', 'There is no such target, or it is not open to you.');
    credential = { case: 'password', value: { username, password } };
  }
  return create(UpstreamSchema, {
    host,
    port,
    tls,
    ...(credential === undefined ? {} : { credential }),
    parameters: { ...parameters },
  });
}
