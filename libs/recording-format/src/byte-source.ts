/** The bytes of a file: whole, or in chunks of any size. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Takes bytes off a source, as many at a time as asked for, whatever its chunks are. */
export class ByteCursor {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();
  #offset = 0;

  constructor(source: ByteSource) {
    if (source instanceof Uint8Array) this.#chunks = [source][Symbol.iterator]();
    else if (Symbol.asyncIterator in source) this.#chunks = source[Symbol.asyncIterator]();
    else this.#chunks = source[Symbol.iterator]();
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.#offset;
  }

  /** The next `count` bytes, or fewer where the source ends. Valid until the next call. */
  async take(count: number): Promise<Uint8Array> {
    if (this.#held.length < count) await this.#hold(count);
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(taken.length);
    this.#offset += taken.length;
    return taken;
  }

  /** Lets the source go, where it was not read to its end. */
  async stop(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #hold(count: number): Promise<void> {
    const chunks = [this.#held];
    let length = this.#held.length;
    while (length < count) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      chunks.push(next.value);
      length += next.value.length;
    }
    const only = chunks.find((chunk) => chunk.length === length);
    if (only !== undefined) {
      this.#held = only;
      return;
    }
    const held = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      held.set(chunk, at);
      at += chunk.length;
    }
    this.#held = held;
  }
}
