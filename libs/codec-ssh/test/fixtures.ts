import type { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parsePublicKeyLine } from '../src/index.ts';

/**
 * Keys and certificates made by OpenSSH 9.2's ssh-keygen. Certificates are valid from 2026-01-01 to 2036-01-01,
 * UTC: `id_ed25519` by `ca`, `id_p256` by `p384_ca`, `id_p384`, `id_p521` (a host) and `id_rsa` (SHA-1) by `rsa_ca`.
 */
export function fixtureText(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.pub`, import.meta.url), 'utf8');
}

export function fixtureBlob(name: string): Buffer {
  const line = parsePublicKeyLine(fixtureText(name));
  if (!line.ok) throw line.error;
  return line.value.blob;
}
