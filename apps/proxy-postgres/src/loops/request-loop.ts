/**
 * From the client to the target: reads messages, in order, and has each one
 * classified, decided, recorded and sent (protocol document, 55.2). It waits
 * where a statement waits (for approval, for the state of the session), and
 * goes on reading meanwhile only as far as its bound allows, so that a client
 * that leaves is noticed.
 */
import {
  frameBytes,
  FrameScanner,
  FRONTEND_RULES,
  FrontendType,
  type FrameRules,
  type ScannedPart,
} from '@sallyport/codec-postgres';
import { AccessError, toAccessError } from '@sallyport/errors';
import type { CopyInput } from './copy-input.ts';
import type { ExtendedQuery } from './extended-query.ts';
import type { ReplyQueue } from './reply-slot.ts';
import { outOfPlace, type Settling } from './settling.ts';
import type { SimpleQuery } from './simple-query.ts';

export interface RequestLoopOptions {
  readonly simple: SimpleQuery;
  readonly extended: ExtendedQuery;
  readonly copyInput: CopyInput;
  readonly queue: ReplyQueue;
  readonly settling: Settling;
  /** Largest statement, in bytes. */
  readonly maxStatementBytes: number;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Whether the target does not keep up. */
  readonly congested: () => boolean;
  /** The client said goodbye. */
  readonly onTerminate: () => void;
  readonly onFailure: (error: AccessError) => void;
}

/** Bytes that may wait behind a statement that waits. */
const MAX_WAITING_BYTES = 256 * 1024;
/** Answers that may be owed before no more is read. */
const MAX_OWED = 10_000;

export class RequestLoop {
  readonly #options: RequestLoopOptions;
  readonly #scanner: FrameScanner;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #busy = false;
  #scanning = false;
  #stopped = false;
  #paused = false;

  constructor(options: RequestLoopOptions) {
    this.#options = options;
    this.#scanner = new FrameScanner(rulesFor(options.maxStatementBytes));
  }

  /** Bytes of the client. */
  onData(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#run();
  }

  /** The target or the record took what there was. */
  onRelief(): void {
    if (!this.#busy) this.#run();
  }

  stop(): void {
    this.#stopped = true;
  }

  #run(): void {
    try {
      this.#scanAll();
    } catch (thrown) {
      this.#stopped = true;
      this.#options.onFailure(toAccessError(thrown));
    }
    this.#adjustFlow();
  }

  #scanAll(): void {
    while (!this.#busy && !this.#stopped && !this.#isHeldUp()) {
      if (!this.#scanning) {
        const chunk = this.#waiting.shift();
        if (chunk === undefined) return;
        this.#waitingBytes -= chunk.length;
        this.#scanner.push(chunk);
        this.#scanning = true;
      }
      const part = this.#scanner.next();
      if (part === null) this.#scanning = false;
      else this.#take(part);
    }
  }

  #isHeldUp(): boolean {
    return this.#options.queue.length > MAX_OWED || this.#options.congested();
  }

  #take(part: ScannedPart): void {
    if (part.kind === 'oversized') {
      this.#oversized(part);
      return;
    }
    const outcome = this.#handle(part);
    if (!(outcome instanceof Promise)) return;
    this.#busy = true;
    outcome.then(
      () => {
        this.#busy = false;
        this.#run();
      },
      (thrown: unknown) => {
        this.#stopped = true;
        this.#options.onFailure(toAccessError(thrown));
      },
    );
  }

  #handle(part: ScannedPart): void | Promise<void> {
    const { simple, extended, copyInput, onTerminate } = this.#options;
    switch (part.type) {
      case FrontendType.CopyData:
      case FrontendType.CopyDone:
      case FrontendType.CopyFail:
        return this.#copy(part);
      case FrontendType.Terminate:
        this.#stopped = true;
        onTerminate();
        return;
      case FrontendType.Query:
        if (extended.discarding) return;
        this.#refuseDuringCopy();
        extended.sendGathered();
        return simple.handle(part);
      case FrontendType.FunctionCall:
        if (extended.discarding) return;
        this.#refuseDuringCopy();
        extended.sendGathered();
        simple.refuse('feature_not_supported', 'Function calls of the old protocol cannot be inspected.');
        return;
      case FrontendType.Sync:
      case FrontendType.Flush:
        // While COPY data is awaited the server ignores them (protocol document, 55.2.7).
        if (copyInput.isActive) return;
        return extended.handle(part);
      default:
        this.#refuseDuringCopy();
        return extended.handle(part);
    }
  }

  /**
   * A server that waits for COPY data takes any other message for a mistake in
   * it and answers none of them, so what comes after would get their answers,
   * and their masks.
   */
  #refuseDuringCopy(): void {
    if (this.#options.copyInput.isActive) throw outOfPlace();
  }

  /** COPY data may come before the server asked for it; whether it will is known once its answer is. */
  #copy(part: ScannedPart): void | Promise<void> {
    const { copyInput, settling, queue } = this.#options;
    if (!copyInput.isActive && queue.length > 0 && part.messages > 0) {
      return settling.waitOrCopy().then(() => {
        this.#copyNow(part);
      });
    }
    this.#copyNow(part);
  }

  #copyNow(part: ScannedPart): void {
    if (part.type === FrontendType.CopyData) this.#options.copyInput.data(part);
    else this.#options.copyInput.finish(part.type, Buffer.from(frameBytes(part)));
  }

  /** The scanner drops what is too large, so the session can go on. */
  #oversized(part: ScannedPart): void {
    this.#refuseDuringCopy();
    const { simple, extended, maxStatementBytes } = this.#options;
    const message = `The message has ${part.announcedBytes} bytes; ${maxStatementBytes} are taken.`;
    switch (part.type) {
      case FrontendType.Query:
      case FrontendType.FunctionCall:
        if (extended.discarding) return;
        extended.sendGathered();
        simple.refuse('statement_too_large', message);
        return;
      case FrontendType.Parse:
      case FrontendType.Bind:
        extended.refuse('statement_too_large', message);
        return;
      default:
        throw new AccessError('protocol_violation', 'A message is longer than its kind can be.');
    }
  }

  #adjustFlow(): void {
    const pause = this.#waitingBytes > MAX_WAITING_BYTES || this.#isHeldUp();
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#options.pause();
    else this.#options.resume();
  }
}

function rulesFor(maxStatementBytes: number): FrameRules {
  const statement = { treatment: 'each', maxBytes: maxStatementBytes } as const;
  return new Map([
    ...FRONTEND_RULES,
    [FrontendType.Query, statement],
    [FrontendType.Parse, statement],
    [FrontendType.Bind, statement],
    [FrontendType.FunctionCall, statement],
  ]);
}
