import { encodeChannelDataHeader, WireWriter, ConnectionNumber } from '@sallyport/codec-ssh';

/** What a sender needs of a transport. */
export interface PacketPort {
  send(payload: Uint8Array): void;
  sendParts(head: Uint8Array, data: Uint8Array): void;
}

type Outgoing =
  | { readonly kind: 'data'; readonly dataType: number | null; bytes: Uint8Array }
  | { readonly kind: 'message'; readonly payload: Uint8Array };

/** Largest window there can be (RFC 4254, 5.2). */
const MAX_WINDOW = 0xffff_ffff;
/** Messages that may wait behind data; a peer that makes more of them is up to no good. */
const MAX_MESSAGES = 4096;

/**
 * What one side of a channel is sent: data within the window that it gave, and
 * every other message in its place between. Bounded by whoever feeds it data.
 */
export class ChannelSender {
  readonly recipient: number;
  readonly #port: PacketPort;
  readonly #maxPacket: number;
  readonly #onSent: (bytes: number) => void;
  readonly #queue: Outgoing[] = [];
  #window: number;
  #messages = 0;

  /** @param onSent told of data handed to the transport: as many bytes may be asked of where they came from */
  constructor(
    port: PacketPort,
    recipient: number,
    limits: { readonly window: number; readonly maxPacket: number },
    onSent: (bytes: number) => void,
  ) {
    this.#port = port;
    this.recipient = recipient;
    this.#window = limits.window;
    this.#maxPacket = Math.max(1, limits.maxPacket);
    this.#onSent = onSent;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** `dataType` null: CHANNEL_DATA, else CHANNEL_EXTENDED_DATA of that type. */
  data(bytes: Uint8Array, dataType: number | null): void {
    if (bytes.length === 0) return;
    this.#queue.push({ kind: 'data', dataType, bytes });
    this.#pump();
  }

  /** False: too many wait already, and this one is lost. */
  message(payload: Uint8Array): boolean {
    if (this.#messages >= MAX_MESSAGES) return false;
    this.#messages++;
    this.#queue.push({ kind: 'message', payload });
    this.#pump();
    return true;
  }

  /** The peer takes more. False: more than a window can be. */
  adjust(bytes: number): boolean {
    if (this.#window + bytes > MAX_WINDOW) return false;
    this.#window += bytes;
    this.#pump();
    return true;
  }

  /** Forgets data that waits, for a peer that takes no more; what waits behind it goes out. */
  dropData(): void {
    let dropped = 0;
    const messages = this.#queue.filter((each) => {
      if (each.kind === 'data') dropped += each.bytes.length;
      return each.kind === 'message';
    });
    this.#queue.splice(0, this.#queue.length, ...messages);
    this.#pump();
    if (dropped > 0) this.#onSent(dropped);
  }

  #pump(): void {
    for (;;) {
      const head = this.#queue[0];
      if (head === undefined) return;
      if (head.kind === 'message') {
        this.#queue.shift();
        this.#messages--;
        this.#port.send(head.payload);
        continue;
      }
      if (this.#window === 0) return;
      const count = Math.min(this.#window, this.#maxPacket, head.bytes.length);
      const part = count === head.bytes.length ? head.bytes : head.bytes.subarray(0, count);
      if (part === head.bytes) this.#queue.shift();
      else head.bytes = head.bytes.subarray(count);
      this.#window -= count;
      this.#port.sendParts(this.#header(head.dataType, count), part);
      this.#onSent(count);
    }
  }

  #header(dataType: number | null, count: number): Buffer {
    if (dataType === null) return encodeChannelDataHeader(this.recipient, count);
    return new WireWriter(ConnectionNumber.CHANNEL_EXTENDED_DATA, 12)
      .uint32(this.recipient)
      .uint32(dataType)
      .uint32(count)
      .finish();
  }
}
