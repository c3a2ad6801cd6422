import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Config } from '../../config.ts';

/** The door's certificate; null: none is configured, so only plaintext is taken. @throws Error for files that do not fit together */
export function serverContext(tls: Config['tls']): SecureContext | null {
  const { certificateFile, privateKeyFile } = tls;
  if (certificateFile === undefined || privateKeyFile === undefined) return null;
  return createSecureContext({
    cert: readFileSync(certificateFile),
    key: readFileSync(privateKeyFile),
    minVersion: 'TLSv1.2',
  });
}
