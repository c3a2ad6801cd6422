import type { ChannelHandler } from '../../connection/channel-end.ts';

/** What may happen to the caller's keys now. */
export type GateState =
  /** They wait: the guard starts, or a line is decided on. */
  | 'closed'
  /** Up to the end of one line may go: the guard reads. */
  | 'line'
  /** All may go: a program runs. */
  | 'open';

/** Bound to what Ctrl-C does: the signal itself would end a shell that reads a script. */
const LINE_INTERRUPT = Buffer.from('\u001b[7733~');
const INTERRUPT = 0x03;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Holds the caller's keys back while a line is decided on, so that what was
 * typed ahead is not in the way of the answer. Not what keeps lines from
 * running: an answer counts by its id only.
 */
export class InputGate {
  readonly #to: Pick<ChannelHandler, 'onData' | 'onEof'>;
  readonly #lineTimeoutMs: number;
  #state: GateState = 'closed';
  #waiting: Buffer = Buffer.alloc(0);
  #ended = false;
  #timer: NodeJS.Timeout | null = null;

  /** @param lineTimeoutMs after this long an Enter is taken to have ended no line: more may go */
  constructor(to: Pick<ChannelHandler, 'onData' | 'onEof'>, lineTimeoutMs: number) {
    this.#to = to;
    this.#lineTimeoutMs = lineTimeoutMs;
  }

  data(bytes: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    this.#pump();
  }

  end(): void {
    this.#ended = true;
    this.#pump();
  }

  set(state: GateState): void {
    this.#clearTimer();
    this.#state = state;
    this.#pump();
  }

  /** Takes what waits up to the last such key out. @returns how many bytes; 0: there is no such key */
  dropThrough(key: number): number {
    const count = this.#waiting.lastIndexOf(key) + 1;
    this.#waiting = this.#waiting.subarray(count);
    return count;
  }

  close(): void {
    this.#clearTimer();
  }

  #pump(): void {
    if (this.#state === 'closed' || this.#timer !== null) return;
    while (this.#waiting.length > 0) {
      const count = this.#state === 'open' ? this.#waiting.length : this.#lineLength();
      const going = this.#waiting.subarray(0, count);
      this.#waiting = this.#waiting.subarray(count);
      const last = going.at(-1);
      const isLine = this.#state === 'line' && isLineEnd(last);
      const isInterrupt = isLine && last === INTERRUPT;
      this.#to.onData(isInterrupt ? Buffer.concat([going.subarray(0, -1), LINE_INTERRUPT]) : going, null);
      if (!isLine) continue;
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#pump();
      }, this.#lineTimeoutMs);
      return;
    }
    if (this.#ended) {
      this.#ended = false;
      this.#to.onEof();
    }
  }

  /** Bytes up to and with the next key that ends a line, or all. */
  #lineLength(): number {
    const at = this.#waiting.findIndex(isLineEnd);
    return at < 0 ? this.#waiting.length : at + 1;
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === CR || byte === LF || byte === INTERRUPT;
}
