import {
  encodeChannelClose,
  encodeChannelEof,
  encodeChannelFailure,
  encodeChannelRequest,
  encodeChannelSuccess,
  encodeChannelWindowAdjust,
  type ChannelRequest,
  type ChannelRequestKind,
} from '@sallyport/codec-ssh';
import { ChannelSender, type PacketPort } from './channel-sender.ts';
import { ReceiveWindow } from './receive-window.ts';

/** What happens on one side of a channel. Called in the order of the wire. */
export interface ChannelHandler {
  onData(data: Buffer, dataType: number | null): void;
  onEof(): void;
  onRequest(message: ChannelRequest): void;
  /** The answer to the oldest request that wanted one. */
  onReply(success: boolean): void;
  /** The peer's side is over; nothing comes after it. */
  onClose(): void;
  /** So many bytes went on to this peer. */
  onSent(bytes: number): void;
  /** The whole connection is over, or the session is. */
  onLost(): void;
}

export interface ChannelEndOptions {
  readonly port: PacketPort;
  readonly localId: number;
  readonly remoteId: number;
  readonly remoteWindow: number;
  readonly remoteMaxPacket: number;
  /** What the peer was given at the opening. */
  readonly localWindow: number;
  readonly handler: ChannelHandler;
  /** Both sides have closed it. */
  readonly onGone: () => void;
}

/** One side of one channel: its ids, its windows, and what was said on it (RFC 4254, 5). */
export class ChannelEnd {
  readonly localId: number;
  readonly #options: ChannelEndOptions;
  readonly #sender: ChannelSender;
  readonly #window: ReceiveWindow;
  #handler: ChannelHandler;
  #sentEof = false;
  #sentClose = false;
  #gotEof = false;
  #gotClose = false;

  constructor(options: ChannelEndOptions) {
    this.#options = options;
    this.localId = options.localId;
    this.#handler = options.handler;
    this.#window = new ReceiveWindow(options.localWindow);
    this.#sender = new ChannelSender(
      options.port,
      options.remoteId,
      { window: options.remoteWindow, maxPacket: options.remoteMaxPacket },
      (bytes) => {
        this.#handler.onSent(bytes);
      },
    );
  }

  /** Whether the peer still listens. */
  get isOpen(): boolean {
    return !this.#gotClose && !this.#sentClose;
  }

  get gotEof(): boolean {
    return this.#gotEof;
  }

  get sentClose(): boolean {
    return this.#sentClose;
  }

  handOver(handler: ChannelHandler): void {
    this.#handler = handler;
  }

  // What goes out, in this order.

  send(data: Uint8Array, dataType: number | null): void {
    if (this.#sentEof || this.#sentClose || this.#gotClose) this.#handler.onSent(data.length);
    else this.#sender.data(data, dataType);
  }

  request(request: ChannelRequestKind, wantReply: boolean): void {
    this.message(encodeChannelRequest({ recipientChannel: this.#sender.recipient, wantReply, request }));
  }

  /** A message of this channel that is encoded already. */
  message(payload: Uint8Array): void {
    if (!this.#sentClose) this.#sender.message(payload);
  }

  encodeRequest(request: ChannelRequestKind, wantReply: boolean): Buffer {
    return encodeChannelRequest({ recipientChannel: this.#sender.recipient, wantReply, request });
  }

  reply(success: boolean): void {
    const { recipient } = this.#sender;
    this.message(success ? encodeChannelSuccess(recipient) : encodeChannelFailure(recipient));
  }

  eof(): void {
    if (this.#sentEof || this.#sentClose) return;
    this.#sentEof = true;
    this.#sender.message(encodeChannelEof(this.#sender.recipient));
  }

  close(): void {
    if (this.#sentClose) return;
    this.#sentClose = true;
    // A peer that has closed takes no more data, so nothing may wait for its window.
    if (this.#gotClose) this.#sender.dropData();
    this.#sender.message(encodeChannelClose(this.#sender.recipient));
    this.#goIfOver();
  }

  /** So many bytes of this peer went on: it may send as many again, unless the other side is full. */
  handedOn(bytes: number): void {
    this.#window.handedOn(bytes);
  }

  /** Gives the window back that is due. */
  refill(): void {
    if (this.#gotEof || this.#gotClose || this.#sentClose) return;
    const due = this.#window.due();
    if (due > 0) this.#options.port.send(encodeChannelWindowAdjust(this.#sender.recipient, due));
  }

  // What comes in. False: the peer broke the protocol.

  gotData(data: Buffer, dataType: number | null): boolean {
    if (!this.#window.take(data.length)) return false;
    if (this.#gotEof || this.#gotClose) this.handedOn(data.length);
    else this.#handler.onData(data, dataType);
    return true;
  }

  gotAdjust(bytes: number): boolean {
    return this.#sender.adjust(bytes);
  }

  gotEofMessage(): void {
    if (this.#gotEof || this.#gotClose) return;
    this.#gotEof = true;
    this.#handler.onEof();
  }

  gotRequest(message: ChannelRequest): void {
    if (!this.#gotClose) this.#handler.onRequest(message);
  }

  gotReply(success: boolean): void {
    if (!this.#gotClose) this.#handler.onReply(success);
  }

  gotCloseMessage(): void {
    if (this.#gotClose) return;
    this.#gotClose = true;
    if (this.#sentClose) this.#sender.dropData();
    this.#handler.onClose();
    this.#goIfOver();
  }

  lost(): void {
    this.#gotClose = true;
    this.#sentClose = true;
    this.#handler.onLost();
  }

  #goIfOver(): void {
    if (this.#sentClose && this.#gotClose) this.#options.onGone();
  }
}
