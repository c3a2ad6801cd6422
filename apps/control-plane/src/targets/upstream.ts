import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { UpstreamSchema, type Upstream } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { Queries } from '../database/database.ts';
import type { Vault } from '../secrets/vault.ts';
import { readTargetSecret } from './target-secret.ts';
import type { TargetDefinition } from './target.ts';

type CredentialInit = MessageInitShape<typeof UpstreamSchema>['credential'];

export interface UpstreamOptions {
  readonly queries: Queries;
  readonly vault: Vault;
  /** A certificate for the session's own key, for a target that takes them. */
  readonly certify: () => Promise<Uint8Array>;
}

/** Where and as whom a proxy reaches the target, with the secret in clear: for the proxy that opened a session only. */
export async function upstreamOf(
  options: UpstreamOptions,
  definition: TargetDefinition,
  login: string,
): Promise<Upstream> {
  const credential = await credentialOf(options, definition, login);
  return create(UpstreamSchema, {
    ...definition.place,
    ...(credential === undefined ? {} : { credential }),
  });
}

async function credentialOf(
  { queries, vault, certify }: UpstreamOptions,
  { target, credential }: TargetDefinition,
  username: string,
): Promise<CredentialInit> {
  const secret = async () => {
    const stored = await readTargetSecret(queries, vault, target.name);
    // Deleted between the look-up and now.
    if (stored === undefined)
      throw new AccessError('target_not_available', 'There is no such target, or it is not open to you.');
    return stored;
  };
  switch (credential?.kind) {
    case undefined:
      return undefined;
    case 'password':
      return { case: 'password', value: { username, password: await secret() } };
    case 'privateKey':
      return { case: 'sshPrivateKey', value: { username, privateKeyPem: await secret() } };
    case 'certificate':
      return { case: 'sshCertificate', value: { username, certificate: await certify() } };
  }
}
