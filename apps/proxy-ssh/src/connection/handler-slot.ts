import type { ChannelRequest } from '@sallyport/codec-ssh';
import type { ChannelHandler } from './channel-end.ts';

/** Stands in for a handler that can only be made when its channel is open; filled before anything comes. */
export class HandlerSlot implements ChannelHandler {
  #handler: ChannelHandler | null = null;

  fill(handler: ChannelHandler): void {
    this.#handler = handler;
  }

  onData(data: Buffer, dataType: number | null): void {
    this.#handler?.onData(data, dataType);
  }

  onEof(): void {
    this.#handler?.onEof();
  }

  onRequest(message: ChannelRequest): void {
    this.#handler?.onRequest(message);
  }

  onReply(success: boolean): void {
    this.#handler?.onReply(success);
  }

  onClose(): void {
    this.#handler?.onClose();
  }

  onSent(bytes: number): void {
    this.#handler?.onSent(bytes);
  }

  onLost(): void {
    this.#handler?.onLost();
  }
}
