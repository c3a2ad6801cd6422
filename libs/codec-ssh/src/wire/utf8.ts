import { isUtf8, type Buffer } from 'node:buffer';

/**
 * Text of UTF-8 bytes, or null when they are malformed: what cannot be read
 * must not be decided on as if it were another text.
 */
export function decodeUtf8(bytes: Buffer): string | null {
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') && !isUtf8(bytes) ? null : text;
}
