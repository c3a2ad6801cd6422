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

const LENGTH_BYTES = 4;
const NULL_LENGTH = 0xffff_ffff;

/**
 * SHA-256 over all parts, each with its length in front, so that no two
 * different statements give the same bytes. Made for every statement, so it
 * writes all of them into one buffer.
 */
export function statementDigest(parts: DigestParts): Uint8Array {
  const all: (Uint8Array | string | null)[] = [
    parts.target,
    parts.effectiveRole,
    String(parts.context.length),
    ...parts.context,
    parts.text,
    String(parts.parameters.length),
    ...parts.parameters,
  ];
  let size = 0;
  for (const part of all)
    size += LENGTH_BYTES + (typeof part === 'string' ? part.length * 3 : (part?.length ?? 0));
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const part of all) at = writePart(bytes, at, part);
  return hash('sha256', bytes.subarray(0, at), 'buffer');
}

function writePart(bytes: Buffer, at: number, part: Uint8Array | string | null): number {
  const start = at + LENGTH_BYTES;
  if (part === null) {
    bytes.writeUInt32BE(NULL_LENGTH, at);
    return start;
  }
  const length = typeof part === 'string' ? bytes.write(part, start, 'utf8') : part.length;
  if (typeof part !== 'string') bytes.set(part, start);
  bytes.writeUInt32BE(length, at);
  return start + length;
}
