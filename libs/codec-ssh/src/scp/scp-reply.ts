import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { ScpBytes } from './scp-bytes.ts';
import { MAX_SCP_LINE_BYTES } from './scp-record.ts';

const OK = 0;
const WARNING = 1;
const FATAL = 2;

/**
 * What a sink answers to each record and after each file, and once before
 * all; a source reports problems of its own with the same bytes.
 * `warning`: this file is left out, the copy goes on; `fatal`: it ends.
 */
export type ScpReply =
  | { readonly kind: 'ok' }
  /** The text is for people: malformed UTF-8 is replaced. */
  | { readonly kind: 'warning' | 'fatal'; readonly message: string };

/** A reply with the bytes that it came in. */
export type ScpReplyRead = ScpReply & { readonly bytes: Buffer };

export function encodeScpReply(reply: ScpReply): Buffer {
  if (reply.kind === 'ok') return Buffer.from([OK]);
  const text = reply.message.replaceAll(/[\r\n\0]+/g, ' ');
  const message = Buffer.from(text, 'utf8').subarray(0, MAX_SCP_LINE_BYTES - 2);
  return Buffer.concat([
    Buffer.from([reply.kind === 'warning' ? WARNING : FATAL]),
    message,
    Buffer.from('\n'),
  ]);
}

/** Whether a reply begins with this byte. */
export function isScpReplyByte(byte: number): boolean {
  return byte <= FATAL;
}

/** The reply at the front of the bytes, or null until it is whole. @throws CodecError */
export function takeScpReply(bytes: ScpBytes): ScpReplyRead | null {
  const first = bytes.peek();
  if (first === undefined) return null;
  if (first === OK) return { kind: 'ok', bytes: bytes.take(1) };
  if (!isScpReplyByte(first)) throw new CodecError('value', 'A reply of scp is malformed.');
  const line = bytes.takeLine();
  if (line === null) return null;
  const message = line.subarray(1, -1).toString('utf8');
  return { kind: first === WARNING ? 'warning' : 'fatal', message, bytes: line };
}

/** Reads what a sink sends, one instance for each copy: `push`, then `next` until it gives null. */
export class ScpReplyReader {
  readonly #bytes = new ScpBytes();

  /** Whether the stream may end here. */
  get atBoundary(): boolean {
    return this.#bytes.length === 0;
  }

  push(chunk: Buffer): void {
    this.#bytes.push(chunk);
  }

  /** @throws CodecError */
  next(): ScpReplyRead | null {
    return takeScpReply(this.#bytes);
  }
}
