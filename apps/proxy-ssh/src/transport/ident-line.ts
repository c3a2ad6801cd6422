import { AccessError } from '@sallyport/errors';

/** RFC 4253, 4.2: with CR and LF. */
const MAX_IDENT_BYTES = 255;
/** What a server may say before it; clients say nothing. */
const MAX_GREETING_BYTES = 8 * 1024;

/**
 * Gathers a peer's first bytes until its identification string is whole, since
 * ssh2 loses one that comes in more than two pieces.
 */
export class IdentLine {
  readonly #greetingAllowed: boolean;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(greetingAllowed: boolean) {
    this.#greetingAllowed = greetingAllowed;
  }

  /** All bytes so far, once the identification string is among them; else null. @throws AccessError protocol_violation */
  push(chunk: Buffer): Buffer | null {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const bytes = this.#bytes;
    for (let start = 0; ;) {
      const end = bytes.indexOf(0x0a, start);
      const line = bytes.subarray(start, end === -1 ? bytes.length : end);
      const isIdent =
        'SSH-'.startsWith(line.toString('latin1', 0, 4)) || line.toString('latin1', 0, 4) === 'SSH-';
      if (!isIdent && !this.#greetingAllowed) throw violation();
      if (isIdent && line.length >= MAX_IDENT_BYTES) throw violation();
      if (end === -1) {
        if (bytes.length > MAX_GREETING_BYTES) throw violation();
        return null;
      }
      if (isIdent && line.length >= 4) return bytes;
      start = end + 1;
      if (start > MAX_GREETING_BYTES) throw violation();
    }
  }
}

function violation(): AccessError {
  return new AccessError('protocol_violation', 'The first bytes were not those of an SSH connection.');
}
