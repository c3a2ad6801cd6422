import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62 } from '../identifier.ts';

const SECRET_BYTES = 32;
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

/** `spt`: a caller's token. `spj`: a component's one-time join token. */
export type TokenPrefix = 'spt' | 'spj';

/**
 * A new opaque token: prefix, 256 random bits in base62, CRC-32. The checksum lets
 * secret scanners tell a token from chance, and tells a mistyped one without a look-up.
 */
export function newToken(prefix: TokenPrefix): string {
  const secret = base62(randomBytes(SECRET_BYTES), SECRET_LENGTH);
  return `${prefix}_${secret}${checksum(secret)}`;
}

/** Whether the text can be a token at all. */
export function isTokenShaped(prefix: TokenPrefix, text: string): boolean {
  if (text.length !== prefix.length + 1 + SECRET_LENGTH + CHECKSUM_LENGTH || !text.startsWith(`${prefix}_`))
    return false;
  const secret = text.slice(prefix.length + 1, -CHECKSUM_LENGTH);
  return /^[0-9A-Za-z]+$/.test(secret) && checksum(secret) === text.slice(-CHECKSUM_LENGTH);
}

/** What the database keeps of a token. One round suffices: the input has 256 random bits. */
export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}

function checksum(secret: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(secret));
  return base62(bytes, CHECKSUM_LENGTH);
}
