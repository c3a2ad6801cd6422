import { hash } from 'node:crypto';

/** What an approval is bound to. */
export interface DigestParts {
  readonly target: string;
  readonly effectiveRole: string;
  /** What decides how names resolve: the database, the search path. */
  readonly context: readonly string[];
  /** The exact statement, before redaction. */
  readonly text: string;
  /** Bound values with their types and formats; null is SQL NULL. */
  readonly parameters: readonly (Uint8Array | string | null)[];
}

/**
 * SHA-256 over all parts, each with its length in front, so that no two
 * different statements give the same bytes.
 */
export function statementDigest(parts: DigestParts): Uint8Array {
  const chunks: Buffer[] = [];
  const add = (value: Uint8Array | string | null) => {
    const length = Buffer.allocUnsafe(4);
    if (value === null) {
      length.writeUInt32BE(0xffffffff);
      chunks.push(length);
      return;
    }
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value.buffer, value.byteOffset, value.length);
    length.writeUInt32BE(bytes.length);
    chunks.push(length, bytes);
  };
  add(parts.target);
  add(parts.effectiveRole);
  add(String(parts.context.length));
  for (const item of parts.context) add(item);
  add(parts.text);
  add(String(parts.parameters.length));
  for (const parameter of parts.parameters) add(parameter);
  return hash('sha256', Buffer.concat(chunks), 'buffer');
}
