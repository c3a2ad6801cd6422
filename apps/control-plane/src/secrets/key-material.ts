import type { Database } from '../database/database.ts';
import type { Vault } from './vault.ts';

/** A key that the control plane made for itself, and its public part. */
export interface KeyMaterial {
  readonly public: Uint8Array;
  readonly private: Buffer;
}

/**
 * The named key of this installation: made at the first start, kept sealed in the
 * database, the same in every replica. Of several that start at once, one's key stays.
 */
export async function loadKeyMaterial(
  { prisma }: Database,
  vault: Vault,
  name: string,
  generate: () => Promise<KeyMaterial>,
  now: Date,
): Promise<KeyMaterial> {
  const secretName = `key-material/${name}`;
  let row = await prisma.keyMaterial.findUnique({ where: { name } });
  if (row === null) {
    const made = await generate();
    const data = {
      name,
      public: new Uint8Array(made.public),
      sealed: vault.seal(secretName, made.private),
      createdAt: now,
    };
    await prisma.keyMaterial.createMany({ data: [data], skipDuplicates: true });
    row = await prisma.keyMaterial.findUniqueOrThrow({ where: { name } });
  }
  const key = vault.open(secretName, row.sealed);
  if (!vault.isCurrent(row.sealed)) {
    await prisma.keyMaterial.update({ where: { name }, data: { sealed: vault.seal(secretName, key) } });
  }
  return { public: row.public, private: key };
}
