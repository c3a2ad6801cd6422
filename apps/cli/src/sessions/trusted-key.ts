import { readFile } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';

const KEY_BYTES = 32;
/** What stands before the key in an Ed25519 public key in DER (RFC 8410). */
const DER_PREFIX_BYTES = 12;

/** A raw Ed25519 public key from `--key`: a file (raw, hexadecimal, base64 or PEM), or the text itself. */
export async function readTrustedKey(argument: string): Promise<Uint8Array> {
  const content = await readFile(argument).catch(() => undefined);
  if (content?.length === KEY_BYTES) return content;
  const key = parseKey((content?.toString('latin1') ?? argument).trim());
  if (key !== null) return key;
  const what =
    content === undefined ? `"${argument}" is neither a file nor a key.` : `${argument} does not hold a key.`;
  throw new CliError('usage', what, {
    next: 'A key is 32 bytes: raw, hexadecimal, base64 or PEM. "sallyport sessions key" prints it.',
  });
}

function parseKey(text: string): Uint8Array | null {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const pem = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/.exec(text)?.[1];
  if (pem !== undefined) {
    const der = Buffer.from(pem, 'base64');
    return der.length === DER_PREFIX_BYTES + KEY_BYTES ? der.subarray(DER_PREFIX_BYTES) : null;
  }
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, text.includes('-') || text.includes('_') ? 'base64url' : 'base64');
  return bytes.length === KEY_BYTES ? bytes : null;
}
