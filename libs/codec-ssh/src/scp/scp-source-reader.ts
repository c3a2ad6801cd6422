/**
 * Reads what a source of the legacy scp protocol sends, one instance for each
 * copy, in either direction of the connection.
 *
 * Source and sink go in lockstep, and what comes after a record depends on
 * its answer: after a file that the sink took comes its content, after one
 * that it refused the next record. So after each event with `expectsReply`,
 * `next` gives null until `answer` was called with what the sink (or the
 * gateway in its place) said.
 *
 *     record --file--> asked --accepted--> content --all of it--> after-content --ok--> asked --> record
 *                           \--refused--> record
 */
import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { ScpBytes } from './scp-bytes.ts';
import { decodeScpRecord, type ScpRecord } from './scp-record.ts';
import { isScpReplyByte, takeScpReply } from './scp-reply.ts';

const MAX_DEPTH = 256;
/** A source that does not wait for answers may be this far ahead. Bytes. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;

interface EventFacts {
  /** All bytes of the event, as they came: forwarding these forwards the copy. Views of the chunks. */
  readonly bytes: Buffer;
  /** Whether the sink answers this, and the reader waits for `answer`. */
  readonly expectsReply: boolean;
}

export type ScpEvent =
  | (ScpRecord &
      EventFacts & {
        /** Names of the directories that it is in, outermost first. */ readonly directories: readonly Buffer[];
      })
  /** Content of the file at hand; `remaining` bytes are still to come. */
  | ({ readonly kind: 'data'; readonly remaining: bigint } & EventFacts)
  /** After the content: whether the source could read all of it. What it could not, it filled up with zeros. */
  | ({ readonly kind: 'file-end'; readonly problem: string | null } & EventFacts)
  /** The source could not read something and goes on (`warning`) or ends (`fatal`). */
  | ({ readonly kind: 'warning' | 'fatal'; readonly message: string } & EventFacts);

type State =
  | { readonly at: 'record' }
  | { readonly at: 'asked'; readonly about: ScpRecord | null }
  | { readonly at: 'content'; readonly remaining: bigint }
  | { readonly at: 'after-content' };

export class ScpSourceReader {
  readonly #bytes = new ScpBytes();
  #state: State = { at: 'record' };
  #directories: readonly Buffer[] = [];

  /** Whether `answer` must be called before anything more is read. */
  get awaitsAnswer(): boolean {
    return this.#state.at === 'asked';
  }

  /** Whether the copy may end here: between records, no directory left open. */
  get atBoundary(): boolean {
    const between = this.#state.at === 'record' || this.#state.at === 'asked';
    return between && this.#bytes.length === 0 && this.#directories.length === 0;
  }

  /** The next bytes; the reader keeps views of them. @throws CodecError `limit` */
  push(chunk: Buffer): void {
    this.#bytes.push(chunk);
    if (this.awaitsAnswer && this.#bytes.length > MAX_HELD_BYTES) {
      throw new CodecError('limit', 'A source of scp does not wait for answers.');
    }
  }

  /** What the sink said to the last event: only what was accepted goes on. @throws CodecError when nothing was asked */
  answer(accepted: boolean): void {
    const state = this.#state;
    if (state.at !== 'asked') throw new CodecError('unexpected', 'A reply of scp answers nothing.');
    this.#state = { at: 'record' };
    const { about } = state;
    if (about?.kind === 'end-directory') this.#directories = this.#directories.slice(0, -1);
    if (!accepted) return;
    if (about?.kind === 'directory') this.#directories = [...this.#directories, about.name];
    if (about?.kind === 'file') this.#state = contentState(about.size);
  }

  /** The next event, or null when more bytes or an answer are needed. @throws CodecError */
  next(): ScpEvent | null {
    const state = this.#state;
    switch (state.at) {
      case 'record':
        return this.#nextRecord();
      case 'asked':
        return null;
      case 'content':
        return this.#nextData(state.remaining);
      case 'after-content':
        return this.#nextFileEnd();
    }
  }

  #nextRecord(): ScpEvent | null {
    const first = this.#bytes.peek();
    if (first === undefined) return null;
    if (isScpReplyByte(first)) return this.#nextProblem();
    const bytes = this.#bytes.takeLine();
    if (bytes === null) return null;
    const record = decodeScpRecord(bytes.subarray(0, -1));
    const directories = this.#directories;
    if (record.kind === 'end-directory' && directories.length === 0) {
      throw new CodecError('unexpected', 'A copy leaves a directory that it is not in.');
    }
    if (record.kind === 'directory' && directories.length === MAX_DEPTH) {
      throw new CodecError('limit', 'The directories of a copy are too deep.');
    }
    this.#state = { at: 'asked', about: record };
    return { ...record, bytes, expectsReply: true, directories };
  }

  #nextProblem(): ScpEvent | null {
    const reply = takeScpReply(this.#bytes);
    if (reply === null) return null;
    if (reply.kind === 'ok') throw new CodecError('value', 'A record of scp is malformed.');
    return { ...reply, expectsReply: false };
  }

  #nextData(remaining: bigint): ScpEvent | null {
    if (this.#bytes.length === 0) return null;
    const length = this.#bytes.length;
    const bytes = this.#bytes.take(remaining < BigInt(length) ? Number(remaining) : length);
    const left = remaining - BigInt(bytes.length);
    this.#state = contentState(left);
    return { kind: 'data', bytes, remaining: left, expectsReply: false };
  }

  #nextFileEnd(): ScpEvent | null {
    const reply = takeScpReply(this.#bytes);
    if (reply === null) return null;
    this.#state = { at: 'asked', about: null };
    const problem = reply.kind === 'ok' ? null : reply.message;
    return { kind: 'file-end', problem, bytes: reply.bytes, expectsReply: true };
  }
}

function contentState(remaining: bigint): State {
  return remaining === 0n ? { at: 'after-content' } : { at: 'content', remaining };
}
