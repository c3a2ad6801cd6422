import { ForwardPermit, RecordedInput, type ForwardedStatement } from '../proof/forward-permit.ts';
import type { AuthorizedTarget } from '../proof/authorized-target.ts';
import type { SocketPort } from './socket-port.ts';
import { TurnWriter } from './turn-writer.ts';

/**
 * Bytes of the proxy's own towards the target: protocol upkeep that carries
 * nothing of the caller's (ends of a batch, probes of the session's settings,
 * what stands in for a refused statement).
 */
export interface OwnFrames {
  readonly purpose: 'sync' | 'probe' | 'stand-in' | 'describe' | 'catalog' | 'terminate';
  readonly bytes: Uint8Array;
}

/**
 * The only way to a target. A statement's bytes need its permit, further bytes
 * of it need proof that they are recorded; `own` is for upkeep.
 */
export class UpstreamChannel {
  readonly #writer: TurnWriter;

  /** `target` proves that the session is recorded and may reach what the socket is connected to. */
  constructor(_target: AuthorizedTarget, socket: SocketPort, highWaterBytes: number) {
    this.#writer = new TurnWriter(socket, highWaterBytes);
  }

  get congested(): boolean {
    return this.#writer.congested;
  }

  /** Sends a statement, using its permit up. @throws Error when the permit was used before */
  send(permit: ForwardPermit, bytes: Uint8Array): ForwardedStatement {
    const forwarded = ForwardPermit.consume(permit);
    this.#writer.write(bytes);
    return forwarded;
  }

  /** Sends more of a statement that is on its way already and that carries no data: the next rows of a portal. */
  proceed(_forwarded: ForwardedStatement, bytes: Uint8Array): void {
    this.#writer.write(bytes);
  }

  /** Sends the caller's further bytes for a statement. */
  sendInput(input: RecordedInput): void {
    for (const bytes of RecordedInput.bytes(input)) this.#writer.write(bytes);
  }

  own(frames: OwnFrames): void {
    this.#writer.write(frames.bytes);
  }

  flush(): void {
    this.#writer.flush();
  }
}
