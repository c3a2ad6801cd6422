import type { Queries } from '../database/database.ts';
import type { Vault } from '../secrets/vault.ts';

const secretName = (targetName: string) => `target/${targetName}`;

/** The target's password or private key in clear, for the proxy that is about to use it. */
export async function readTargetSecret(
  queries: Queries,
  vault: Vault,
  targetName: string,
): Promise<string | undefined> {
  const row = await queries.targetSecret.findUnique({ where: { targetName } });
  return row === null ? undefined : vault.open(secretName(targetName), row.sealed).toString('utf8');
}

export async function writeTargetSecret(
  queries: Queries,
  vault: Vault,
  targetName: string,
  secret: string | undefined,
  now: Date,
): Promise<void> {
  if (secret === undefined) {
    await queries.targetSecret.deleteMany({ where: { targetName } });
    return;
  }
  const sealed = vault.seal(secretName(targetName), Buffer.from(secret, 'utf8'));
  const fields = { sealed, updatedAt: now };
  await queries.targetSecret.upsert({
    where: { targetName },
    create: { targetName, ...fields },
    update: fields,
  });
}

/** Seals with the current master key what an earlier one sealed; gives how many. */
export async function rewrapTargetSecrets(queries: Queries, vault: Vault): Promise<number> {
  let count = 0;
  for (const { targetName, sealed } of await queries.targetSecret.findMany()) {
    if (vault.isCurrent(sealed)) continue;
    const secret = vault.open(secretName(targetName), sealed);
    await queries.targetSecret.update({
      where: { targetName },
      data: { sealed: vault.seal(secretName(targetName), secret) },
    });
    count += 1;
  }
  return count;
}
