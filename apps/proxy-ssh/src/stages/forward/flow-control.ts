import type { SshTransport } from '../../transport/ssh-transport.ts';

/** Bytes that may wait for a caller who does not read, before no more of its own requests are read either. */
const HARD_LIMIT_FACTOR = 8;

/**
 * Keeps a slow side from making the door keep what the other sends: stops
 * reading the one while the other is full. Windows bound each channel besides.
 */
export class FlowControl {
  readonly #caller: SshTransport;
  readonly #hardLimitBytes: number;
  #upstream: SshTransport | null = null;
  readonly #paused = new Set<SshTransport>();

  constructor(caller: SshTransport, highWaterBytes: number) {
    this.#caller = caller;
    this.#hardLimitBytes = highWaterBytes * HARD_LIMIT_FACTOR;
  }

  connect(upstream: SshTransport): void {
    this.#upstream = upstream;
  }

  get isCallerCongested(): boolean {
    return this.#caller.congested;
  }

  get isUpstreamCongested(): boolean {
    return this.#upstream?.congested ?? false;
  }

  /** Looks again: after something was read, and when a side takes bytes again. */
  adjust(): void {
    const flooded = this.#caller.waitingBytes > this.#hardLimitBytes;
    this.#set(this.#caller, this.isUpstreamCongested || flooded);
    if (this.#upstream !== null) this.#set(this.#upstream, this.isCallerCongested);
  }

  #set(side: SshTransport, paused: boolean): void {
    if (paused === this.#paused.has(side)) return;
    if (paused) {
      this.#paused.add(side);
      side.pause();
    } else {
      this.#paused.delete(side);
      side.resume();
    }
  }
}
