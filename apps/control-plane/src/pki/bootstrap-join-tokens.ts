import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from '../database/database.ts';
import type { Component } from './component.ts';
import { createJoinToken } from './join-token-store.ts';

const LIFETIME_MS = 24 * 3_600_000;

/**
 * Writes a fresh one-time join token into each file, for components that start beside the
 * control plane. Each file is `TOKEN` on its first line and the CA's fingerprint on the second.
 */
export async function writeBootstrapJoinTokens(
  database: Database,
  entries: readonly { readonly kind: Component['kind']; readonly file: string }[],
  caFingerprint: string,
  now: Date,
): Promise<void> {
  for (const { kind, file } of entries) {
    const token = await createJoinToken(database, {
      kind,
      createdBy: 'bootstrap',
      expiresAt: new Date(now.getTime() + LIFETIME_MS),
    });
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const partial = `${file}.partial`;
    writeFileSync(partial, `${token}\n${caFingerprint}\n`, { mode: 0o600 });
    chmodSync(partial, 0o600);
    renameSync(partial, file);
  }
}
