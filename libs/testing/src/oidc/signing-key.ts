import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** A private key that tokens are signed with; kept in the file, where one is named, from one start to the next. */
export function signingKey(file?: string): JsonWebKey & { kid: string; alg: string; use: string } {
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = {
    ...privateKey.export({ format: 'jwk' }),
    kid: `test-${Date.now()}`,
    alg: 'ES256',
    use: 'sig',
  };
  if (file !== undefined) writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}
