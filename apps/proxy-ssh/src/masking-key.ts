import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from '@sallyport/service-kit';
import type { Config } from './config.ts';

const KEY_BYTES = 32;

/** The key of stable masks. Without a file hashes and tokens differ between replicas and after a restart. */
export function maskingKey(config: Config, logger: Logger): Uint8Array {
  const { keyFile } = config.masking;
  if (keyFile === undefined) {
    logger.warn('masks are stable only until the next start: masking.keyFile is not set');
    return randomBytes(KEY_BYTES);
  }
  const key = readFileSync(keyFile);
  if (key.length < KEY_BYTES) throw new Error(`the masking key needs at least ${KEY_BYTES} bytes`);
  return key;
}
