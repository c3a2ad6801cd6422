import { EXTENDED_DATA_STDERR, type ChannelRequestKind } from '@sallyport/codec-ssh';
import type { AccessError } from '@sallyport/errors';
import { ClientChannel, proxyMadeFrames, type MaskedFrames } from '@sallyport/proxy-kit';
import { refusalText, WIRE_FORMS } from '../wire-errors.ts';
import type { ChannelEnd, ChannelHandler } from './channel-end.ts';
import { proofPort } from './proof-port.ts';

/** The caller's side of a channel: takes masked frames, and what the door itself says. */
export class CallerEnd {
  readonly #end: ChannelEnd;
  readonly #streams = new Map<number | null, ClientChannel>();

  constructor(end: ChannelEnd) {
    this.#end = end;
  }

  get isOpen(): boolean {
    return this.#end.isOpen;
  }

  handOver(handler: ChannelHandler): void {
    this.#end.handOver(handler);
  }

  /** Null: the standard stream; else of that type. */
  send(frames: MaskedFrames, dataType: number | null): void {
    const stream = this.#stream(dataType);
    stream.send(frames);
    stream.flush();
  }

  /** Something that the door says, on standard error. */
  note(text: string): void {
    this.send(proxyMadeFrames(Buffer.from(text)), EXTENDED_DATA_STDERR);
  }

  /** Tells why something is not done, and ends the channel as a program would end that could not run. */
  refuse(error: AccessError): void {
    this.note(refusalText(error));
    this.exit(WIRE_FORMS[error.code].exitStatus);
  }

  exit(status: number): void {
    this.request({ kind: 'exit-status', status });
    this.eof();
    this.close();
  }

  /** What the target tells of a program. */
  request(request: ChannelRequestKind): void {
    this.#end.request(request, false);
  }

  reply(success: boolean): void {
    this.#end.reply(success);
  }

  eof(): void {
    this.#end.eof();
  }

  close(): void {
    this.#end.close();
  }

  /** So many bytes of the caller went on to the target. */
  handedOn(bytes: number): void {
    this.#end.handedOn(bytes);
  }

  refill(): void {
    this.#end.refill();
  }

  #stream(dataType: number | null): ClientChannel {
    let stream = this.#streams.get(dataType);
    if (stream === undefined) {
      const port = proofPort((bytes) => {
        this.#end.send(bytes, dataType);
      });
      stream = new ClientChannel(port, Number.POSITIVE_INFINITY);
      this.#streams.set(dataType, stream);
    }
    return stream;
  }
}
