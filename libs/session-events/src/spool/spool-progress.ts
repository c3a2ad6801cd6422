/**
 * What the spool and its publisher, on another thread, tell each other without
 * messages: how far the spool is written, how far JetStream has it, and that
 * one of them changed. Positions only grow, except that `acked` may fall back
 * when JetStream has lost what it acknowledged.
 */
const WRITTEN = 0;
const ACKED = 1;
const CELLS_BYTES = 16;
/** 32-bit cells behind the two positions. */
const SIGNAL = 0;
const URGENT = 1;

export class SpoolProgress {
  readonly memory: SharedArrayBuffer;
  readonly #positions: BigInt64Array;
  readonly #flags: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(CELLS_BYTES + 8)) {
    this.memory = memory;
    this.#positions = new BigInt64Array(memory, 0, 2);
    this.#flags = new Int32Array(memory, CELLS_BYTES, 2);
  }

  /** Position just after the last record written. */
  get written(): number {
    return Number(Atomics.load(this.#positions, WRITTEN));
  }

  /** Position up to which JetStream has everything. */
  get acked(): number {
    return Number(Atomics.load(this.#positions, ACKED));
  }

  set acked(position: number) {
    Atomics.store(this.#positions, ACKED, BigInt(position));
  }

  /** Whether somebody waits for an acknowledgement, so that gathering more first is no good. */
  get urgent(): boolean {
    return Atomics.load(this.#flags, URGENT) === 1;
  }

  set urgent(value: boolean) {
    Atomics.store(this.#flags, URGENT, value ? 1 : 0);
    if (value) Atomics.notify(this.#flags, URGENT);
  }

  /** Waits `timeoutMs`, or until somebody waits for an acknowledgement. */
  async untilUrgent(timeoutMs: number): Promise<void> {
    const result = Atomics.waitAsync(this.#flags, URGENT, 0, timeoutMs);
    if (result.async) await result.value;
  }

  /** Publishes a new written position and wakes the publisher. */
  advance(position: number): void {
    Atomics.store(this.#positions, WRITTEN, BigInt(position));
    this.wake();
  }

  wake(): void {
    Atomics.add(this.#flags, SIGNAL, 1);
    Atomics.notify(this.#flags, SIGNAL);
  }

  /** A token for `changed`: take it before looking at the positions, so that no change is missed. */
  signal(): number {
    return Atomics.load(this.#flags, SIGNAL);
  }

  /** Resolves when something changed since `signal` was taken, or after `timeoutMs`. */
  async changed(signal: number, timeoutMs: number): Promise<void> {
    const result = Atomics.waitAsync(this.#flags, SIGNAL, signal, timeoutMs);
    if (result.async) await result.value;
  }
}
