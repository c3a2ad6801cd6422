import { MaskedFrames } from '../proof/masked-frames.ts';
import type { SocketPort } from './socket-port.ts';
import { TurnWriter } from './turn-writer.ts';

/** The only way to a caller: takes masked or proxy-made frames. */
export class ClientChannel {
  readonly #writer: TurnWriter;

  constructor(socket: SocketPort, highWaterBytes: number) {
    this.#writer = new TurnWriter(socket, highWaterBytes);
  }

  get congested(): boolean {
    return this.#writer.congested;
  }

  /** Nothing of what was sent is in this process any more. */
  get isDrained(): boolean {
    return this.#writer.isDrained;
  }

  send(frames: MaskedFrames): void {
    for (const chunk of MaskedFrames.chunks(frames)) this.#writer.write(chunk);
  }

  flush(): void {
    this.#writer.flush();
  }
}
