import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Wraps the data keys of all secrets. Lives in a file that the database never sees. */
export interface MasterKey {
  /** First 16 hex digits of the key's SHA-256; says which key wrapped a secret. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

const KEY_BYTES = 32;

/** Reads a key file: 32 bytes in base64. Throws with the file's name, never with its content. */
export function readMasterKey(file: string): MasterKey {
  const bytes = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (bytes.length !== KEY_BYTES) {
    throw new Error(
      `${file} is not a master key; make one with: openssl rand -base64 ${String(KEY_BYTES)} > ${file}`,
    );
  }
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes };
}

/**
 * Makes the key file if there is none; gives whether it did. Only where a setting asks
 * for it: a new key beside an old database would leave every secret unreadable.
 */
export function createMasterKeyFile(file: string): boolean {
  if (existsSync(file)) return false;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  return true;
}
