import { MARK_END, MARK_START } from './bash-program.ts';

/** What the guard on the target says to the door, in the order of the output it is in. */
export type GuardMark =
  /** It wants its nonce. */
  | { readonly kind: 'hello' }
  /** It reads a line; `status` is what the last one ended with. */
  | { readonly kind: 'ready'; readonly status: string }
  /** It asks about a line. Null text: what it sent is not readable. */
  | { readonly kind: 'ask'; readonly id: string; readonly text: string | null };

export type OutputPart =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** `length`: bytes that it took of the output. */
  | { readonly kind: 'mark'; readonly mark: GuardMark; readonly length: number };

/** Longest mark in bytes: a line of 128 KiB of which every byte is escaped. */
const MAX_MARK_BYTES = 400 * 1024;
const START = Buffer.from(MARK_START, 'latin1');
const END = MARK_END.charCodeAt(0);
const ID = /^[0-9a-f-]{16,64}$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Takes marks out of a terminal's output, wherever reads split it. What looks
 * like one and does not have the nonce stays in the output, as any other bytes.
 */
export class MarkReader {
  readonly #nonce: string;
  #kept: Buffer = Buffer.alloc(0);

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /** @returns null when a mark is longer than any can be */
  read(data: Buffer): OutputPart[] | null {
    let rest = this.#kept.length === 0 ? data : Buffer.concat([this.#kept, data]);
    this.#kept = Buffer.alloc(0);
    const parts: OutputPart[] = [];
    for (;;) {
      const at = rest.indexOf(START);
      if (at < 0) break;
      const end = rest.indexOf(END, at + START.length);
      if (end < 0) {
        if (rest.length - at > MAX_MARK_BYTES) return null;
        pass(parts, rest.subarray(0, at));
        this.#kept = Buffer.from(rest.subarray(at));
        return parts;
      }
      const mark = this.#mark(rest.subarray(at + START.length, end));
      pass(parts, rest.subarray(0, mark === null ? end + 1 : at));
      if (mark !== null) parts.push({ kind: 'mark', mark, length: end + 1 - at });
      rest = rest.subarray(end + 1);
    }
    const kept = startAtEnd(rest);
    pass(parts, rest.subarray(0, rest.length - kept));
    this.#kept = Buffer.from(rest.subarray(rest.length - kept));
    return parts;
  }

  /** Bytes that could have begun a mark, at the output's end. */
  flush(): Buffer {
    const kept = this.#kept;
    this.#kept = Buffer.alloc(0);
    return kept;
  }

  #mark(body: Buffer): GuardMark | null {
    const text = body.toString('latin1');
    if (text === 'hello') return { kind: 'hello' };
    const [nonce, kind, first = '', ...rest] = text.split(';');
    if (nonce !== this.#nonce) return null;
    if (kind === 'ready' && /^\d{1,3}$/.test(first)) return { kind, status: first };
    if (kind === 'ask' && ID.test(first) && rest.length > 0)
      return { kind, id: first, text: decode(rest.join(';')) };
    return null;
  }
}

function pass(parts: OutputPart[], bytes: Buffer): void {
  if (bytes.length > 0) parts.push({ kind: 'bytes', bytes });
}

/** How many bytes at the end begin a mark. */
function startAtEnd(bytes: Buffer): number {
  for (let length = Math.min(START.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(START.subarray(0, length))) return length;
  }
  return 0;
}

/** A line as the guard encodes it: %25, %0A and %09 stand for what they say, all else for itself. */
function decode(latin1: string): string | null {
  const plain = latin1.replaceAll(/%(25|0A|09)/g, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  try {
    return UTF8.decode(Buffer.from(plain, 'latin1'));
  } catch {
    // Not text: such a line is refused.
    return null;
  }
}
