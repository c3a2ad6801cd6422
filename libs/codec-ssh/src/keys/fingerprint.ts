import { asBuffer } from '../wire/wire-reader.ts';

/**
 * The fingerprint of a key as OpenSSH prints it: `SHA256:` and unpadded base64.
 * @param digest SHA-256 of the public key blob (of a certificate: of its key's plain blob)
 */
export function fingerprintText(digest: Uint8Array): string {
  return `SHA256:${asBuffer(digest).toString('base64').replace(/=+$/, '')}`;
}
